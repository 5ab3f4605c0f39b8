import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConnectionLost } from '../compute/fake-compute';
import type { Server } from '../loopback';
import type { FakeCloud } from './fake-cloud';

/** Whom the metadata server says that we are. */
export const ACCOUNT = 'filmlinkd-build@p.iam.gserviceaccount.com';

/** The fake as a server on loopback, which is the metadata server of a build, too. Connections that the fake loses are reset. */
export async function serveCloud(fake: FakeCloud): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const json = { 'content-type': 'application/json' };
    try {
      const body = await text(request);
      if (url.startsWith('/computeMetadata/'))
        response
          .writeHead(200, { 'content-type': url.endsWith('/token') ? 'application/json' : 'application/text', 'metadata-flavor': 'Google' })
          .end(metadata(url));
      else if (request.headers.authorization !== 'Bearer token-of-the-build')
        response.writeHead(401, json).end('{"error":{"code":401,"message":"Login Required.","errors":[{"reason":"required"}]}}');
      else {
        const answer = await fake.handle(method, url, body === '' ? undefined : JSON.parse(body));
        response.writeHead(answer.status, json).end(JSON.stringify(answer.body));
      }
    } catch (error) {
      if (error instanceof ConnectionLost) request.socket.resetAndDestroy();
      else response.writeHead(500).end(String(error));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function metadata(url: string): string {
  if (url.includes('/token')) return JSON.stringify({ access_token: 'token-of-the-build', expires_in: 3600, token_type: 'Bearer' });
  if (url.includes('universe')) return 'googleapis.com';
  return url.endsWith('/email') ? ACCOUNT : '{}';
}
