import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpRequest {
  readonly method: string;
  /** The address as the client wrote it, host and query included. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. @default none */
  readonly body?: string | object;
}

/** `drop`: the connection ends without an answer. `hang`: it stays open without one. */
export type Outcome = HttpAnswer | 'drop' | 'hang';

export type Handler = (request: HttpRequest) => Promise<Outcome> | Outcome;

/** An HTTP server on loopback. */
export class Loopback {
  private constructor(readonly server: Server) {}

  /** Resolves when it listens. `port` 0: any that is free. */
  static async start(handle: Handler, port = 0): Promise<Loopback> {
    const server = createServer((request, response) => {
      serve(handle, request, response).catch((error: unknown) => {
        response.writeHead(599, { 'content-type': 'text/plain' }).end(`the test bench failed: ${error instanceof Error ? error.stack : error}`);
      });
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return new Loopback(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Such as `127.0.0.1:40123`. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Cuts what is open. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}

async function serve(handle: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = `http://${request.headers.host}${request.url}`;
  const { pathname, searchParams } = new URL(url);
  let body: string;
  try {
    body = await read(request);
  } catch {
    return; // the client went while it was sending
  }
  const outcome = await handle({ method: request.method ?? '', url, path: pathname, query: searchParams, headers: request.headers, body });
  if (outcome === 'hang') return;
  if (outcome === 'drop') {
    request.socket.destroy();
    return;
  }
  const { status, headers = {}, body: said } = outcome;
  const type = typeof said === 'object' ? { 'content-type': 'application/json' } : {};
  response.writeHead(status, { ...type, ...headers }).end(typeof said === 'object' ? JSON.stringify(said) : said);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
