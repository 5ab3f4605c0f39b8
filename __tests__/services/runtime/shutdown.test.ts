import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuntimeTask } from '../../support/programs/runtime';
import { endProcesses, eventually, ServiceProcess } from '../../support/service-process';

interface LogLine {
  readonly severity: string;
  readonly message: string;
  readonly rss?: number;
  readonly loaded?: string[];
  readonly got?: number;
  readonly busy?: number;
}

const start = (task: RuntimeTask) => new ServiceProcess<LogLine>('runtime.ts', task);
const messages = ({ lines }: ServiceProcess<LogLine>) => lines.map(({ message }) => message);
afterEach(endProcesses);

test.each(['SIGTERM', 'SIGINT'] as const)('%s closes what was opened, the last first, and exits with 0', async (signal) => {
  const process = start({ closers: { stores: 0, bus: 20, health: 0 } });
  await process.until(1);
  process.kill(signal);
  expect((await process.ended).code).toBe(0);
  expect(messages(process)).toEqual(['ready', `${signal}: closing`, 'closed health', 'closed bus', 'closed stores', 'closed']);
});

test('what does not close within the limit is named, with what waited behind it', async () => {
  const process = start({ closers: { stores: 0, bus: -1, health: 0 }, limit: 200 });
  await process.until(1);
  process.kill('SIGTERM');
  expect((await process.ended).code).toBe(1);
  expect(messages(process).slice(2)).toEqual(['closed health', '0.2 s have passed, and this has not closed: bus, stores']);
});

test('a second signal ends it at once', async () => {
  const process = start({ closers: { bus: -1 } });
  await process.until(1);
  process.kill('SIGTERM');
  await process.until(2);
  process.kill('SIGTERM');
  expect((await process.ended).code).toBe(1);
  expect(messages(process).at(-1)).toBe('a second signal, SIGTERM, and this has not closed: bus');
});

test('a closer that fails stops no other', async () => {
  const process = start({ closers: { stores: 0, bus: 'fails' } });
  await process.until(1);
  process.kill('SIGTERM');
  expect((await process.ended).code).toBe(1);
  expect(messages(process).slice(2)).toEqual(['bus failed to close', 'closed stores', 'closed']);
});

test.each([
  ['throws', 'an error that nobody caught: '],
  ['rejects', 'a rejection that nobody handled: nobody cares'],
] as const)('an error that nobody takes care of (%s) is logged, and closes everything', async (fate, said) => {
  const process = start({ closers: { bus: 0 }, fate });
  expect((await process.ended).code).toBe(1);
  expect(process.lines.slice(1)).toMatchObject([
    { severity: 'CRITICAL', message: expect.stringContaining(said), stack_trace: expect.any(String) },
    { message: 'closed bus' },
    { message: 'closed' },
  ]);
});

test('a runtime that has done its work ends the same way', async () => {
  const [well, ill] = [start({ closers: { bus: 0 }, fate: 'ends' }), start({ fate: 'ends with 3' })];
  expect([(await well.ended).code, (await ill.ended).code]).toEqual([0, 3]);
  expect(messages(well)).toEqual(['ready', 'closed bus', 'closed']);
});

test('with everything embedded it is small and quiet, and nothing of Google is loaded', async () => {
  const process = start({ file: join(mkdtempSync(join(tmpdir(), 'runtime-')), 'runtime.db') });
  const [idle] = await process.until(2);
  expect(idle).toMatchObject({ message: 'idle', loaded: [], got: 20 });
  expect((idle?.rss as number) / 1e6).toBeLessThan(80);
  expect(idle?.busy).toBeLessThan(0.1);
  process.kill('SIGTERM');
  expect((await process.ended).code).toBe(0);
  await eventually(() => messages(process).at(-1) === 'closed');
});
