import type { Goal } from '../frame';
import { table } from '../synth/tables';
import type { FullPath } from './full-path';
import { CORES, type Started, type Starts } from './starts';
import type { Throughputs } from './throughput';

const SERVICES: readonly Started[] = ['scraper', 'vip', 'shard'];
/** Of the bare library's rate, at least; seconds from start to the first handled message and MB at rest, less than. */
const GOALS = { ratio: 0.8, seconds: 2, idleMb: 200 } as const;

export function busTable({ ours, bare }: Throughputs): string {
  return table([
    ['way', 'messages/s', 'slowest', 'fastest', 'CPU µs each', 'ratio'],
    ...(
      [
        ['@google-cloud/pubsub alone', bare],
        ['the bus adapter', ours],
      ] as const
    ).map(([name, { perSecond, slowest, fastest, cpuMicros }]) => [
      name,
      ...[perSecond, slowest, fastest].map((value) => Math.round(value).toLocaleString('en')),
      cpuMicros.toFixed(0),
      (perSecond / bare.perSecond).toFixed(2),
    ]),
  ]);
}

export function busGoals({ ours, bare }: Throughputs): Goal[] {
  const ratio = ours.perSecond / bare.perSecond;
  return [{ text: `through the bus adapter at least ${GOALS.ratio} of the bare library's messages a second: ${ratio.toFixed(2)}`, met: ratio >= GOALS.ratio }];
}

export function startsTable({ services }: Starts): string {
  return table([
    ['service', 'first message s', 'slowest', 'CPU s', 'idle MB'],
    ...SERVICES.map((service) => {
      const { seconds, slowest, cpuSeconds, idleMb } = services[service];
      return [service, seconds.toFixed(2), slowest.toFixed(2), cpuSeconds?.toFixed(2) ?? '-', idleMb.toFixed(0)];
    }),
  ]);
}

/** Without the kernel's limit the time says nothing about half a core: then the CPU's must fit into half of it. */
export function startsGoals({ services, isLimited }: Starts): Goal[] {
  return SERVICES.flatMap((service) => {
    const { seconds, cpuSeconds, idleMb } = services[service];
    const time = isLimited ? seconds : Math.max(seconds, (cpuSeconds ?? Number.POSITIVE_INFINITY) / CORES);
    return [
      { text: `${service}: less than ${GOALS.idleMb} MB at rest: ${idleMb.toFixed(0)} MB`, met: idleMb < GOALS.idleMb },
      {
        text: `${service}: less than ${GOALS.seconds} s to its first handled message with half a core${isLimited ? '' : ' (reckoned from its CPU time)'}: ${time.toFixed(2)} s`,
        met: time < GOALS.seconds,
      },
    ];
  });
}

export function pathTable(paths: readonly (readonly [name: string, FullPath])[]): string {
  return table([
    ['bus and stores', 'messages/s', 'p50 ms', 'p99 ms'],
    ...paths.map(([name, { perSecond, p50, p99 }]) => [name, perSecond.toFixed(1), p50.toFixed(0), p99.toFixed(0)]),
  ]);
}
