import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DockerEngine } from '../../__tests__/support/docker-engine';
import { startRegistry } from '../../__tests__/support/registry';
import { bundleAgent, metadataOf, WorkerMachine } from '../../__tests__/support/worker-agent';

const HELP = `Measures what the worker agent adds to the container it runs, beside \`docker run\` of the same image, in turn, and prints ratios.

  npx tsx bench/worker/main.ts [--runs N]     default 10 rounds

Starts a Docker engine and a registry of its own, as root: needs dockerd, docker, docker-registry and busybox on PATH.
Times mean something on a machine that does nothing else.`;

/** Milliseconds of one run, beside the container's own time. */
interface Overhead {
  /** From the start of the process to the start of the container, with asking the registry for the image. */
  readonly before: number;
  /** From the end of the container to the result: published, or the process's exit code. */
  readonly after: number;
}

/** When the engine says that its containers started and died, in the order of events. */
class ContainerClock {
  private readonly child;
  private readonly times = { start: [] as number[], die: [] as number[] };

  constructor(engine: DockerEngine) {
    const since = `${Math.floor(Date.now() / 1000)}`; // what happens before the engine listens to us is told too
    const args = [
      '--host',
      engine.host,
      'events',
      '--since',
      since,
      '--format',
      '{{.Status}} {{.TimeNano}}',
      '--filter',
      'event=start',
      '--filter',
      'event=die',
    ];
    this.child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const [status, nano = '0'] = line.split(' ');
      this.times[status as 'start' | 'die'].push(Number(BigInt(nano) / 1000n) / 1000);
    });
  }

  /** Of the one container that ran meanwhile. */
  async next(): Promise<{ start: number; die: number }> {
    for (let wait = 0; wait < 100 && this.times.die.length === 0; wait += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    const [start, die] = [this.times.start.shift(), this.times.die.shift()];
    if (start === undefined || die === undefined) throw new Error('the engine did not say when the container ran');
    return { start, die };
  }

  stop(): void {
    this.child.kill();
  }
}

/** Takes results as Pub/Sub does, and says when they came. */
async function publishing() {
  const arrivals: number[] = [];
  const server = createServer((request, response) => {
    arrivals.push(Date.now());
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"messageIds":["1"]}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, arrived: () => arrivals.shift() ?? Number.NaN, close: () => server.close() };
}

async function measure(runs: number): Promise<boolean> {
  const registry = await startRegistry({ isPrivate: false });
  const engine = new DockerEngine();
  const pubsub = await publishing();
  await engine.start();
  const clock = new ContainerClock(engine);
  try {
    const image = `${registry.host}/job:1`;
    engine.importBusybox(image);
    engine.docker('push', '--quiet', image);
    const bundle = bundleAgent();
    const bare: Overhead[] = [];
    const agent: Overhead[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const plain = await timed(() => dockerRun(engine, image), clock, Date.now);
      const machine = new WorkerMachine(bundle, { DOCKER_HOST: engine.host, PUBSUB_EMULATOR_HOST: pubsub.host });
      const metadata = machine.write('metadata.json', metadataOf(image, { task_id: `bench-${run}` }));
      const ours = await timed(
        async () => {
          const agent = machine.startAgent(['--metadata', metadata]);
          if ((await agent.ended) !== 0) throw new Error(`the agent failed:\n${agent.stderr}`);
        },
        clock,
        pubsub.arrived,
      );
      process.stderr.write(`  round ${run} of ${runs}${run === 0 ? ', not counted' : ''}\n`);
      if (run > 0) {
        bare.push(plain);
        agent.push(ours);
      }
    }
    return report(bare, agent, runs);
  } finally {
    clock.stop();
    pubsub.close();
    await engine.stop();
    await registry.close();
  }
}

/** To its end; it must go well. */
async function dockerRun(engine: DockerEngine, image: string): Promise<void> {
  const args = ['--host', engine.host, 'run', '--rm', '--pull=always', '--network=none', image, 'echo', 'hello'];
  const [code] = await once(spawn('docker', args, { stdio: ['ignore', 'ignore', 'pipe'] }), 'exit');
  if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}`);
}

async function timed(run: () => Promise<unknown>, clock: ContainerClock, ended: () => number): Promise<Overhead> {
  const begun = Date.now();
  await run();
  const end = ended();
  const { start, die } = await clock.next();
  return { before: start - begun, after: end - die };
}

/** Starting: at most so many times docker run. Afterwards, where docker run has nearly nothing to do: milliseconds more, for output, journal, removal and report. */
const GOALS = { times: 2, more: 200 };

function report(bare: readonly Overhead[], agent: readonly Overhead[], runs: number): boolean {
  const median = (list: readonly Overhead[], of: keyof Overhead) => {
    const sorted = list.map((each) => each[of]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  const lines = (['before', 'after'] as const).map((of) => {
    const [plain, ours] = [median(bare, of), median(agent, of)];
    return { what: of === 'before' ? 'process start to container start' : 'container end to result', plain, ours, ratio: ours / plain };
  });
  console.log(`node ${process.version}; medians of ${runs} rounds, milliseconds:\n`);
  console.log(`  ${''.padEnd(34)}${'docker run'.padStart(10)}${'agent'.padStart(8)}${'ratio'.padStart(8)}`);
  for (const { what, plain, ours, ratio } of lines) {
    console.log(`  ${what.padEnd(34)}${plain.toFixed(0).padStart(10)}${ours.toFixed(0).padStart(8)}${ratio.toFixed(2).padStart(8)}`);
  }
  const [before, after] = lines as [(typeof lines)[0], (typeof lines)[0]];
  const met = before.ratio <= GOALS.times && after.ours - after.plain <= GOALS.more;
  console.log(`\n${met ? 'met' : 'MISSED'}: at most ${GOALS.times} times docker run until the container starts, at most ${GOALS.more} ms more after its end`);
  return met;
}

const { help, runs = '10' } = parseArgs({ options: { help: { type: 'boolean' }, runs: { type: 'string' } } }).values;
if (help) {
  console.log(HELP);
} else if (!/^[1-9]\d?$/.test(runs)) {
  console.error(`--runs ${runs}: a number from 1 to 99`);
  process.exitCode = 2;
} else {
  measure(Number(runs)).then(
    (met) => {
      process.exitCode = met ? 0 : 1;
    },
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 2;
    },
  );
}
