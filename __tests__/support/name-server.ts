import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Knows the IPv4 addresses of names, as docker's does: what it is told at the time, in a few lines of DNS, by UDP and TCP. */
export class NameServer {
  readonly names = new Map<string, readonly string[]>();
  private readonly socket: Socket = createSocket('udp4');
  private readonly server: Server = createServer((connection) => {
    let got = Buffer.alloc(0);
    connection
      .on('error', () => {})
      .on('data', (part) => {
        got = Buffer.concat([got, part]);
        if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
        const answer = this.answer(got.subarray(2, 2 + got.readUInt16BE(0)));
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        connection.end(Buffer.concat([length, answer]));
      });
  });

  static async start(): Promise<NameServer> {
    const server = new NameServer();
    server.socket.on('message', (question, from) => {
      server.socket.send(server.answer(question), from.port, from.address);
    });
    await once(server.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.server.address() as AddressInfo; // one for both ways
    await once(server.socket.bind(port, '127.0.0.1'), 'listening');
    return server;
  }

  get port(): number {
    return this.socket.address().port;
  }

  close(): void {
    this.socket.close();
    this.server.close();
  }

  private answer(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
      labels.push(question.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const asked = question.subarray(12, at + 5);
    const known = this.names.get(labels.join('.'));
    const addresses = question.readUInt16BE(at + 1) === 1 ? (known ?? []) : []; // of other kinds it has none
    const head = Buffer.alloc(12);
    question.copy(head, 0, 0, 2);
    head.writeUInt16BE(known ? 0x8180 : 0x8183, 2); // an answer, or: no such name
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(addresses.length, 6);
    // the name by its place in the question, A, IN, ten minutes
    const records = addresses.map((address) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 2, 88, 0, 4, ...address.split('.').map(Number)]));
    return Buffer.concat([head, asked, ...records]);
  }
}
