import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerEngine } from '../support/docker-engine';
import { describeReal } from '../support/real';
import { RepositoryCopy, ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

/** A copy as a clone is after `npm ci`: what the demo starts is not there. */
function clone(): string {
  const { root } = new RepositoryCopy();
  // of some packages a service has a version of its own
  const own = readdirSync(join(ROOT, 'services')).map((service) => join('services', service, 'node_modules'));
  for (const folder of own.filter((path) => existsSync(join(ROOT, path)))) symlinkSync(join(ROOT, folder), join(root, folder));
  expect(readdirSync(join(root, '.cache'))).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(scraper|shard|worker|start)\.js$/)]));
  return root;
}

/** `make demo` as somebody runs it, with a temporary folder of its own. */
class DemoRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'demo-'));
  said = '';
  complaints = '';
  readonly ended: Promise<number | null>;
  readonly child: ChildProcess;

  constructor(
    args: readonly string[] = [],
    docker = 'unix:///nowhere/docker.sock',
    { program = process.execPath, before = ['--import', 'tsx', 'scripts/demo.ts'] as readonly string[], cwd = ROOT } = {},
  ) {
    // somebody's shell may hold what the demo's processes would take for theirs
    const env = { ...process.env, TMPDIR: this.folder, LOG_LEVEL: 'fatal', SHARDS: 'all', MODE: 'vip', DOCKER_HOST: docker };
    this.child = spawn(program, [...before, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data) => (this.said += data));
    this.child.stderr?.on('data', (data) => (this.complaints += data));
    this.ended = once(this.child, 'close').then(([code]) => code);
    runs.push(this);
  }

  /** As README.md says, where nothing is built yet. */
  static byMake(args: readonly string[], cwd: string): DemoRun {
    return new DemoRun(args, undefined, { program: 'make', before: ['demo'], cwd });
  }

  says(pattern: RegExp, seconds = 60): Promise<void> {
    return eventually(
      () => pattern.test(this.said) || this.child.exitCode !== null,
      seconds,
      () => `${pattern} in\n${this.said}${this.complaints}`,
    );
  }

  /** The figures of the table, by group and row: `posts expected`. */
  get figures(): Record<string, number> {
    const table = this.said.slice(this.said.indexOf('\nentries '));
    const figures: Record<string, number> = {};
    let group = '';
    for (const [, of = '', row, figure] of table.matchAll(/^(\w*) +([a-zA-Z][\w ]*?) {2,}(\d+)(?: .*)?$/gm)) {
      group = of || group;
      figures[`${group} ${row}`] = Number(figure);
    }
    return figures;
  }

  lines(pattern: RegExp): string[] {
    return this.said.split('\n').filter((line) => pattern.test(line));
  }

  /** Its processes that are there, by what they were told. */
  processes(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => {
        if (!pid || pid === process.pid) return false;
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.folder);
        } catch {
          return false; // it is gone, or somebody else's
        }
      });
  }

  async leavesNothing(): Promise<void> {
    await eventually(
      () => this.processes().length === 0,
      5,
      () => `left are ${this.processes()}`,
    );
    expect(readdirSync(this.folder).filter((name) => !name.startsWith('tsx-'))).toEqual([]); // tsx's own cache
  }
}

const runs: DemoRun[] = [];
afterEach(async () => {
  for (const { child } of runs) child.kill('SIGKILL');
  await Promise.all(runs.splice(0).map(({ ended }) => ended));
});

