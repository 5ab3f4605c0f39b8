import { createHmac, timingSafeEqual } from 'node:crypto';
import { SIGNATURE } from '../contracts/task-request';
import type { Clock } from '../runtime/clock';
import type { SeenRequests } from '../runtime/stores/seen-requests';
import { type Call, Refused } from './handler';

export interface SignatureOptions {
  readonly secret: string;
  readonly seen: SeenRequests;
  readonly clock: Clock;
}

const digest = (secret: string, timestamp: string, body: Buffer): Buffer => createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();

/** Lets a request pass that was signed with the secret, lately, and not seen before. Anything else is {@link Refused}. */
export async function checkSignature({ headers, rawBody }: Call, { secret, seen, clock }: SignatureOptions): Promise<void> {
  const timestamp = headers[SIGNATURE.timestampHeader];
  const given = headers[SIGNATURE.signatureHeader];
  if (typeof timestamp !== 'string' || !/^[0-9]{1,12}$/.test(timestamp)) throw new Refused(401, `${SIGNATURE.timestampHeader} must hold Unix seconds`);
  const hex = typeof given === 'string' ? /^sha256=([0-9a-f]{64})$/.exec(given)?.[1] : undefined;
  if (!hex) throw new Refused(401, `${SIGNATURE.signatureHeader} must hold sha256=<64 hex digits>`);
  if (!timingSafeEqual(Buffer.from(hex, 'hex'), digest(secret, timestamp, rawBody))) throw new Refused(401, 'the signature does not fit timestamp and body');

  const signedAt = Number(timestamp) * 1000;
  const tolerance = SIGNATURE.toleranceSeconds * 1000;
  if (Math.abs(clock.now() - signedAt) > tolerance) {
    throw new Refused(401, `the timestamp is more than ${SIGNATURE.toleranceSeconds} seconds away from now`);
  }
  // Only what is signed right is remembered: strangers cannot fill the store.
  const isNew = await seen.remember(hex, new Date(signedAt + 2 * tolerance));
  if (!isNew) throw new Refused(409, 'this signed request was seen before: sign another timestamp to ask again');
}
