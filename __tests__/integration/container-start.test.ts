import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freePort } from '../../services/testbench/free-port';
import { machineFiles, machineStack, type TestContainer } from '../support/container-machine';
import { CommandLines, ContainerStart } from '../support/container-start';
import { DockerEngine } from '../support/docker-engine';
import { GoogleMachine } from '../support/google-machine';
import { describeReal } from '../support/real';
import { MACHINE, PULLER, type Registry, startRegistry } from '../support/registry';
import { eventually } from '../support/service-process';

const SECRETS = 'projects/test-project/secrets';

describeReal(['dockerd', 'docker-registry', 'busybox'], 'containers of a machine', () => {
  const engine = new DockerEngine();
  const google = new GoogleMachine();
  let registry: Registry;
  const starts: ContainerStart[] = [];

  /** An image whose container ends with 42 when it is asked to. */
  function push(name: string, ...changes: string[]): void {
    const loop = 'trap "exit 42" TERM; while :; do sleep 0.1; done';
    engine.importBusybox(`${registry.host}/${name}`, `CMD ${JSON.stringify(['sh', '-c', loop])}`, ...changes);
    engine.docker('push', '--quiet', `${registry.host}/${name}`);
    engine.docker('rmi', `${registry.host}/${name}`);
  }

  function machine(...containers: readonly TestContainer[]) {
    const named = containers.map((container) => ({ ...container, image: `${registry.host}/${container.image ?? 'scraper:prod'}` }));
    return machineFiles(machineStack(named));
  }

  function start(files = machine({ variables: { MODE: 'general' } }), name = 'scraper'): ContainerStart {
    const elsewhere = { METADATA_URL: google.url, SECRET_MANAGER_URL: google.url, LOG_DRIVER: 'json-file', DOCKER_HOST: engine.host };
    const started = new ContainerStart(files, name, elsewhere);
    starts.push(started);
    return started;
  }

  async function until(what: string, holds: () => boolean, by?: ContainerStart): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${what}: not within half a minute\n${by?.output}`);
  }

  const running = () => engine.docker('ps', '--format', '{{.Names}}').split('\n').filter(Boolean).sort();
  const isUp = (started: ContainerStart, name = 'scraper') => until(`${name} runs`, () => running().includes(name), started);
  const says = (started: ContainerStart, text: string) => until(text, () => started.output.includes(text), started);
  const inside = (name: string, ...command: string[]) => engine.docker('exec', name, ...command);
  const environmentOf = (name: string) => inside(name, 'cat', '/proc/1/environ').split('\0').filter(Boolean).sort();
  /** Containers that have ended, and with what. */
  function deathsSince(start: number): string {
    const time = ['--since', `${start / 1000}`, '--until', `${Date.now() / 1000}`];
    return engine.docker('events', ...time, '--filter', 'event=die', '--format', '{{.ID}} {{.Actor.Attributes.exitCode}}');
  }
  /** Empty while it does not run. */
  const idOf = (name: string) => engine.docker('ps', '--quiet', '--no-trunc', '--filter', `name=^/${name}$`);

  beforeAll(async () => {
    registry = await startRegistry({ isPrivate: true });
    await engine.start();
    await google.start();
    engine.docker('login', '--username', PULLER.username, '--password', PULLER.password, registry.host);
    push('scraper:prod');
  });

  afterAll(async () => {
    await engine.stop();
    await google.stop();
    await registry?.close();
  });

  beforeEach(() => google.secrets.clear());

  afterEach(async () => {
    for (const started of starts.splice(0)) await started.end('SIGKILL');
    await until('nothing is left', () => {
      for (const id of engine.containers()) spawnSync('docker', ['--host', engine.host, 'rm', '--force', id]);
      return engine.containers().length === 0;
    });
  });

  test('run side by side, with their variables and secrets and nothing else, within their limits', async () => {
    google.secrets.set(`${SECRETS}/KEY`, 'value-of-key').set(`${SECRETS}/DISCORD`, 'value-of-discord');
    const files = machine(
      { name: 'scraper', variables: { MODE: 'general', NOTE: 'a "b" $HOME \\ é=★ ' }, secrets: { KEY: 'KEY', OTHER_KEY: 'DISCORD' } },
      { name: 'vip', memoryMb: 64, variables: { MODE: 'vip' }, secrets: { KEY: 'KEY' } },
    );
    const [scraper, vip] = [start(files), start(files, 'vip')];
    await Promise.all([isUp(scraper), isUp(vip, 'vip')]);

    const host = engine.docker('inspect', '--format', '{{.Config.Hostname}}', 'vip');
    const image = ['HOME=/', `HOSTNAME=${host}`, 'PATH=/bin'];
    expect(environmentOf('vip')).toEqual([...image, 'KEY=value-of-key', 'MODE=vip', 'PORT=8081'].sort());
    expect(environmentOf('scraper')).toEqual(
      [
        ...image,
        'HEALTH_PEERS=http://127.0.0.1:8081/healthz',
        'KEY=value-of-key',
        'MODE=general',
        'NOTE=a "b" $HOME \\ é=★ ',
        'OTHER_KEY=value-of-discord',
        'PORT=8080',
      ].sort(),
    );

    const { HostConfig: limits, Config: config } = JSON.parse(engine.docker('inspect', 'vip'))[0];
    expect(config.Healthcheck).toEqual({ Test: ['NONE'] });
    const MB = 1024 * 1024;
    expect(limits).toMatchObject({ Memory: 64 * MB, MemorySwap: 64 * MB, NetworkMode: 'host', LogConfig: { Type: 'json-file' }, AutoRemove: true });
    expect(() => inside('vip', 'sh', '-c', ': > /file')).toThrow(/Read-only file system/);
    inside('vip', 'sh', '-c', ': > /tmp/file');
    const status = inside('vip', 'cat', '/proc/1/status');
    for (const line of [/^CapEff:\s+0+$/m, /^CapBnd:\s+0+$/m, /^NoNewPrivs:\s+1$/m]) expect(status).toMatch(line);
    expect([scraper.files(), vip.files()]).toEqual([[], []]);
  });

  test('a secret arrives byte for byte, and stands in no log, no file and no command line', async () => {
    const values = {
      QUOTES: `it's "quoted" \`id\``,
      DOLLAR: '$HOME ${PATH} $(id) %s %{x}',
      SPACES: '  two before and two after  ',
      SIGNS: '#not=a&comment=;|<>!*?[x]{y}~',
      BACKSLASHES: '\\n \\\\ \\',
      UNICODE: 'grüße ★ 💬 日本',
      TAB: 'a\tb',
      LONG: 'long-'.repeat(12_000),
    };
    // No other program of the machine says this: every process' command line is read.
    const line = 'line-of-SECRETS-8b1f';
    for (const [name, value] of Object.entries(values)) google.secrets.set(`${SECRETS}/${name}`, value);
    google.secrets.set(`${SECRETS}/LINE`, `${line}\n`).set(`${SECRETS}/DOS`, `${line}\r\n`);
    const names = [...Object.keys(values), 'LINE', 'DOS'];
    const seen = new CommandLines();
    const started = start(machine({ secrets: Object.fromEntries(names.map((name) => [name, name])) }));
    await isUp(started);
    const commands = seen.stop();
    const environment = inside('scraper', 'cat', '/proc/1/environ').split('\0');
    for (const [name, value] of [...Object.entries(values), ['LINE', line], ['DOS', line]]) expect(environment).toContain(`${name}=${value}`);
    expect(commands).toContain('docker create');
    expect(commands).toContain('/versions/latest:access');
    const values_ = [...Object.values(values), line, MACHINE.password];
    for (const value of values_) {
      const encoded = Buffer.from(value).toString('base64').slice(0, 20);
      for (const text of [commands, started.output]) {
        expect(text).not.toContain(value);
        expect(text).not.toContain(encoded);
      }
    }
    expect(started.files()).toEqual([]);
  });

  test('what an environment file cannot carry is refused by name, without the value, until it is mended', async () => {
    const wrong = {
      LINES: 'private-one\nprivate-two',
      RETURN: 'private-one\rprivate-two',
      NUL: 'private\0value',
      BYTES: Buffer.from('private\xff', 'latin1'),
      LONG: 'private'.repeat(10_000),
      EMPTY: '\n',
    };
    for (const [name, value] of Object.entries(wrong)) google.secrets.set(`${SECRETS}/${name}`, value);
    const started = start(machine({ secrets: Object.fromEntries(Object.keys(wrong).map((name) => [name, name])) }));
    await says(started, `problem=secret-value which=${SECRETS}/EMPTY status="is empty" mend="make secrets ESTATE=test" retry_seconds=1`);
    const refused = [...started.output.matchAll(/which=\S+\/(\w+) status="([^"]+)"/g)].slice(0, 6).map(([, name, status]) => [name, status]);
    const lines = 'has a line break, which an environment file cannot carry';
    expect(refused).toEqual([
      ['LINES', lines],
      ['RETURN', lines],
      ['NUL', 'is not text'],
      ['BYTES', 'is not text'],
      ['LONG', 'is too long: a container can be given 65000 bytes'],
      ['EMPTY', 'is empty'],
    ]);
    expect(started.output).not.toMatch(/private|112 114 105/);
    expect(started.files()).toEqual([]);
    for (const name of Object.keys(wrong)) google.secrets.set(`${SECRETS}/${name}`, 'right');
    await isUp(started);
    expect(environmentOf('scraper')).toContain('LINES=right');
  });

  test('secrets without a value are all named, with the remedy, and waited for with growing patience', async () => {
    google.secrets.set(`${SECRETS}/FORBIDDEN`, 403).set(`${SECRETS}/BUSY`, 503);
    const started = start(machine({ secrets: { A: 'MISSING', B: 'FORBIDDEN', C: 'BUSY', D: 'THERE' } }));
    google.secrets.set(`${SECRETS}/THERE`, 'x');
    await says(started, 'retry_seconds=4');
    const first = started.output.split('\n').slice(0, 3);
    expect(first).toEqual([
      `container=scraper problem=secret which=${SECRETS}/MISSING status="404" mend="make secrets ESTATE=test" retry_seconds=1`,
      `container=scraper problem=secret which=${SECRETS}/FORBIDDEN status="403" mend="let the machine's service account read it: deploy the estate's grants" retry_seconds=1`,
      `container=scraper problem=secret which=${SECRETS}/BUSY status="503" mend="wait until Secret Manager answers" retry_seconds=1`,
    ]);
    expect(started.output).toMatch(/retry_seconds=1\n[\s\S]*retry_seconds=2\n[\s\S]*retry_seconds=4\n/);
    expect(running()).toEqual([]);
    for (const name of ['MISSING', 'FORBIDDEN', 'BUSY']) google.secrets.set(`${SECRETS}/${name}`, 'now');
    await isUp(started);
    expect(environmentOf('scraper')).toEqual(expect.arrayContaining(['A=now', 'B=now', 'C=now', 'D=x']));
  });

  test('the metadata server, the registry and the image are waited for', async () => {
    await google.stop();
    await registry.close();
    const started = start(machine({ image: 'late:prod' }));
    await says(started, 'problem=token which=metadata-server status="000" mend="');
    await google.start();
    await says(started, `problem=registry which=${registry.host} status="`);
    expect(started.output).toMatch(/problem=registry \S+ status="Error[^"]*connection refused[^"]*"/);
    await registry.reopen();
    await says(started, `problem=image which=${registry.host}/late:prod status="`);
    expect(started.output).toMatch(
      /problem=image \S+ status="Error[^"]*(not found|manifest unknown)[^"]*" mend="push the image under this tag: the delivery of test does"/,
    );
    expect(started.output).not.toContain(MACHINE.password);
    push('late:prod');
    await isUp(started);
  });

  test('waiting ends at once when it is told to', async () => {
    const started = start(machine({ secrets: { A: 'MISSING' } }));
    await says(started, 'retry_seconds=4');
    const begun = Date.now();
    expect(await started.end()).toBe('SIGTERM');
    expect(Date.now() - begun).toBeLessThan(500);
    expect(engine.containers()).toEqual([]);
  });

  test('a container that runs is asked to end, by systemd or by a signal', async () => {
    const [, stop = ''] = /^ExecStop=-\/usr\/bin\/docker (.*)$/m.exec(machine({}).files.get('/etc/systemd/system/container-scraper.service') ?? '') ?? [];
    const stopped = start();
    await isUp(stopped);
    engine.docker(...stop.split(' '));
    expect(await stopped.ended).toBe(42);

    const signalled = start();
    await isUp(signalled);
    const [id, since] = [idOf('scraper'), Date.now()];
    signalled.kill('SIGTERM');
    await signalled.ended;
    expect(deathsSince(since)).toBe(`${id} 42`);
    expect(running()).toEqual([]);
  });

  test('after a start that was killed the old container ends properly, and there is one', async () => {
    const killed = start();
    await isUp(killed);
    const old = idOf('scraper');
    await killed.end('SIGKILL');
    expect(running()).toEqual(['scraper']);
    const since = Date.now();
    const started = start();
    await until('a new one', () => !['', old].includes(idOf('scraper')), started);
    expect(deathsSince(since)).toBe(`${old} 42`);
    expect(engine.containers()).toHaveLength(1);

    await started.end('SIGKILL');
    engine.docker('rm', '--force', 'scraper');
    engine.docker('create', '--name', 'scraper', `${registry.host}/scraper:prod`);
    await isUp(start());
    expect(engine.containers()).toHaveLength(1);
  });

  test('a new image under the tag is run by the next start; the old one goes, those of others stay', async () => {
    push('vip:prod');
    push('scraper:next');
    push('waiting:prod');
    engine.docker('pull', '--quiet', `${registry.host}/waiting:prod`);
    const files = machine({ name: 'scraper', image: 'scraper:next' }, { name: 'vip', image: 'vip:prod' });
    const [scraper, vip] = [start(files), start(files, 'vip')];
    await Promise.all([isUp(scraper), isUp(vip, 'vip')]);
    const imageOf = (name: string) => engine.docker('inspect', '--format', '{{.Image}}', name);
    const [old, other] = [imageOf('scraper'), imageOf('vip')];
    await scraper.end();
    await until('it ends', () => !running().includes('scraper'));

    const source = `${registry.host}/scraper:next`;
    engine.docker('tag', source, `${registry.host}/scraper:old`);
    push('scraper:next', 'LABEL generation=2');
    engine.docker('tag', `${registry.host}/scraper:old`, source);
    engine.docker('rmi', `${registry.host}/scraper:old`);

    await isUp(start(files));
    expect(engine.docker('inspect', '--format', '{{.Config.Labels.generation}}', 'scraper')).toBe('2');
    const left = engine.docker('images', '--all', '--quiet', '--no-trunc').split('\n');
    expect(left).toContain(other);
    expect(left).not.toContain(old);
    expect(left).toContain(engine.docker('inspect', '--format', '{{.Id}}', `${registry.host}/waiting:prod`)); // of a container that is about to be made
    expect(running()).toEqual(['scraper', 'vip']);
  });

  test('the scraper itself runs so, in two containers, and one answers for both', async () => {
    const dockerfile = readFileSync('services/scraper/Dockerfile', 'utf8');
    const bundles = ['.cache/start.js', '.cache/scraper.js']; // of make build
    const name = `${registry.host}/real:prod`;
    engine.importNode(name, bundles, 'USER 1000', 'ENV PORT=8080', /^CMD .*$/m.exec(dockerfile)?.[0] ?? '');
    engine.docker('push', '--quiet', name);
    const ports = [await freePort(), await freePort()];
    // it waits for its database, and lives
    const nobody = { FIRESTORE_EMULATOR_HOST: '127.0.0.1:1', PUBSUB_EMULATOR_HOST: '127.0.0.1:1', METADATA_SERVER_DETECTION: 'none' };
    const topics = { LOG_ENTRY_TOPIC: 'entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison' };
    const keys = { LETTERBOXD_API_KEY: 'KEY', LETTERBOXD_API_SHARED_SECRET: 'SHARED' };
    google.secrets.set(`${SECRETS}/KEY`, 'key').set(`${SECRETS}/SHARED`, 'shared');
    const files = machine(
      ...(['general', 'vip'] as const).map((MODE, index) => ({
        name: ['scraper', 'vip'][index] ?? '',
        image: 'real:prod',
        memoryMb: 300,
        ...(ports[index] && { port: ports[index] }),
        variables: { ...nobody, ...topics, ENVIRONMENT: 'dev', PROJECT: 'test', SUBSCRIPTION: MODE, INSTANCE: MODE, MODE },
        secrets: keys,
      })),
    );
    const [scraper, vip] = [start(files), start(files, 'vip')];
    const health = (port = 0) => fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } }).then(({ status }) => status);
    await isUp(scraper);
    await isUp(vip, 'vip');
    await eventually(async () => (await health(ports[0]).catch(() => 0)) === 200);
    expect(await health(ports[1])).toBe(200);
    vip.kill('SIGTERM');
    await vip.ended;
    expect(await health(ports[0])).toBe(503);
    expect(running()).toEqual(['scraper']);
  });

  test('Docker that is away is waited for', async () => {
    await engine.stopDaemon();
    const started = start();
    await says(started, 'problem=docker which=engine status="');
    await engine.start();
    await isUp(started);
  });
});
