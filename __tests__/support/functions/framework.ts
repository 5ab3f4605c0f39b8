import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { ROOT } from '../repository';

const FRAMEWORK = join(ROOT, 'node_modules/@google-cloud/functions-framework/build/src/main.js');

/** One file with everything in it, as it is delivered. Returns its folder. */
export function bundle(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  buildSync({ entryPoints: [join(ROOT, entry)], bundle: true, platform: 'node', target: 'node20', outfile: join(folder, 'index.js'), logLevel: 'error' });
  return folder;
}

export interface FrameworkOptions {
  /** The bundle's. */
  readonly folder: string;
  readonly target: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Google's functions framework in a process of its own, always on the same port of loopback. */
export class Framework {
  readonly lines: Record<string, unknown>[] = [];
  private child: ChildProcess | undefined;
  private said = '';

  private constructor(
    private readonly options: FrameworkOptions,
    private readonly port: number,
  ) {}

  static async start(options: FrameworkOptions): Promise<Framework> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const framework = new Framework(options, port);
    await framework.restart();
    return framework;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Resolves when it listens. */
  async restart(): Promise<void> {
    const { folder, target, env } = this.options;
    const child = spawn(process.execPath, [FRAMEWORK, `--target=${target}`, `--source=${folder}`, `--port=${this.port}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, FUNCTION_TARGET: target, ...env },
    });
    this.child = child;
    const listening = new Promise<void>((resolve, reject) => {
      child.stderr?.on('data', (data) => {
        this.said += data;
      });
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        if (line.startsWith('{')) this.lines.push(JSON.parse(line));
        if (line.startsWith('URL:')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the framework ended with ${code}: ${this.said}`)));
    });
    await listening;
  }

  /** At once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  events(event: string): Record<string, unknown>[] {
    return this.lines.filter((line) => line.event === event);
  }
}
