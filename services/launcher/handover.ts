import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface HandoverOptions {
  /** Milliseconds: a service that has not asked by then is said; one that asks again is told that it had it, so long after the first time. */
  readonly limit: number;
  /** Whether a connection is the service's. */
  readonly isOurs: (socket: Socket) => boolean;
  readonly say: (line: string) => void;
}

/** Gives a document away once, on loopback, at a path that cannot be guessed. Then it has it no more. */
export class Handover {
  private readonly path = `/${randomBytes(32).toString('base64url')}/config.json`;
  private readonly server = createServer((request, response) => this.answer(request, response));
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private document: string | undefined,
    private readonly options: HandoverOptions,
  ) {}

  /** Resolves when it listens. */
  static async start(document: object, options: HandoverOptions): Promise<Handover> {
    const handover = new Handover(JSON.stringify(document), options);
    await new Promise<void>((resolve, reject) => handover.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    const { limit, say } = options;
    handover.timer = setTimeout(() => say(`the service has not asked for its config within ${limit / 1000} s; it can still have it`), limit);
    return handover;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.path}`;
  }

  close(): void {
    clearTimeout(this.timer);
    this.document = undefined;
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { isOurs, say, limit } = this.options;
    const end = (status: number, body = '') => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' }).end(body);
    };
    if (request.url !== this.path || request.method !== 'GET') {
      end(404);
    } else if (!isOurs(request.socket)) {
      say('another process asked for the config of the service: refused');
      end(404);
    } else if (this.document === undefined) {
      say('the service asked for its config again: refused, it is given once');
      end(410);
    } else {
      clearTimeout(this.timer);
      end(200, this.document);
      this.document = undefined;
      this.timer = setTimeout(() => this.close(), limit);
    }
  }
}
