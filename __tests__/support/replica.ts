import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Seen {
  /** Which replica it was. */
  readonly by: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Bytes of the request's body. */
  readonly length: number;
}

/** One replica of a program on an address of loopback: says what it was asked, echoes WebSockets, and may fail. */
export class Replica {
  /** How it answers. @default with what it has seen, as JSON */
  behave: (asked: IncomingMessage, response: ServerResponse, seen: Seen) => void = (_, response, seen) => response.end(JSON.stringify(seen));
  readonly seen: Seen[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(readonly address: string) {
    this.server = createServer((asked, response) => {
      let length = 0;
      asked.on('data', (part) => {
        length += part.length;
      });
      asked.on('end', () => {
        const seen = { by: address, method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, length };
        this.seen.push(seen);
        this.behave(asked, response, seen);
      });
    });
    this.server.on('upgrade', (asked, socket: Socket) => {
      this.sockets.add(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.on('data', (text) => socket.write(`${asked.url} ${text}`)).on('error', () => {});
    });
  }

  /** `port` 0: any. */
  static async start(address: string, port = 0): Promise<Replica> {
    const replica = new Replica(address);
    await once(replica.server.listen(port, address), 'listening');
    return replica;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Nobody listens there any more. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
