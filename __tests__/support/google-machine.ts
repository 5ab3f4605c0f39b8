import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '../../services/testbench/free-port';
import { MACHINE } from './registry';

/** What a machine of Google's asks at its start, on loopback: the metadata server for its token, and Secret Manager. */
export class GoogleMachine {
  /** Values of newest versions, by `projects/P/secrets/S`. A number: the status that is answered instead. */
  readonly secrets = new Map<string, Buffer | string | number>();
  url = '';
  private server = createServer();

  /** Listens, after {@link stop} at the same place. */
  async start(): Promise<void> {
    this.url ||= `http://127.0.0.1:${await freePort()}`;
    this.server = createServer((request, response) => this.answer(request, response));
    await once(this.server.listen(Number(new URL(this.url).port), '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const json = (status: number, value: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value, null, 2));
    if (url === '/computeMetadata/v1/instance/service-accounts/default/token') {
      if (headers['metadata-flavor'] !== 'Google') return void response.writeHead(403).end('no Metadata-Flavor');
      // in one line, as the real one does
      return void response.writeHead(200).end(JSON.stringify({ access_token: MACHINE.password, expires_in: 3599, token_type: 'Bearer' }));
    }
    const [, name = ''] = /^\/v1\/(projects\/[^/]+\/secrets\/[^/]+)\/versions\/latest:access$/.exec(url) ?? [];
    const value = this.secrets.get(name) ?? 404;
    const status = headers.authorization === `Bearer ${MACHINE.password}` ? (typeof value === 'number' ? value : 200) : 401;
    if (status !== 200) return void json(status, { error: { code: status, message: `[${name}] is not there`, status: 'NOT_FOUND' } });
    const data = Buffer.from(value as Buffer).toString('base64');
    json(200, { name: `${name}/versions/1`, payload: { data, dataCrc32c: '1234567890' } });
  }
}
