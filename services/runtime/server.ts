import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { HEALTH } from '../contracts/health';
import { type Check, Checks } from './checks';
import type { Logger } from './logging';
import { StartFailure } from './start-failure';

export interface HealthServerOptions {
  readonly log: Logger;
  /** 0: any that is free. */
  readonly port: number;
  /** Address to listen on. @default all of this machine's */
  readonly host?: string;
  /** What the process counts. @default a registry of its own; Node's own metrics are added in any case */
  readonly registry?: Registry;
  /** The process ends: not ready from then on. */
  readonly ending?: AbortSignal;
}

/** Answers about the process: {@link HEALTH} says where, `health` of the contracts how. */
export class HealthServer {
  /** Metrics that are registered here are published. */
  readonly registry: Registry;
  private readonly liveness = new Checks();
  private readonly readiness = new Checks();
  private readonly server: Server;
  private readonly log: Logger;

  private constructor({ log, registry = new Registry(), ending }: HealthServerOptions) {
    this.log = log;
    this.registry = registry;
    collectDefaultMetrics({ register: registry });
    if (ending) {
      this.ready('process', () => {
        if (ending.aborted) throw new Error('is ending');
      });
    }
    this.server = createServer((request, response) => {
      const path = (request.url ?? '').split('?')[0] as string;
      if (request.method !== 'GET' && request.method !== 'HEAD') end(response, 405, 'text/plain', 'GET only\n');
      else this.answer(path, response).catch((error) => this.fail(error, path, response));
    });
  }

  /** Resolves when it listens. */
  static async start(options: HealthServerOptions): Promise<HealthServer> {
    const health = new HealthServer(options);
    await new Promise<void>((resolve, reject) => {
      health.server.once('error', (error) => reject(portFailure(error, options.port))).listen(options.port, options.host, () => resolve());
    });
    health.server.removeAllListeners('error').on('error', (error) => options.log.error({ error }, 'health server'));
    return health;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The process is ready while `check` ends well, within `limit` milliseconds. Its error says what is wrong. */
  ready(name: string, check: Check, limit = 2000): void {
    this.readiness.add(name, check, limit);
  }

  /** The process is restarted while `check` fails: only for what a restart mends. */
  live(name: string, check: Check, limit = 2000): void {
    this.liveness.add(name, check, limit);
  }

  /** Takes no more requests, and waits for those that run. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    if (path === HEALTH.metrics) return end(response, 200, this.registry.contentType, await this.registry.metrics());
    if (path !== HEALTH.live && path !== HEALTH.ready) return end(response, 404, 'text/plain', `${Object.values(HEALTH).join('\n')}\n`);
    const body = await (path === HEALTH.live ? this.liveness : this.readiness).run();
    end(response, body.status === 'ok' ? 200 : 503, 'application/json', JSON.stringify(body));
  }

  private fail(error: unknown, path: string, response: ServerResponse): void {
    this.log.error({ error }, `cannot answer ${path}`);
    if (!response.headersSent) end(response, 500, 'text/plain', 'cannot answer; see the log\n');
  }
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function portFailure(error: NodeJS.ErrnoException, port: number): Error {
  const reasons: Readonly<Record<string, string>> = { EADDRINUSE: 'another process listens there', EACCES: 'this user may not listen there' };
  const reason = reasons[error.code ?? ''];
  return reason ? new StartFailure(`PORT: found ${port}; ${reason}. Change PORT where this process is started; 0 takes any that is free.`) : error;
}
