import { type ClientRequest, type IncomingHttpHeaders, request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';

export interface Asked {
  readonly port: number;
  /** Of the server, and its name in TLS. */
  readonly domain: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Where it is, and where we are. @default 127.0.0.1 */
  readonly address?: string;
  readonly from?: string;
  readonly secure?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function requestOf({ port, domain, path = '/', method = 'GET', headers = {}, address = '127.0.0.1', from, secure = true }: Asked): ClientRequest {
  const options: RequestOptions = {
    host: address,
    port,
    path,
    method,
    headers: { Host: domain, ...headers },
    agent: false,
    ...(from && { localAddress: from }),
  };
  return secure ? secureRequest({ ...options, servername: domain, rejectUnauthorized: false }) : plainRequest(options);
}

/** Asks once, by a connection of its own. Sends the path as it is. */
export function ask(asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = requestOf(asked);
    sent.on('response', (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part) => {
        body += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(asked.body);
  });
}

/** The connection after it has become a WebSocket's, or the status of the refusal. */
export function upgrade(asked: Asked, protocol = 'websocket'): Promise<Socket | number> {
  const headers = { Connection: 'Upgrade', Upgrade: protocol, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' };
  return new Promise((resolve, reject) => {
    const sent = requestOf({ ...asked, headers: { ...headers, ...asked.headers } });
    sent.on('upgrade', (_answer, socket: Socket) => resolve(socket));
    sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0));
    sent.on('error', reject).end();
  });
}
