import { Counter } from 'prom-client';
import { HEALTH, health } from '../../../services/contracts/health';
import { createLogger } from '../../../services/runtime/logging';
import { HealthServer, type HealthServerOptions } from '../../../services/runtime/server';
import { StartFailure } from '../../../services/runtime/start-failure';

const servers: HealthServer[] = [];
const lines: string[] = [];
const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });

async function serve(options: Partial<HealthServerOptions> = {}) {
  const server = await HealthServer.start({ log, port: 0, host: '127.0.0.1', ...options });
  servers.push(server);
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, headers: { connection: 'close' } });
    const text = await response.text();
    return { status: response.status, text, body: () => health.parse(JSON.parse(text)) };
  };
  return { server, get };
}

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

test('a process that works is live and ready, as the contract says', async () => {
  const { server, get } = await serve();
  server.ready('bus', async () => {});
  const [live, ready] = [await get(HEALTH.live), await get(HEALTH.ready)];
  expect([live.status, live.body()]).toEqual([200, { status: 'ok', checks: {} }]);
  expect([ready.status, ready.body()]).toEqual([200, { status: 'ok', checks: { bus: null } }]);
});

test('a port that another has is said without a stack, by its variable', async () => {
  const { server } = await serve();
  const second = HealthServer.start({ log, port: server.port, host: '127.0.0.1' });
  await expect(second).rejects.toThrow(
    new StartFailure(`PORT: found ${server.port}; another process listens there. Change PORT where this process is started; 0 takes any that is free.`),
  );
  await expect(second).rejects.toBeInstanceOf(StartFailure);
});

test('what fails is named, and keeps nobody from being live', async () => {
  const { server, get } = await serve();
  server.ready('bus', () => {});
  server.ready('store', () => {
    throw new Error('no connection');
  });
  server.ready('gateway', () => Promise.reject('closed'));
  const ready = await get(HEALTH.ready);
  expect([ready.status, ready.body()]).toEqual([503, { status: 'failing', checks: { bus: null, store: 'no connection', gateway: 'closed' } }]);
  expect((await get(HEALTH.live)).status).toBe(200);
  server.live('loop', () => Promise.reject(new Error('stuck')));
  expect((await get(HEALTH.live)).status).toBe(503);
});

test('a check that hangs is over in its time, is told so, and is not begun again by every probe', async () => {
  const { server, get } = await serve();
  let [begun, aborted] = [0, 0];
  let release = () => {};
  const hang = (signal: AbortSignal) => {
    begun += 1;
    signal.addEventListener('abort', () => aborted++);
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  server.ready('store', hang, 50);
  const answers = [await get(HEALTH.ready), await get(HEALTH.ready)];
  expect(answers.map((answer) => answer.body().checks)).toEqual([{ store: 'no answer within 50 ms' }, { store: 'no answer within 50 ms' }]);
  expect({ begun, aborted }).toEqual({ begun: 1, aborted: 1 });
  release();
  await new Promise(setImmediate);
  const again = get(HEALTH.ready);
  await again;
  expect(begun).toBe(2);
});

test('a check that fails at once is made again by the next probe', async () => {
  const { server, get } = await serve();
  let works = false;
  server.ready('store', () => {
    if (!works) throw new Error('not yet');
  });
  expect((await get(HEALTH.ready)).status).toBe(503);
  works = true;
  expect((await get(HEALTH.ready)).status).toBe(200);
});

test('a process that ends is not ready', async () => {
  const ending = new AbortController();
  const { get } = await serve({ ending: ending.signal });
  expect((await get(HEALTH.ready)).status).toBe(200);
  ending.abort();
  expect((await get(HEALTH.ready)).body().checks).toEqual({ process: 'is ending' });
});

test("metrics are the process's own and the runtime's", async () => {
  const { server, get } = await serve();
  new Counter({ name: 'entries_total', help: 'Entries', registers: [server.registry] }).inc(3);
  const { status, text } = await get(HEALTH.metrics);
  expect(status).toBe(200);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^entries_total 3$/m);
});

test('anything else is refused', async () => {
  const { server, get } = await serve();
  expect((await get('/other')).status).toBe(404);
  expect((await get(HEALTH.live, { method: 'POST' })).status).toBe(405);
  expect((await get(`${HEALTH.live}?probe=1`)).status).toBe(200);
  server.ready('twice', () => {});
  expect(() => server.ready('twice', () => {})).toThrow("there is a check 'twice' already");
});
