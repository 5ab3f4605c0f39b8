import { createHmac } from 'node:crypto';

/** What the API wants in its Authorization header: the address is signed exactly as it is sent. */
export function authorization(secret: string, method: string, url: string, body = ''): string {
  return `Signature ${createHmac('sha256', secret).update(`${method.toUpperCase()}\0${url}\0${body}`).digest('hex')}`;
}
