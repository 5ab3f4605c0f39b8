import { LARGEST_DOCUMENT } from '../contracts/egf2-config';
import { collect, tooLarge } from './bytes';
import { decoded } from './decoded';
import { FetchFailure } from './failure';
import { shownUrl } from './shown-url';

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
/** Codes of what a certificate or the handshake is refused with: the same next time. */
const TLS = /CERT|SSL|TLS|EPROTO|UNABLE_TO|INVALID_CA|HOSTNAME_MISMATCH|UNTRUSTED/;

/** The body of an http or https address, through redirects. */
export async function readHttp(start: URL, signal: AbortSignal): Promise<Uint8Array> {
  const seen = [start.href];
  let at = start;
  for (;;) {
    const where = at === start ? '' : `redirected to ${shownUrl(at)}: `;
    try {
      const answer = await ask(at, signal);
      if (!REDIRECTS.includes(answer.status)) return await body(answer);
      await answer.body?.cancel();
      at = target(at, answer);
    } catch (error) {
      throw error instanceof FetchFailure ? new FetchFailure(where + error.message, error.isTransient) : error;
    }
    if (seen.includes(at.href)) throw new FetchFailure(`redirects in a circle, to ${shownUrl(at)} again`, false);
    seen.push(at.href);
    if (seen.length > MOST_REDIRECTS + 1) throw new FetchFailure(`redirects more than ${MOST_REDIRECTS} times, at last to ${shownUrl(at)}`, false);
  }
}

async function ask(url: URL, signal: AbortSignal): Promise<Response> {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  const headers = { accept: 'application/json', ...(login !== ':' && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }) };
  try {
    return await fetch(bare, { redirect: 'manual', signal, headers });
  } catch (error) {
    const { code = '', message = '' } = ((error as Error).cause ?? {}) as { code?: string; message?: string };
    const said = [message, message.includes(code) ? '' : `(${code})`].filter(Boolean).join(' ') || 'no answer';
    if (TLS.test(code)) {
      throw new FetchFailure(`TLS: ${said}; for an authority of your own set NODE_EXTRA_CA_CERTS to its certificate`, false);
    }
    throw new FetchFailure(`no answer: ${said}`, code !== '');
  }
}

function target(from: URL, answer: Response): URL {
  const location = answer.headers.get('location');
  if (location === null || !URL.canParse(location, from.href)) throw new FetchFailure(`answered ${answer.status} without an address to go to`, false);
  const to = new URL(location, from);
  if (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')) return to;
  throw new FetchFailure(`redirects from ${from.protocol.slice(0, -1)} to ${to.protocol.slice(0, -1)} (${shownUrl(to)}), which is refused`, false);
}

async function body(answer: Response): Promise<Uint8Array> {
  const { status } = answer;
  if (status !== 200) {
    await answer.body?.cancel();
    throw new FetchFailure(`answered ${status}, must be 200`, status >= 500 || status === 429 || status === 408);
  }
  if (Number(answer.headers.get('content-length')) > LARGEST_DOCUMENT) {
    await answer.body?.cancel();
    throw tooLarge();
  }
  try {
    return await collect((answer.body ?? []) as AsyncIterable<Uint8Array>);
  } catch (error) {
    throw error instanceof FetchFailure ? error : new FetchFailure('the answer broke off', true);
  }
}
