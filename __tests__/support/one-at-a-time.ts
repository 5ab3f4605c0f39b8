import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

/**
 * Stands before a server that is not made for several requests at the same time: moto's threads change what others walk through, answer
 * 500 to what they have done, and refuse it when the client tries again. Hands on one after the other, byte for byte.
 */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();
  private readonly server: Server;

  private constructor(private readonly port: number) {
    this.server = createServer((asked, response) => {
      this.handle(asked, response).catch((error) => response.destroy(error));
    });
    this.server.keepAliveTimeout = 60_000; // a client that takes a connection just as it closes would have to try again
  }

  static async before(port: number): Promise<OneAtATime> {
    const front = new OneAtATime(port);
    await new Promise<void>((resolve) => front.server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await whole(asked);
    const turn = this.last.then(() => this.forward(asked, body));
    this.last = turn.catch(() => undefined);
    const answer = await turn;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  private forward({ method, url, rawHeaders }: IncomingMessage, body: Buffer): Promise<Answer> {
    const headers = [...without(rawHeaders, 'transfer-encoding', 'content-length', 'expect', 'connection'), 'Content-Length', `${body.length}`];
    return new Promise((resolve, reject) => {
      const forwarded = request({ host: '127.0.0.1', port: this.port, method, path: url, headers, agent: false }, async (answered) => {
        const kept = without(answered.rawHeaders, 'connection', 'transfer-encoding');
        resolve({ status: answered.statusCode ?? 502, headers: kept, body: await whole(answered) });
      });
      forwarded.on('error', reject).end(body);
    });
  }
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}

/** Raw headers, name after name, without some. */
function without(raw: readonly string[], ...names: readonly string[]): string[] {
  return raw.filter((_, i) => !names.includes((raw[i - (i % 2)] as string).toLowerCase()));
}
