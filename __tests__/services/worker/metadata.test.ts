import { MetadataServer } from '../../../services/worker/metadata/server';
import { readTask } from '../../../services/worker/metadata/task';
import { FakeClock } from '../../support/fake-clock';
import { metadataOf } from '../../support/worker-agent';

const texts = metadataOf('busybox:1', { args: ['a', 'b c'], task_env: '{"A":"1"}' });

test('a task is read, with what is not ours beside it', () => {
  expect(readTask({ ...texts, 'enable-oslogin': 'TRUE' }, 'vm-1')).toEqual({
    metadata: { ...texts, task_args: ['a', 'b c'], task_env: { A: '1' }, task_attempt: 1, task_max_seconds: 60 },
    attempt: { project: 'project-1', topic: 'task-finished', taskId: 'task:1', task: 'import', attempt: 1, image: 'busybox:1', instance: 'vm-1' },
  });
});

test('every problem is said at once, to whom it concerns', () => {
  const read = readTask({ ...texts, task_args: '["a"', task_env: '{"a b":"1"}', task_name: 'Über', task_image: undefined }, 'vm-1');
  expect(read).toMatchObject({ attempt: { taskId: 'task:1', task: 'unknown', attempt: 1, image: '' } });
  const { problems } = read as { problems: string };
  expect(problems).toMatch(/4 problems/);
  for (const part of ['task_args not JSON', 'task_env', 'task_name not the name of a task', 'task_image']) expect(problems).toContain(part);
});

test.each(['project', 'reporting_topic', 'task_id'])('without %s nobody can be told', (key) => {
  expect(readTask({ ...texts, [key]: undefined }, 'vm-1')).toMatchObject({ attempt: undefined, problems: expect.stringContaining(key) });
});

test.each([[[]], ['text'], [null], [undefined]])('%j is no metadata', (value) => {
  expect(readTask(value, 'vm-1')).toMatchObject({ attempt: undefined });
});

describe('the metadata server', () => {
  const answers: (Response | Error)[] = [];
  let fetched: jest.SpyInstance;
  beforeEach(() => {
    answers.length = 0;
    fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      const answer = answers.shift() ?? new Error('nobody answers');
      if (answer instanceof Error) throw answer;
      return answer;
    });
  });
  afterEach(() => fetched.mockRestore());
  const google = (body: string) => new Response(body, { headers: { 'metadata-flavor': 'Google' } });

  test('gives a token that is used until it is about to end', async () => {
    const clock = new FakeClock();
    const server = new MetadataServer(clock, 'metadata');
    answers.push(google('{"access_token":"one","expires_in":600}'), google('{"access_token":"two","expires_in":600}'));
    expect([await server.accessToken(), await server.accessToken()]).toEqual(['one', 'one']);
    await clock.pass(421_000);
    expect(await server.accessToken()).toBe('two');
    expect(fetched.mock.calls[0]).toEqual([
      'http://metadata/computeMetadata/v1/instance/service-accounts/default/token',
      expect.objectContaining({ headers: { 'Metadata-Flavor': 'Google' } }),
    ]);
  });

  test('is given up after a minute', async () => {
    const clock = new FakeClock();
    const asked = expect(new MetadataServer(clock, 'metadata').instance()).rejects.toThrow('nobody answers');
    await clock.pass(60_000);
    await asked;
    expect(fetched.mock.calls.length).toBeGreaterThan(10);
  });

  test.each([
    ['TRUE', true],
    ['FALSE', false],
  ])('says %s of a preemption', async (text, preempted) => {
    answers.push(google(text));
    expect(await new MetadataServer(new FakeClock(), 'metadata').preempted()).toBe(preempted);
    expect(fetched.mock.calls[0][0]).toBe('http://metadata/computeMetadata/v1/instance/preempted');
  });

  test('is not any server that happens to answer', async () => {
    answers.push(new Response('<html>router</html>'));
    await expect(new MetadataServer(new FakeClock(), 'metadata').instance()).rejects.toThrow('no metadata server');
  });
});
