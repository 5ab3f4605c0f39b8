import { SIGNATURE } from '../../../services/contracts/task-request';
import { callOf, done, functionsBench, requestOf, SECRET, signed } from '../../support/functions/bench';

const asked = { ...requestOf(), idempotencyKey: 'monday' };

test('the key is the field of the body, or else the header', async () => {
  const bench = functionsBench();
  await done(bench.webhook(callOf(asked, { 'idempotency-key': 'tuesday' })));
  await done(bench.webhook(callOf(requestOf(), { 'idempotency-key': 'tuesday' })));
  expect([...bench.ledger.records.keys()]).toEqual(['monday.1', 'tuesday.1']);
  expect(await bench.webhook(callOf(requestOf()))).toMatchObject({ status: 400, body: { error: expect.stringContaining('idempotencyKey, or the header') } });
  expect(await bench.webhook(callOf(requestOf(), { 'idempotency-key': 'a b' }))).toMatchObject({ status: 400 });
});

test('a request that is repeated gets the same answer and the same machine', async () => {
  const bench = functionsBench();
  const first = await done(bench.webhook(callOf(asked)));
  bench.clock.pass(90);
  expect(await done(bench.webhook(callOf(asked)))).toEqual(first);
  expect(first).toMatchObject({ taskId: 'monday', attempt: 1, state: 'started', instance: bench.cloud.alive()[0]?.body.name });
  expect(bench.cloud.machines).toHaveLength(1);
});

test('further attempts, and bodies that are no request, are refused', async () => {
  const bench = functionsBench();
  expect(await bench.webhook(callOf({ ...asked, attempt: 2 }))).toMatchObject({ status: 400 });
  expect(await bench.webhook(callOf('task=import'))).toMatchObject({ status: 400, body: { error: expect.stringContaining('body is not JSON') } });
  expect(await bench.webhook(callOf({ ...asked, args: ['x'.repeat(70_000)] }))).toMatchObject({ status: 413 });
  expect(bench.ledger.records.size).toBe(0);
});

test('a further attempt is refused also where delete_worker could ask for it', async () => {
  const bench = functionsBench();
  await done(bench.webhook(callOf({ task: 'report', idempotencyKey: 'r' })));
  await bench.ledger.close('r.1', { state: 'failed', closedAt: '2026-03-01T02:10:00.000Z', exitCode: 75, error: null, cost: 0 });
  const answer = await bench.webhook(callOf({ task: 'report', idempotencyKey: 'r', attempt: 2 }));
  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('only delete_worker') } });
  expect(bench.cloud.machines).toHaveLength(1);
});

test('the caller learns that Google gave no machine', async () => {
  const bench = functionsBench({ fault: () => ({ operationError: 'ZONE_RESOURCE_POOL_EXHAUSTED' }) });
  expect(await bench.webhook(callOf(asked))).toMatchObject({ status: 502, body: { state: 'failed', error: { code: 'not-started' } } });
});

test('a signed request is let in', async () => {
  const bench = functionsBench();
  await done(bench.signedWebhook(signed(asked, new Date(bench.clock.now()))));
  expect(bench.cloud.machines).toHaveLength(1);
});

test.each<[string, (call: ReturnType<typeof signed>, now: Date) => ReturnType<typeof signed>, number, RegExp]>([
  ['no signature', ({ rawBody }) => ({ rawBody, headers: {} }), 401, /x-timestamp must hold/],
  ['no digits', (call) => ({ ...call, headers: { ...call.headers, [SIGNATURE.signatureHeader]: 'sha256=' } }), 401, /x-signature must hold/],
  ['another secret', (_, now) => signed(asked, now, 'another secret of more than thirty-two chars'), 401, /does not fit/],
  ['another body', (call) => ({ ...call, rawBody: Buffer.from(JSON.stringify({ ...asked, task: 'report' })) }), 401, /does not fit/],
  ['another timestamp', (call) => ({ ...call, headers: { ...call.headers, [SIGNATURE.timestampHeader]: '1772330401' } }), 401, /does not fit/],
  ['an old timestamp', (_, now) => signed(asked, new Date(now.getTime() - 301_000)), 401, /more than 300 seconds/],
  ['a timestamp of the future', (_, now) => signed(asked, new Date(now.getTime() + 301_000)), 401, /more than 300 seconds/],
])('a request with %s is refused', async (_, change, status, reason) => {
  const bench = functionsBench();
  const now = new Date(bench.clock.now());
  const answer = await bench.signedWebhook(change(signed(asked, now), now));
  expect(answer).toEqual({ status, body: { error: expect.stringMatching(reason) } });
  expect([bench.ledger.records.size, bench.cloud.requests.length]).toEqual([0, 0]);
  expect(JSON.stringify(bench.log.lines)).not.toContain(SECRET);
});

test('a replay is refused, and a wrong signature is not remembered', async () => {
  const bench = functionsBench();
  const now = new Date(bench.clock.now());
  const right = signed(asked, now);
  await bench.signedWebhook({ ...right, rawBody: Buffer.from('{}') }); // the right signature over something else
  await done(bench.signedWebhook(right));
  expect(await bench.signedWebhook(right)).toMatchObject({ status: 409, body: { error: expect.stringContaining('seen before') } });
});

test.each([-300, 0, 300])('a signature of %i seconds from now is remembered as long as it is taken', async (seconds) => {
  const bench = functionsBench();
  const signedAt = new Date(bench.clock.now() + seconds * 1000);
  await done(bench.signedWebhook(signed(asked, signedAt)));
  const [until] = bench.seen.until.values();
  expect(until?.getTime()).toBeGreaterThan(signedAt.getTime() + SIGNATURE.toleranceSeconds * 1000);
});

test('a large body is refused before its signature is looked at', async () => {
  const bench = functionsBench();
  const { status } = await bench.signedWebhook(signed({ ...asked, args: ['x'.repeat(70_000)] }, new Date(bench.clock.now())));
  expect(status).toBe(413);
});
