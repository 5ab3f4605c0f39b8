import { Readable } from 'node:stream';
import { EVENTS } from '../../../services/contracts/functions';
import { entryPoint } from '../../../services/functions/entry-point';
import { createWorkerSettings } from '../../../services/functions/environment';
import { machine, prices, tasks } from '../../support/functions/bench';
import { MemoryLog } from '../../support/functions/memory';

const good = {
  PROJECT: 'p-dev',
  LEDGER_DATABASE: 'tasks',
  PRICES: JSON.stringify(prices),
  TASKS: JSON.stringify(tasks),
  NAME_PREFIX: 'docker-worker',
  BOOT_IMAGE: machine.bootImage,
  SUBNETWORK: machine.subnetwork,
  WORKER_ACCOUNT: machine.account,
  REPORTING_TOPIC: 'task-finished',
  WEBHOOK: 'google',
};

/** Calls it as the framework does. */
async function call(variables: Record<string, string | undefined>, calls = 1, request: () => object = () => ({ rawBody: Buffer.from('abc') })) {
  const log = new MemoryLog();
  const built: unknown[] = [];
  const run = entryPoint({
    name: 'create_worker',
    environment: createWorkerSettings,
    log,
    variables,
    build: async (environment) => {
      built.push(environment);
      return async ({ rawBody }) => ({ status: 200, body: { bytes: rawBody.length } });
    },
  });
  await new Promise(setImmediate);
  const linesAtStart = log.lines.length;
  const answers: [number, object][] = [];
  for (let left = calls; left > 0; left -= 1) {
    let status = 0;
    const response = {
      status(code: number) {
        status = code;
        return response;
      },
      json: (body: object) => answers.push([status, body]),
    };
    await run(Object.assign(request(), { headers: {} }) as never, response as never);
  }
  return { answers, built: built.length, linesAtStart, log };
}

test('a function is put together once, at the cold start where the process says which it is', async () => {
  expect(await call(good, 2)).toMatchObject({
    answers: [
      [200, { bytes: 3 }],
      [200, { bytes: 3 }],
    ],
    built: 1,
  });
  expect(await call({ ...good, FUNCTION_TARGET: 'create_worker' }, 0)).toMatchObject({ built: 1 });
  expect(await call({ ...good, FUNCTION_TARGET: 'reap_workers' }, 0)).toMatchObject({ built: 0 });
});

test('a broken environment: every call is answered 500, every problem is in the log, the process lives', async () => {
  const { NAME_PREFIX, ...rest } = good;
  const { answers, built, linesAtStart, log } = await call({ ...rest, PRICES: '{', WEBHOOK: 'hmac', FUNCTION_TARGET: 'create_worker' }, 2);
  const body = { error: 'create_worker is not configured; its log says what is wrong' };
  expect({ answers, built, linesAtStart }).toEqual({
    answers: [
      [500, body],
      [500, body],
    ],
    built: 0,
    linesAtStart: 1,
  });
  for (const { level, message, event } of log.lines) {
    expect([level, event]).toEqual(['error', EVENTS.notConfigured]);
    expect(message).toMatch(/PRICES[\s\S]*NAME_PREFIX/);
  }
  expect(log.lines).toHaveLength(3);
  expect(NAME_PREFIX).toBe('docker-worker');
});

test('a body that the framework did not read, for want of a Content-Type, is read', async () => {
  const sending = (length: number) => () => Readable.from([Buffer.alloc(length - 10), Buffer.alloc(10)]);
  expect(await call(good, 1, sending(100))).toMatchObject({ answers: [[200, { bytes: 100 }]] });
  // Of one that is too long there is enough to see that.
  const { answers } = await call(good, 1, () => Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(50_000))));
  expect(answers).toEqual([[200, { bytes: 100_000 }]]);
});

test.each([
  [{ SUBNETWORK: 'workers' }, /SUBNETWORK.*must be projects\/P\/regions\/R\/subnetworks\/S/],
  [{ SUBNETWORK: 'projects/p/regions/europe-west1/subnetworks/s' }, /import.zone.*must be in europe-west1[\s\S]*report.zone.*must be in europe-west1/],
  [{ LOG_LEVEL: 'loud', WEBHOOK: 'other' }, /LOG_LEVEL: found "loud"; must be one of[\s\S]*WEBHOOK: found/],
  [{ WEBHOOK: 'hmac' }, /WEBHOOK_SECRET: is missing: with WEBHOOK=hmac/],
  [{ TASKS: JSON.stringify({ import: { ...tasks.import, maxMinutes: 0 } }) }, /TASKS.*maxMinutes.*must be a minute or more/],
])('%#: variables that do not fit are refused', async (changes, message) => {
  expect((await call({ ...good, ...changes })).log.lines[0]?.message).toMatch(message);
});
