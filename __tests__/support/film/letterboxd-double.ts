import { createHmac } from 'node:crypto';
import { LetterboxdClient } from '../../../services/letterboxd/client';

export const API = 'https://api.letterboxd.com/api/v0/';
const SECRET = 'shared';

/** What the API answers: by path and query, without what signs a request. A number is a status, a text a body that is not JSON. */
export type Pairs = Readonly<Record<string, object | number | string>>;

/** A client of an API that knows these requests only, and checks their signature. */
export function letterboxd(pairs: Pairs) {
  const requests: string[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const digest = createHmac('sha256', SECRET).update(`GET\0${url}\0`).digest('hex');
    const isSigned =
      (init.headers as Record<string, string>).authorization === `Signature ${digest}` && /[?&]apikey=key&nonce=[0-9a-f-]{36}&timestamp=\d{10}$/.test(url);
    if (!url.startsWith(API) || !isSigned) throw new Error(`not an address of the API, or not signed: ${url}`);
    const request = url.slice(API.length).replace(/[?&]apikey=.*$/, '');
    requests.push(request);
    const answer = pairs[request] ?? pairs['*'];
    if (answer === undefined) throw new Error(`the API double has no answer for ${request}`);
    if (typeof answer === 'number') return new Response('', { status: answer, headers: answer === 429 ? { 'retry-after': '7' } : {} });
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), { status: 200 });
  };
  return { client: new LetterboxdClient({ url: API, apiKey: 'key', sharedSecret: SECRET, fetch }), requests };
}
