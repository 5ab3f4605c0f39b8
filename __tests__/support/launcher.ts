import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './repository';
import { eventually } from './service-process';

export const SERVICE = join(ROOT, '__tests__/fixtures/egf2-service.cjs');
/** A good document of auth. */
export const AUTH = {
  port: 2016,
  'client-data': 'http://data.example:8000',
  pusher: 'http://pusher.example:2017',
  elastic: { hosts: ['search.example:9200'] },
};

const running = new Set<ChildProcess>();
const servers = new Set<Server>();

interface Line {
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly status?: number;
  readonly config?: Record<string, unknown> | null;
  readonly signal?: string;
  readonly ready?: boolean;
}

/** The launcher as it is shipped, in a process of its own. */
export class Launcher {
  readonly child: ChildProcess;
  readonly begun = performance.now();
  stdout = '';
  stderr = '';
  private readonly closed: Promise<number>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const ends = join(ROOT, 'services/testbench/ends-with-parent.cjs');
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_EXTRA_CA_CERTS|AWS_.*|egf_.*)$/.test(name)));
    this.child = spawn(process.execPath, ['--require', ends, join(ROOT, '.cache/launcher.js'), ...args], { env: { ...inherited, ...env }, detached: true });
    running.add(this.child);
    this.child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    this.closed = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      return code ?? signal;
    });
  }

  /** Its exit code, and milliseconds until then. */
  async ended(): Promise<{ readonly code: number; readonly took: number }> {
    const code = await this.closed;
    return { code, took: performance.now() - this.begun };
  }

  /** What the service said. */
  get lines(): Line[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  get complaints(): string[] {
    return this.stderr.split('\n').filter(Boolean);
  }

  async until(condition: (line: Line) => boolean): Promise<Line> {
    await eventually(
      () => this.lines.some(condition),
      20,
      () => this.stdout + this.stderr,
    );
    return this.lines.find(condition) as Line;
  }
}

/** Where a server on loopback listens. */
export async function serving(listener: RequestListener, server: Server = createServer()): Promise<string> {
  servers.add(server);
  server.on('request', listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** For `afterAll`. */
export async function endLaunchers(): Promise<void> {
  // with the service: a process group of its own
  for (const { pid } of running) process.kill(-(pid as number), 'SIGKILL');
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  await Promise.all([...running].map((child) => once(child, 'close')));
}
