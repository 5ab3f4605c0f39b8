import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authorization } from '../../../services/letterboxd/signature';
import { Diary } from './diary';

/** How a request is answered instead: a status, with headers, or any text. */
export interface OddAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const SECRET = 'shared-secret';
export const API_KEY = 'api-key';

/** Letterboxd's `log-entries` on loopback. It refuses what is not signed as the API wants it. */
export class LetterboxdServer {
  readonly diary = new Diary();
  /** Who was asked for, by which process: its User-Agent says nothing, so each gets an address of its own. */
  readonly asked: { readonly by: string; readonly member: string; readonly at: number }[] = [];
  odd: ((member: string, by: string) => OddAnswer | undefined) | undefined;
  private readonly nonces = new Set<string>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<LetterboxdServer> {
    const one = new LetterboxdServer();
    await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve));
    return one;
  }

  /** The API's address for a process of that name. */
  url(by: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${by}/api/v0/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(url, `http://${headers.host}`);
    const [, by = '', , , ...path] = address.pathname.split('/');
    const { member = '', memberRelationship, perPage, cursor, nonce = '', timestamp, apikey } = Object.fromEntries(address.searchParams);
    const end = (status: number, body: string, more: Readonly<Record<string, string>> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(body);
    if (path.join('/') !== 'log-entries/' || memberRelationship !== 'Owner') return void end(404, '{}');
    const isFresh = !this.nonces.has(nonce) && Math.abs(Number(timestamp) - Date.now() / 1000) < 60;
    this.nonces.add(nonce);
    if (apikey !== API_KEY || !isFresh || headers.authorization !== authorization(SECRET, method, address.href)) return void end(401, '{}');
    this.asked.push({ by, member, at: Date.now() });
    const odd = this.odd?.(member, by);
    if (odd) return void end(odd.status ?? 200, odd.body ?? '', odd.headers);
    end(200, JSON.stringify(await this.diary.logEntries({ member, perPage: Number(perPage), cursor })));
  }
}
