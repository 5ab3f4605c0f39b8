import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port';

/** What starts it, what it prints when it answers, and the variable by which clients find it. */
const KINDS = {
  pubsub: { variable: 'PUBSUB_EMULATOR_HOST', ready: 'Server started, listening on' },
  firestore: { variable: 'FIRESTORE_EMULATOR_HOST', ready: 'Dev App Server is now running' },
} as const;

const PATIENCE = 60_000;
// gcloud makes a process group of its own, with the JVM in it. It goes when we close our end of the pipe: also when we are killed.
const UNTIL_PIPE_CLOSES = '"$@" & exec >&- 2>&-; read -r _; kill -s KILL -- -$!; kill -s KILL 0';

/** One of Google's emulators on a free port of loopback. Clients of this process and of its children find it. */
export class Emulator {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly kind: keyof typeof KINDS,
    private readonly port: number,
  ) {}

  /** Resolves when it answers. */
  static async start(kind: keyof typeof KINDS): Promise<Emulator> {
    const emulator = new Emulator(kind, await freePort());
    process.env[KINDS[kind].variable] = emulator.address;
    process.env.METADATA_SERVER_DETECTION = 'none'; // the clients look for Google's machines otherwise
    try {
      await emulator.run();
      return emulator;
    } catch (error) {
      await emulator.stop();
      throw error;
    }
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Stops it and everything that it started. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child) return;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.stdin?.end(); // it has nothing to save
    await ended;
    this.child = undefined;
  }

  /** The same address again; all that it knew is forgotten. */
  async restart(pause = 0): Promise<void> {
    await this.stop();
    await new Promise((resolve) => setTimeout(resolve, pause));
    await this.run();
  }

  private async run(): Promise<void> {
    const { ready } = KINDS[this.kind];
    const folder = mkdtempSync(join(tmpdir(), `${this.kind}-`));
    const gcloud = ['gcloud', 'beta', 'emulators', this.kind, 'start', `--host-port=${this.address}`, '--quiet'];
    const child = spawn('sh', ['-c', UNTIL_PIPE_CLOSES, 'sh', ...gcloud, ...(this.kind === 'pubsub' ? [`--data-dir=${folder}`] : [])], {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        CLOUDSDK_CORE_PROJECT: 'test-project',
        CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
        // they keep everything in memory: with half a GB a run of hours stands still, collecting garbage
        JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx4g',
      },
    });
    this.child = child;
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const read = (data: Buffer) => {
        said = `${said}${data}`.slice(-20_000);
        if (said.includes(ready)) resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', reject);
      child.stdout?.once('close', () => reject(new Error(`the ${this.kind} emulator ended:\n${said}`)));
      timer = setTimeout(() => reject(new Error(`the ${this.kind} emulator is not ready after ${PATIENCE / 1000} s:\n${said}`)), PATIENCE);
    }).finally(() => clearTimeout(timer));
  }
}

/** Those that are wanted, at the same time. When one does not start, none is left. */
export async function startEmulators(
  wanted: Readonly<Record<keyof typeof KINDS, boolean>>,
): Promise<{ readonly pubsub?: Emulator; readonly firestore?: Emulator }> {
  const kinds = (['pubsub', 'firestore'] as const).filter((kind) => wanted[kind]);
  const started = await Promise.allSettled(kinds.map((kind) => Emulator.start(kind)));
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return Object.fromEntries(kinds.map((kind, i) => [kind, (started[i] as PromiseFulfilledResult<Emulator>).value]));
  await Promise.all(started.map((result) => result.status === 'fulfilled' && result.value.stop()));
  throw failed.reason;
}
