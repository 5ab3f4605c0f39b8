import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of a request: it is passed on, or also its answer never comes back. */
export type Verdict = 'pass' | 'lose the answer';

export interface SocketProxy {
  readonly host: string;
  close(): Promise<void>;
}

/** Stands between a client and a Docker engine, and asks about every request before it passes it on: `POST /containers/create?...`. */
export async function proxySocket(path: string, target: string, decide: (request: string) => Verdict | Promise<Verdict>): Promise<SocketProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(target);
    let answers = true;
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.on('close', () => engine.destroy());
    engine.on('close', () => answers && client.destroy()); // who waits for a lost answer is not told that there is none
    engine.on('data', (piece) => answers && client.write(piece));
    client.on('data', async (piece) => {
      const request = /^(?:GET|POST|DELETE) \S+/.exec(piece.toString('latin1', 0, 300))?.[0];
      if (request) {
        client.pause();
        answers = (await decide(request)) === 'pass';
        client.resume();
      }
      if (!client.destroyed) engine.write(piece);
    });
  });
  await once(server.listen(path), 'listening');
  return {
    host: `unix://${path}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
