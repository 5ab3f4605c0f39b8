import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { TaskResult } from '../../services/contracts/task-result';
import { freePort } from '../../services/testbench/free-port';
import { DockerEngine } from '../support/docker-engine';
import { FakeGoogle, type LogEntry } from '../support/fake-google';
import { describeReal } from '../support/real';
import { PULLER, type Registry, startRegistry } from '../support/registry';
import { eventually } from '../support/service-process';
import { proxySocket, type Verdict } from '../support/socket-proxy';
import { bundleAgent, metadataOf, type WorkerAgent, WorkerMachine } from '../support/worker-agent';

describeReal(['dockerd', 'docker-registry', 'busybox'], 'the worker agent', () => {
  const engine = new DockerEngine();
  let bundle: string;
  let registry: Registry;
  let image: string;
  let google: FakeGoogle;
  let machine: WorkerMachine;
  const machines: WorkerMachine[] = [];

  beforeAll(async () => {
    bundle = bundleAgent();
    registry = await startRegistry({ isPrivate: false });
    await engine.start();
    image = `${registry.host}/job:1`;
    engine.importBusybox(image);
    engine.docker('push', '--quiet', image);
  });

  afterAll(async () => {
    await engine.stop();
    await registry?.close();
  });

  beforeEach(async () => {
    google = new FakeGoogle();
    await google.start();
    machine = new WorkerMachine(bundle, { ...google.environment, DOCKER_HOST: engine.host });
    machines.push(machine);
  });

  afterEach(async () => {
    for (const { child, ended } of machine.agents) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    }
    await google.stop();
    for (const { stderr } of machine.agents) expect(stderr).not.toMatch(/Unexpected error|Warning: /);
  });

  /** Starts the agent with this metadata in a file. */
  function start(metadata: unknown, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): WorkerAgent {
    return machine.startAgent(['--metadata', machine.write('metadata.json', metadata), ...args], environment);
  }

  /** The one result that the machine has reported, however often; its container is gone. */
  function reported(): TaskResult {
    expect(new Set(google.published.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(engine.containers()).toEqual([]);
    return google.published[0]?.result as TaskResult;
  }

  async function run(metadata: unknown, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<TaskResult> {
    const agent = start(metadata, args, environment);
    const code = await agent.ended;
    if (code !== 0) throw new Error(`the agent ended with ${code}:\n${agent.stderr}`);
    return reported();
  }

  const shell = (script: string, change: Parameters<typeof metadataOf>[1] = {}) => metadataOf(image, { args: ['sh', '-c', script], ...change });

  /** What the container wrote to stdout, by the agent's own stdout. */
  const messages = (agent: WorkerAgent): string[] =>
    agent.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).message);

  describe('ends', () => {
    test('well: metadata from the metadata server, output to Cloud Logging', async () => {
      const entries: LogEntry[] = [];
      google.onEntries = (more) => void entries.push(...more);
      google.attributes = { ...shell('echo out; echo err >&2') };
      expect(await machine.startAgent().ended).toBe(0);
      const digest = engine.docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', image).split('@')[1];
      expect(google.published[0]?.topic).toBe('projects/project-1/topics/task-finished');
      expect(reported()).toEqual({
        resultId: 'task:1.1',
        taskId: 'task:1',
        task: 'import',
        attempt: 1,
        instance: 'worker-20260101-1',
        image,
        imageDigest: digest,
        exitCode: 0,
        oomKilled: false,
        signal: null,
        error: null,
        startedAt: expect.stringMatching(/^20.*Z$/),
        finishedAt: expect.stringMatching(/^20.*Z$/),
      });
      expect(entries.map(({ textPayload, severity }) => [textPayload, severity]).sort()).toEqual([
        ['err', 'ERROR'],
        ['out', 'INFO'],
      ]);
    });

    test('with its exit code', async () => {
      expect(await run(shell('exit 3'))).toMatchObject({ exitCode: 3, oomKilled: false, signal: null, error: null });
    });

    test('at once, a hundred times faster than anybody can ask', async () => {
      expect(await run(metadataOf(image, { args: ['sh', '-c', 'exit 1'] }))).toMatchObject({ exitCode: 1, error: null });
    });

    test("with the image's own command where no arguments are given", async () => {
      const agent = start(metadataOf(image, { args: [] }));
      expect(await agent.ended).toBe(0);
      expect(messages(agent)).toEqual(["the image's own command"]);
    });

    test('for want of memory', async () => {
      const hog = shell('x=$(yes | head -c 200000000)').task_args;
      // The shell itself grows, and is what the kernel takes.
      expect(await run(metadataOf(image, { task_args: hog }), ['--memory', '16m'])).toMatchObject({
        exitCode: 137,
        oomKilled: true,
        signal: 'SIGKILL',
        error: null,
      });
    });

    test('by a signal', async () => {
      const agent = start(shell('sleep 100'));
      await agent.says('The container runs');
      engine.docker('kill', ...engine.containers());
      expect(await agent.ended).toBe(0);
      expect(reported()).toMatchObject({ exitCode: 137, oomKilled: false, signal: 'SIGKILL', error: null });
    });

    test('lost, when somebody removes the container', async () => {
      const agent = start(shell('sleep 100'));
      await agent.says('The container runs');
      engine.docker('rm', '--force', ...engine.containers());
      expect(await agent.ended).toBe(0);
      expect(reported()).toMatchObject({ exitCode: null, error: { code: 'container-lost' } });
    });
  });

  describe('does not start', () => {
    test.each([
      ['an image that the registry does not have', 'image-not-found', () => [metadataOf(`${registry.host}/no-such:1`)]],
      ['a command that the image does not have', 'command-not-found', () => [metadataOf(image, { args: ['no-such-command'] })]],
      ['a command that is no program', 'not-started', () => [metadataOf(image, { args: ['/tmp'] })]],
      ['an engine that is not there', 'docker-unavailable', () => [metadataOf(image), ['--patience', '1'], { DOCKER_HOST: 'unix:///nowhere/docker.sock' }]],
      ['a bucket that may not be read', 'bucket-unreadable', () => [metadataOf(image, { shared_bucket: 'not-ours' })]],
    ] as const)('with %s: %s', async (_, code, call) => {
      const [metadata, args, environment] = call() as [unknown, string[]?, Record<string, string>?];
      expect(await run(metadata, args, environment)).toMatchObject({
        exitCode: null,
        startedAt: null,
        signal: null,
        error: { code, message: expect.stringMatching(/.{20}/) },
      });
    });

    test('with a registry that is down; it is tried again before that is said', async () => {
      const agent = start(metadataOf(`127.0.0.1:${await freePort()}/job:1`), ['--patience', '3']);
      expect(await agent.ended).toBe(0);
      expect(reported()).toMatchObject({ error: { code: 'registry-unreachable', message: expect.stringContaining('connection refused') } });
      expect(agent.stderr).toContain('The image was not pulled, trying again');
    });

    test('with a registry that never answers: the task’s time limits that, too, and whoever takes the machine away', async () => {
      const silent = createServer(() => {});
      await once(silent.listen(0, '127.0.0.1'), 'listening');
      const never = `127.0.0.1:${(silent.address() as AddressInfo).port}/job:1`;
      try {
        expect(await run(metadataOf(never, { task_max_seconds: '1' }))).toMatchObject({ exitCode: null, error: { code: 'timed-out' } });
        google.published.length = 0;
        const agent = start(metadataOf(never, { task_attempt: '2' }));
        await new Promise((resolve) => setTimeout(resolve, 1000));
        agent.child.kill('SIGTERM');
        expect(await agent.ended).toBe(0);
        expect(reported()).toMatchObject({ resultId: 'task:1.2', error: { code: 'stopped' } });
      } finally {
        silent.close();
      }
    });

    test('without what is needed from its metadata, and all of that is reported', async () => {
      const { error } = await run({ ...metadataOf(image), task_args: '[1]', task_max_seconds: undefined, task_attempt: 'x' });
      expect(error?.code).toBe('bad-metadata');
      expect(error?.message).toMatch(/3 problems: .*task_attempt.*task_args.*task_max_seconds/);
    });

    test('without anybody to report to: that is said, and the agent fails', async () => {
      const agent = start({ task_image: image });
      expect(await agent.ended).toBe(1);
      expect(agent.stderr).toContain('reporting_topic is missing');
      expect(google.published).toEqual([]);
    });

    test('with a metadata server that does not answer: the agent fails and does not hang', async () => {
      google.attributes = undefined;
      const agent = machine.startAgent(['--patience', '1']);
      expect(await agent.ended).toBe(1);
      expect(agent.stderr).toContain('the metadata server cannot be read');
    });
  });

  describe('a private registry', () => {
    let guarded: Registry;
    let guardedImage: string;

    beforeAll(async () => {
      guarded = await startRegistry({ isPrivate: true });
      guardedImage = `${guarded.host}/job:1`;
      engine.docker('tag', image, guardedImage);
      engine.docker('login', '--username', PULLER.username, '--password', PULLER.password, guarded.host);
      engine.docker('push', '--quiet', guardedImage);
      engine.docker('rmi', guardedImage);
    });

    afterAll(() => guarded.close());

    test.each([
      ['lets in who has the password', PULLER.password, { exitCode: 0, error: null, imageDigest: expect.stringMatching(/^sha256:/) }],
      ['keeps out who has another', 'wrong', { exitCode: null, error: { code: 'registry-denied', message: expect.stringContaining('unauthorized') } }],
    ])('%s', async (_, password, expected) => {
      const auth = Buffer.from(`${PULLER.username}:${password}`).toString('base64');
      const file = machine.write('config.json', { auths: { [guarded.host]: { auth } } });
      expect(await run(metadataOf(guardedImage), ['--registry-auth', file])).toMatchObject(expected);
    });

    test('keeps out who has none; a digest that is here already needs nobody', async () => {
      const digest = engine.docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', guardedImage).split('@')[1];
      expect((await run(metadataOf(guardedImage))).error?.code).toBe('registry-denied');
      google.published.length = 0;
      const pinned = await run(metadataOf(`${guarded.host}/job@${digest}`, { task_attempt: '2' }));
      expect(pinned).toMatchObject({ exitCode: 0, imageDigest: digest });
    });
  });

  describe('what the container gets', () => {
    test('arguments and environment, byte by byte', async () => {
      const nasty = [
        '',
        ' ',
        '$HOME `id` $(id)',
        '"quoted" \'single\' \\back\\',
        'two\nlines\r\n',
        '日本語 ünïcode 🦊',
        '--flag=*?[a]{b}|&;<>#!~',
        'x'.repeat(16_384),
      ];
      const env = Object.fromEntries(nasty.map((value, index) => [`NASTY_${index}`, value]));
      // One line each, so that nothing of it is lost on the way back.
      const script =
        'for a; do printf %s "$a" | sha256sum; done; i=0; while [ $i -lt $# ]; do printenv=$(eval "printf %s. \\"\\$NASTY_$i\\""); printf %s "${printenv%.}" | sha256sum; i=$((i+1)); done';
      const agent = start(metadataOf(image, { args: ['sh', '-c', script, 'sh', ...nasty], task_env: JSON.stringify(env) }));
      expect(await agent.ended).toBe(0);
      const sums = nasty.map((value) => createHash('sha256').update(value).digest('hex'));
      expect(messages(agent).map((line) => line.split(' ')[0])).toEqual([...sums, ...sums]);
      expect(reported().exitCode).toBe(0);
    });

    test('the shared bucket at /tmp/worker, which it cannot change', async () => {
      google.objects = { 'shared-1/a.pem': 'certificate', 'shared-1/deep/er/b': 'b', 'shared-1/c d?e': 'odd name', 'shared-1/deep/': '', 'other/x': 'no' };
      const agent = start(
        shell('cd /tmp/worker; cat a.pem deep/er/b "c d?e"; echo; ls; exec 2> /dev/null; echo no > new || exit 9', { shared_bucket: 'shared-1' }),
      );
      expect(await agent.ended).toBe(0);
      expect(reported().exitCode).toBe(9);
      expect(messages(agent)).toEqual(['certificatebodd name', 'a.pem', 'c d?e', 'deep']); // stderr, which has its own order, says nothing
      expect(google.requests.filter((request) => request.endsWith('/shared-1/o')).length).toBe(2);
    });

    test('nothing from a bucket with an object that would land elsewhere', async () => {
      google.objects = { 'shared-1/../../escaped': 'no' };
      expect(await run(shell('true', { shared_bucket: 'shared-1' }))).toMatchObject({
        error: { code: 'bucket-unreadable', message: expect.stringContaining('../../escaped') },
      });
      expect(existsSync(join(machine.folder, '../escaped'))).toBe(false);
    });
  });

  describe('time', () => {
    test('is up: a container that listens ends in its own way', async () => {
      const result = await run(shell('trap "exit 7" TERM; while :; do sleep 0.1; done', { task_max_seconds: '2' }));
      expect(result).toMatchObject({ exitCode: 7, error: { code: 'timed-out' } });
    });

    test('is up: one that does not listen is killed after ten seconds', async () => {
      const started = Date.now();
      const result = await run(shell('trap "" TERM; while :; do sleep 0.1; done', { task_max_seconds: '1' }));
      expect(result).toMatchObject({ exitCode: 137, signal: 'SIGKILL', oomKilled: false, error: { code: 'timed-out' } });
      expect(Date.now() - started).toBeGreaterThan(10_000);
      expect(Date.now() - started).toBeLessThan(18_000);
    });

    test.each(['SIGTERM', 'SIGINT'] as const)('the machine is taken away (%s): reported within 20 seconds', async (signal) => {
      const agent = start(shell(signal === 'SIGTERM' ? 'trap "" TERM; while :; do sleep 0.1; done' : 'trap "exit 5" TERM; while :; do sleep 0.1; done'));
      await agent.says('The container runs');
      const told = Date.now();
      agent.child.kill(signal);
      expect(await agent.ended).toBe(0);
      expect(Date.now() - told).toBeLessThan(20_000);
      expect(reported()).toMatchObject({ exitCode: signal === 'SIGTERM' ? 137 : 5, error: { code: 'stopped' } });
    });

    test.each([
      ['TRUE', 'preempted'],
      ['FALSE', 'stopped'],
    ] as const)('the machine goes, and the metadata server says %s of a preemption: %s', async (preempted, code) => {
      google.attributes = { ...shell('trap "exit 5" TERM; while :; do sleep 0.1; done') };
      google.preempted = preempted;
      const agent = machine.startAgent();
      await agent.says('The container runs');
      agent.child.kill('SIGTERM');
      expect(await agent.ended).toBe(0);
      expect(reported()).toMatchObject({ exitCode: 5, error: { code } });
    });

    test('counts on while there is no agent', async () => {
      const metadata = shell('trap "exit 7" TERM; while :; do sleep 0.1; done', { task_max_seconds: '4' });
      const first = start(metadata);
      await first.says('The container runs');
      const started = Date.now();
      await first.kill();
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await run(metadata)).toMatchObject({ exitCode: 7, error: { code: 'timed-out' } });
      expect(Date.now() - started).toBeLessThan(5500);
    });
  });

  describe('an agent that is killed', () => {
    const job = () => shell('for i in 1 2 3 4 5 6; do echo line $i; sleep 0.3; done; exit 4');

    /** Kills the first agent when it makes this request of the engine; the second one must bring the task to its end. */
    test.each([
      ['before the container is made', /^POST \/containers\/create/, 'pass'],
      ['while the container is made', /^POST \/containers\/create/, 'lose the answer'],
      ['before the container starts', /^POST \/containers\/\w+\/start/, 'pass'],
      ['while the container starts', /^POST \/containers\/\w+\/start/, 'lose the answer'],
      ['after the container ended', /^DELETE \/containers\/\w+/, 'pass'],
      ['while the container is removed', /^DELETE \/containers\/\w+/, 'lose the answer'],
    ] as const)('%s', async (_, request, verdict: Verdict) => {
      let agent: WorkerAgent | undefined;
      const proxy = await proxySocket(join(machine.folder, 'docker.sock'), engine.socket, async (asked) => {
        if (!request.test(asked)) return 'pass';
        // Before: the request never reaches the engine. While: it does, and nobody is told.
        if (verdict === 'pass') await agent?.kill();
        else setTimeout(() => agent?.kill(), 300);
        return verdict;
      });
      try {
        agent = start(job(), [], { DOCKER_HOST: proxy.host });
        expect(await agent.ended).toBe('SIGKILL');
      } finally {
        await proxy.close();
      }
      expect(google.published).toEqual([]);
      const second = start(job());
      expect(await second.ended).toBe(0);
      expect(reported()).toMatchObject({ resultId: 'task:1.1', exitCode: 4, error: null });
      const lines = [...messages(agent), ...messages(second)];
      expect([...new Set(lines)]).toEqual([1, 2, 3, 4, 5, 6].map((i) => `line ${i}`));
    });

    test('in the middle of the task: the output goes on where it was', async () => {
      const first = start(job());
      const position = join(machine.folder, 'state/task:1.1.logs.json');
      await eventually(() => existsSync(position)); // a first batch was shipped, and that is written down
      await first.kill();
      const second = start(job());
      expect(await second.ended).toBe(0);
      expect(reported()).toMatchObject({ exitCode: 4, error: null });
      // Lines that were shipped just before the kill may come again; Cloud Logging knows them by their insertId.
      expect([...new Set([...messages(first), ...messages(second)])]).toEqual([1, 2, 3, 4, 5, 6].map((i) => `line ${i}`));
      expect(messages(first)).toContain('line 1');
      expect(messages(second)).not.toContain('line 1'); // and not the whole of it
    });

    test.each([
      ['before the message was stored', 'beforePublish', 1],
      ['after the message was stored, and before it was acknowledged', 'afterPublish', 2],
    ] as const)('%s: the same result again', async (_, moment, times) => {
      const first = start(shell('exit 4'));
      google[moment] = async () => {
        await first.kill();
        throw new Error('nobody is there to be answered');
      };
      expect(await first.ended).toBe('SIGKILL');
      google[moment] = () => {};
      expect(await run(shell('exit 4'))).toMatchObject({ resultId: 'task:1.1', exitCode: 4 });
      expect(google.published.length).toBe(times);
    });

    test('after everything: the machine that comes back does nothing', async () => {
      await run(shell('exit 4'));
      const agent = start(shell('exit 4'));
      expect(await agent.ended).toBe(0);
      expect(agent.stderr).toContain('nothing to do');
      expect(google.published.length).toBe(1);
    });
  });

  test('Pub/Sub that fails is asked again until it does not', async () => {
    let failures = 3;
    google.beforePublish = () => {
      failures -= 1;
      if (failures >= 0) throw Object.assign(new Error('Topic not found'), { status: 404 });
    };
    expect(await run(shell('exit 0'))).toMatchObject({ exitCode: 0 });
    expect(google.published.length).toBe(1);
  });

  test('a report to a file is a line of JSON', async () => {
    const file = join(machine.folder, 'reports.jsonl');
    const agent = start(shell('exit 2'), ['--report', file]);
    expect(await agent.ended).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ resultId: 'task:1.1', exitCode: 2 });
  });

  test('a million lines arrive, each once, whole and in order, though Cloud Logging is out for a while; the agent stays small', async () => {
    const LINES = 1_000_000;
    let arrived = 0;
    let wrong = 0;
    let refusedSince = 0;
    google.onEntries = (entries) => {
      refusedSince ||= Date.now();
      // Long enough for the engine to rotate its file away under somebody who only follows it.
      if (Date.now() - refusedSince < 10_000) throw Object.assign(new Error('out'), { status: 503 });
      for (const { textPayload } of entries) {
        arrived += 1;
        if (!textPayload.startsWith(`${arrived} `) || textPayload.length !== 300) wrong += 1;
      }
    };
    const script = `awk 'BEGIN { for (i = 1; i <= ${LINES}; i++) printf "%-300s\\n", i " " }'`;
    const agent = start(shell(script, { task_max_seconds: '200' }), ['--logs', 'cloud']);
    let peak = 0;
    const watch = setInterval(() => {
      try {
        const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${agent.child.pid}/status`, 'utf8')) ?? [];
        peak = Math.max(peak, Number(kilobytes) / 1024);
      } catch {
        // it has ended
      }
    }, 200);
    const begun = Date.now();
    const code = await agent.ended;
    clearInterval(watch);
    console.log(`${arrived} lines in ${((Date.now() - begun) / 1000).toFixed(1)} s, the agent at most ${Math.round(peak)} MB`);
    expect({ code, arrived, wrong }).toEqual({ code: 0, arrived: LINES, wrong: 0 });
    expect(reported()).toMatchObject({ exitCode: 0, error: null });
    expect(agent.stderr).toContain(`"written":${LINES},"dropped":0,"rotated":0,"uncounted":false`);
    expect(peak).toBeGreaterThan(30);
    expect(peak).toBeLessThan(250); // of 300 MB of output
  });

  // Of an engine that is stopped this container makes an end that looks well.
  test.each(['crashes', 'is stopped'] as const)('an engine that %s and comes back took the container along: its exit code is not believed', async (how) => {
    const agent = start(shell('trap "exit 0" TERM; sleep 100 & wait'));
    await agent.says('The container runs');
    await (how === 'crashes' ? engine.crash() : engine.stopDaemon());
    await engine.start();
    expect(await agent.ended).toBe(0);
    expect(reported()).toMatchObject({ exitCode: null, error: { code: 'container-lost', message: expect.stringContaining('engine went away') } });
  });

  test('an engine that comes back to a container that still runs (live-restore): it ends in its own way', async () => {
    await engine.stopDaemon();
    await engine.start('--live-restore');
    try {
      const agent = start(shell('for i in 1 2 3 4 5 6 7 8; do sleep 1; done; exit 4'));
      await agent.says('The container runs');
      await engine.stopDaemon();
      await engine.start('--live-restore');
      expect(await agent.ended).toBe(0);
      expect(reported()).toMatchObject({ exitCode: 4, error: null });
    } finally {
      await engine.stopDaemon();
      await engine.start();
    }
  });

  test('an error that nobody caught stops the task, and is reported', async () => {
    const sign = join(machine.folder, 'sign');
    const preload = machine.write(
      'preload.js',
      `setInterval(() => { if (require('fs').existsSync(${JSON.stringify(sign)})) { require('fs').rmSync(${JSON.stringify(sign)}); throw new Error('out of the blue'); } }, 100).unref();`,
    );
    const agent = start(shell('trap "exit 5" TERM; while :; do sleep 0.1; done'), [], { NODE_OPTIONS: `--require=${preload}` });
    await agent.says('The container runs');
    machine.write('sign', '');
    expect(await agent.ended).toBe(0);
    expect(reported()).toMatchObject({ exitCode: 5, error: { code: 'agent-error', message: 'out of the blue' } });
    expect(agent.stderr).toContain('Unexpected error');
    agent.stderr = '';
  });

  test('a container goes with the volumes that nobody named', async () => {
    const withVolume = `${registry.host}/volume:1`;
    engine.importBusybox(withVolume, 'VOLUME /data');
    engine.docker('push', '--quiet', withVolume);
    expect(await run(metadataOf(withVolume, { args: ['sh', '-c', 'echo x > /data/x'] }))).toMatchObject({ exitCode: 0 });
    expect(engine.docker('volume', 'ls', '--quiet')).toBe('');
  });
});
