import { parseOptions } from '../../bench/frame';
import { PIPELINE } from '../../bench/pipeline/options';
import { busGoals, busTable, pathTable, startsGoals, startsTable } from '../../bench/pipeline/report';
import type { Start, Starts } from '../../bench/pipeline/starts';
import type { Throughput } from '../../bench/pipeline/throughput';
import { imageCommands } from '../../services/testbench/pipeline/image-commands';

const rate = (perSecond: number): Throughput => ({ perSecond, slowest: perSecond - 1, fastest: perSecond + 1, cpuMicros: 40 });
const start = (more: Partial<Start> = {}): Start => ({ seconds: 1.99, slowest: 2.5, cpuSeconds: 0.9, idleMb: 199, ...more });
const starts = (shard: Partial<Start>, isLimited = true): Starts => ({ services: { scraper: start(), vip: start(), shard: start(shard) }, isLimited });
const met = (goals: readonly { met: boolean }[]) => goals.map((goal) => goal.met);

test('eight tenths of the bare library are just enough', () => {
  expect(met(busGoals({ ours: rate(800), bare: rate(1000) }))).toEqual([true]);
  expect(met(busGoals({ ours: rate(799), bare: rate(1000) }))).toEqual([false]);
});

test('each service is judged by its memory and its time', () => {
  expect(met(startsGoals(starts({})))).toEqual([true, true, true, true, true, true]);
  expect(met(startsGoals(starts({ idleMb: 200 })))).toEqual([true, true, true, true, false, true]);
  expect(met(startsGoals(starts({ seconds: 2 })))).toEqual([true, true, true, true, true, false]);
});

test('where half a core was not enforced, the CPU time must fit into it', () => {
  expect(met(startsGoals(starts({ seconds: 1, cpuSeconds: 0.99 }, false)))).toEqual([true, true, true, true, true, true]);
  expect(met(startsGoals(starts({ seconds: 1, cpuSeconds: 1 }, false)))).toEqual([true, true, true, true, true, false]);
  expect(met(startsGoals(starts({ seconds: 1, cpuSeconds: undefined }, false)))).toEqual([true, true, true, true, true, false]);
});

test('the tables', () => {
  expect(busTable({ ours: rate(9500), bare: rate(10_000) })).toBe(
    [
      '  way                         messages/s  slowest  fastest  CPU µs each  ratio',
      '  @google-cloud/pubsub alone      10,000    9,999   10,001           40   1.00',
      '  the bus adapter                  9,500    9,499    9,501           40   0.95',
    ].join('\n'),
  );
  expect(startsTable(starts({ cpuSeconds: undefined }))).toBe(
    [
      '  service  first message s  slowest  CPU s  idle MB',
      '  scraper             1.99     2.50   0.90      199',
      '  vip                 1.99     2.50   0.90      199',
      '  shard               1.99     2.50      -      199',
    ].join('\n'),
  );
  expect(pathTable([['embedded', { perSecond: 46.9, p50: 217.2, p99: 396 }]])).toBe(
    ['  bus and stores  messages/s  p50 ms  p99 ms', '  embedded              46.9     217     396'].join('\n'),
  );
});

test('the command line', () => {
  expect(parseOptions([], PIPELINE)).toEqual({ help: false, runs: 9, parts: ['bus', 'starts', 'path'], goals: true });
  expect(parseOptions(['--runs', '3', '--only', 'starts', '--no-goals'], PIPELINE)).toEqual({ help: false, runs: 3, parts: ['starts'], goals: false });
  expect(() => parseOptions(['--runs', '0'], PIPELINE)).toThrow('--runs 0: a number from 1 to 99');
  expect(() => parseOptions(['--only', 'discord'], PIPELINE)).toThrow('--only discord: one of bus, starts, path');
  expect(() => parseOptions(['--fast'], PIPELINE)).toThrow('See --help');
});

test.each(['scraper', 'shard'] as const)('%s starts here as in its image, with what was compiled with the same options', (service) => {
  const { compile, start: begin } = imageCommands(service, '/here');
  expect(begin.slice(-2)).toEqual(['/here/start.js', `/here/${service}.js`]);
  expect(compile.filter((word) => word !== '--compile')).toEqual(begin);
});
