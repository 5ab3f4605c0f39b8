import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Server } from '../loopback';
import { ConnectionLost, type FakeCompute } from './fake-compute';

/** The fake as a server on loopback; `url` is the base of the API. Connections that the fake loses are reset. */
export async function serveCompute(fake: FakeCompute): Promise<Server> {
  const server = createServer(async (request, response) => {
    try {
      const body = await text(request);
      if (!request.headers.authorization?.startsWith('Bearer ')) {
        response.writeHead(401).end('{"error":{"code":401,"message":"Login Required.","errors":[{"reason":"required"}]}}');
        return;
      }
      const answer = await fake.handle(request.method ?? '', request.url ?? '', body === '' ? undefined : JSON.parse(body));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    } catch (error) {
      if (error instanceof ConnectionLost) request.socket.resetAndDestroy();
      else response.writeHead(500).end(String(error));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/compute/v1`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