function addsUp(run: DemoRun, tasks = 0): void {
  const { figures } = run;
  const logged = figures['entries logged at Letterboxd'] as number;
  const expected = figures['posts expected'] as number;
  expect(logged).toBeGreaterThan(0);
  expect(expected).toBeGreaterThanOrEqual(logged);
  expect(figures).toMatchObject({
    'entries found by the scrapers': logged,
    'entries published first': logged,
    'entries done with': logged,
    'posts posted': expected,
    'posts lost': 0,
    'posts twice': 0,
    'posts astray': 0,
    'messages parked': figures['messages poison sent'],
    'commands answered': figures['commands given'],
    'tasks run': tasks,
    'tasks succeeded': tasks,
  });
  expect(run.said).toContain('It adds up: ');
  // what was told and what is in the table are counted apart
  expect(run.lines(/ {2}logged "/)).toHaveLength(logged);
  expect(run.lines(/ {2}found and published \((Normal|VIP|Follow)\) "/)).toHaveLength(logged);
  expect(run.lines(/ {2}posted "/)).toHaveLength(expected);
  expect(run.lines(/ {2}published again "/)).toHaveLength(figures['entries published again'] as number);
}

describe('make demo', () => {
  test('two at the same time play for a while, one by make in a clone, with deaths, poison and commands; each adds up and leaves nothing', async () => {
    const made = DemoRun.byMake(['FOR=8s'], clone());
    await made.says(/demo +plays for 8 s/);
    for (const run of [made, new DemoRun(['--for', '6s'])]) {
      expect([await run.ended, run.complaints]).toEqual([0, '']);
      addsUp(run);
      const { figures } = run;
      expect(figures['messages poison sent']).toBe(1);
      expect(figures['commands given']).toBeGreaterThan(0);
      const deaths = run.lines(/ shard-\d +killed by SIGKILL/).length;
      expect(deaths).toBeGreaterThan(0);
      expect(figures['posts deduplicated by Discord']).toBeGreaterThanOrEqual(deaths);
      expect(run.lines(/ {2}deduplicated ".*it is there once/)).toHaveLength(figures['posts deduplicated by Discord'] as number);
      expect(run.said).toContain("left out, docker-worker's task: no Docker engine answers");
      await run.leavesNothing();
    }
  });

  test('Ctrl-C brings what has happened to its end; a second one ends it at once', async () => {
    const patient = new DemoRun();
    await patient.says(/posted "/);
    patient.child.kill('SIGINT');
    expect([await patient.ended, patient.complaints]).toEqual([0, '']);
    expect(patient.said).toContain('is interrupted');
    addsUp(patient);
    await patient.leavesNothing();

    const hasty = new DemoRun();
    await hasty.says(/posted "/);
    hasty.child.kill('SIGINT');
    await hasty.says(/is interrupted/);
    hasty.child.kill('SIGINT');
    expect(await hasty.ended).toBe(130);
    await hasty.leavesNothing();
  });

  test('a process that ends by itself ends the demo, which says so', async () => {
    const run = new DemoRun(['--for', '1h']);
    await run.says(/posted "/);
    const scraper = run.processes().find((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes('INSTANCE=vip')) as number;
    process.kill(scraper, 'SIGTERM');
    expect(await run.ended).toBe(1);
    expect(run.complaints.trim()).toBe(`vip (process ${scraper}) ended by itself, with 0. It said last: closed`);
    await run.leavesNothing();
  });

  test('what cannot be is refused before anything starts, all at once', async () => {
    const run = new DemoRun(['--for', '20', '--bus', 'kafka', '--store', 'memory']);
    expect([await run.ended, run.said]).toEqual([2, '']);
    expect(run.complaints.trim().split('\n')).toEqual([
      'FOR=20: must be a time such as 20s, 2m or 1h, 1s at least and 24h at most',
      'BUS=kafka: must be embedded or pubsub',
      'STORE=memory: must be embedded or firestore',
    ]);
    await run.leavesNothing();
    const made = spawnSync('make', ['demo', 'FOR=soon', 'STORE=firestore', 'DRY_RUN=1', 'BUS='], { cwd: ROOT, encoding: 'utf8' });
    expect(made.status).toBe(2);
    expect(made.stderr).toContain('FOR=soon: must be a time');
    expect(made.stderr).toContain('BUS=: must be embedded or pubsub');
  });
});

describeReal(['gcloud', 'java'], 'make demo on the emulators', () => {
  test('adds up, and ends the emulators', async () => {
    const run = new DemoRun(['--for', '5s', '--bus', 'pubsub', '--store', 'firestore']);
    expect([await run.ended, run.complaints]).toEqual([0, '']);
    addsUp(run);
    await run.leavesNothing();
  });
});

describeReal(['dockerd', 'busybox'], 'make demo beside a Docker engine', () => {
  const engine = new DockerEngine();
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  const leavesNoneThere = () => expect([engine.containers(), engine.docker('images', '--quiet')]).toEqual([[], '']);

  test('runs a task of docker-worker in an image of its own, and takes both away', async () => {
    const run = new DemoRun(['--for', '2s'], engine.host);
    expect([await run.ended, run.complaints]).toEqual([0, '']);
    addsUp(run, 1);
    expect(run.lines(/ {2}worker +task demo says: part \d of 3$/)).toHaveLength(3);
    expect(run.lines(/ {2}worker +task demo is reported: exit code 0$/)).toHaveLength(1);
    leavesNoneThere();
    await run.leavesNothing();
  });

  test('ended at once, while the task runs, too', async () => {
    const run = new DemoRun([], engine.host);
    await run.says(/part 1 of 3/);
    expect(engine.containers()).toHaveLength(1);
    run.child.kill('SIGINT');
    await run.says(/is interrupted/);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    leavesNoneThere();
    await run.leavesNothing();
  });
});
