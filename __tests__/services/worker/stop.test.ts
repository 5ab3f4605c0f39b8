import { retrying } from '../../../services/runtime/retry';
import { TaskFailure, taskErrorOf } from '../../../services/worker/failure';
import { resultOf, signalOf } from '../../../services/worker/result';
import { Stop } from '../../../services/worker/stop';
import { FakeClock } from '../../support/fake-clock';

test('the time limit counts from when the task was first taken', async () => {
  const clock = new FakeClock(1_000_000);
  const stop = new Stop();
  stop.limit(clock, 970_000, 60); // half of it passed before this agent started
  await clock.pass(29_999);
  expect(stop.reason).toBeUndefined();
  await clock.pass(1);
  expect(stop.reason).toMatchObject({ code: 'timed-out', message: expect.stringContaining('60 s') });
});

test('a limit that is long over stops at once', async () => {
  const clock = new FakeClock(1_000_000);
  const stop = new Stop();
  stop.limit(clock, 0, 60);
  await clock.pass(0);
  expect(stop.reason?.code).toBe('timed-out');
});

test('the first reason stays', async () => {
  const clock = new FakeClock();
  const stop = new Stop();
  stop.limit(clock, clock.now(), 60);
  stop.request(new TaskFailure('preempted', 'the machine goes'));
  await clock.pass(100_000);
  stop.request(new TaskFailure('agent-error', 'more'));
  expect(stop.reason?.code).toBe('preempted');
});

describe('trying again', () => {
  test('waits longer each time, and ends with the last error when patience is over', async () => {
    const clock = new FakeClock(0);
    const times: number[] = [];
    const work = async () => {
      times.push(clock.now());
      throw new Error(`try ${times.length}`);
    };
    const ended = expect(retrying(work, { clock, patience: 10_000, first: 1000 })).rejects.toThrow(/try [45]/);
    await clock.pass(20_000);
    await ended;
    const waits = times.slice(1).map((time, i) => time - (times[i] as number));
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** i);
    }
  });

  test('is cut short by a stop, with its reason', async () => {
    const clock = new FakeClock();
    const stop = new Stop();
    const ended = expect(retrying(() => Promise.reject(new Error('no')), { clock, signal: stop.signal })).rejects.toMatchObject({ code: 'preempted' });
    await clock.pass(5000);
    stop.request(new TaskFailure('preempted', 'the machine goes'));
    await ended;
  });

  test('is not done where it would end the same way', async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(new Error('no'));
    };
    await expect(retrying(work, { clock: new FakeClock(), worthIt: () => false })).rejects.toThrow('no');
    expect(tries).toBe(1);
  });
});

describe('the result', () => {
  const attempt = { project: 'p', topic: 't', taskId: 'task:1', task: 'import', attempt: 2, image: 'busybox', instance: 'vm-1' };

  test.each([
    [0, null],
    [1, null],
    [128, null],
    [137, 'SIGKILL'],
    [143, 'SIGTERM'],
    [139, 'SIGSEGV'],
    [255, null],
  ])('exit code %i is signal %s', (code, signal) => expect(signalOf(code)).toBe(signal));

  test('of a container is what the engine says, to the nearest millisecond, whoever asks and when', () => {
    const container = {
      id: 'c',
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      startedAt: '2026-01-01T00:00:00.123456789Z',
      finishedAt: '2026-01-01T00:01:00.987654321Z',
    } as const;
    const result = resultOf(attempt, { imageDigest: 'sha256:1', error: null, container, now: 5 });
    expect(result).toMatchObject({
      resultId: 'task:1.2',
      exitCode: 137,
      oomKilled: true,
      signal: 'SIGKILL',
      startedAt: '2026-01-01T00:00:00.123Z',
      finishedAt: '2026-01-01T00:01:00.987Z',
    });
  });

  test('without a container has neither exit code nor start', () => {
    const result = resultOf(attempt, { imageDigest: null, error: { code: 'image-not-found', message: 'no' }, now: 0 });
    expect(result).toMatchObject({ exitCode: null, oomKilled: false, signal: null, startedAt: null, finishedAt: '1970-01-01T00:00:00.000Z' });
  });

  test('anything unexpected is an agent-error, with its causes, and no longer than a message may be', () => {
    expect(taskErrorOf(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }))).toEqual({
      code: 'agent-error',
      message: 'fetch failed: getaddrinfo ENOTFOUND',
    });
    expect(taskErrorOf(new TaskFailure('not-started', 'x'.repeat(100_000))).message.length).toBeLessThan(5000);
  });
});
