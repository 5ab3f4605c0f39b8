import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../../packer/build/lock-file';
import { UsageError } from '../../../rehearsal/runner/failure';
import { environmentFor, programOf, typed } from '../../../scripts/support/up/command-of';
import { UpLock } from '../../../scripts/support/up/lock';
import { elapsed } from '../../../scripts/support/up/report';
import { runStep } from '../../../scripts/support/up/run-step';
import { patienceOf, until } from '../../../scripts/support/up/waiting';

const never = new AbortController().signal;

test.each([
  [undefined, 120_000],
  ['0s', 0],
  ['10m', 600_000],
  ['1h', 3_600_000],
])('PATIENCE=%s', (text, expected) => expect(patienceOf(text)).toBe(expected));

test.each(['10', 'm', '-1s', '1.5h', ''])('PATIENCE=%s is refused', (text) => expect(() => patienceOf(text)).toThrow(UsageError));

test('a question is asked again until the answer is good, or the time is over, or somebody interrupts', async () => {
  let asked = 0;
  const ask = async () => (asked += 1);
  expect(await until(ask, (n) => n === 2, 60_000, never)).toBe(2);
  expect(await until(ask, () => false, 0, never)).toBe(3);
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 10);
  expect(await until(ask, () => false, 60_000, interrupt.signal)).toBe(5); // woken, it asks once more
});

test('what a person reads can be typed, and what runs asks nobody', () => {
  const does = { kind: 'make', target: 'deploy', values: { STACKS: 'a-b-dev c-d-dev' }, variables: { PKR_VAR_version: '1' } } as const;
  expect(typed(does)).toBe("PKR_VAR_version=1 make deploy STACKS='a-b-dev c-d-dev'");
  expect(programOf(does, { HOME: '/h' }, false)).toEqual({
    program: 'make',
    args: ['deploy', 'STACKS=a-b-dev c-d-dev', 'YES=1'],
    env: { HOME: '/h', CI: '1', PKR_VAR_version: '1' },
  });
  const asks = { kind: 'make', target: 'secrets', values: { ESTATE: 'moshi' }, asks: true } as const;
  expect(programOf(asks, {}, true).args).toEqual(['secrets', 'ESTATE=moshi']);
  expect(programOf(asks, {}, false).args).toEqual(['secrets', 'ESTATE=moshi', 'YES=1']);
});

test('what make up was told is not handed on to the makes below it', () => {
  expect(environmentFor({ MAKEFLAGS: ' -- DRY_RUN=1', DRY_RUN: '1', YES: '1', ENV: 'dev', MAKELEVEL: '1', HOME: '/h' })).toEqual({ HOME: '/h' });
});

test('times as people read them', () => {
  expect([elapsed(499), elapsed(59_400), elapsed(60_000), elapsed(725_000)]).toEqual(['0 s', '59 s', '1:00 min', '12:05 min']);
});

describe('the lock', () => {
  const file = () => join(mkdtempSync(join(tmpdir(), 'lock-')), '.state/up.lock');

  test('refuses a second, until the first is over', () => {
    const at = file();
    const first = UpLock.take(at);
    expect(() => UpLock.take(at)).toThrow(`Another make up is under way here, process ${process.pid}`);
    first.release();
    UpLock.take(at).release();
    expect(existsSync(at)).toBe(false);
  });

  test('of one that was killed is taken over when its step has ended, too', async () => {
    const at = file();
    const dead = spawn('true');
    await new Promise((resolve) => dead.on('close', resolve));
    const step = spawn('sleep', ['60'], { detached: true });
    const ended = new Promise((resolve) => step.on('close', resolve));
    UpLock.take(at).note({ title: 'the APIs', group: step.pid as number });
    writeFileSync(at, JSON.stringify({ ...JSON.parse(readFileSync(at, 'utf8')), pid: dead.pid }));
    expect(() => UpLock.take(at)).toThrow(`its step "the APIs" goes on. Wait for it, or let it end: kill -INT -- -${step.pid}`);
    step.kill('SIGKILL');
    await ended;
    expect(() => UpLock.take(at)).not.toThrow();
  });

  test('holds on when the disk is full: what runs is not left alone', () => {
    const at = file();
    const lock = UpLock.take(at);
    mkdirSync(`${at}.${process.pid}`); // nothing can be written there
    lock.note({ title: 'the APIs', group: 7 });
    expect(JSON.parse(readFileSync(at, 'utf8'))).toEqual({ pid: process.pid });
  });

  test('that is spoilt holds nobody up', () => {
    const at = file();
    UpLock.take(at);
    writeFileSync(at, '{');
    expect(() => UpLock.take(at)).not.toThrow();
  });
});

/** What was killed stays in the table of processes until somebody has asked how it ended. */
async function gone(group: number): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end && isAlive(-group); ) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isAlive(-group)).toBe(false);
}

describe('a step', () => {
  const run = (script: string, { input, signals = {} }: { input?: Buffer; signals?: { interrupt?: AbortSignal; kill?: AbortSignal } } = {}) => {
    const shown: string[] = [];
    const log = join(mkdtempSync(join(tmpdir(), 'log-')), 'up.log');
    let group = 0;
    const ended = runStep(
      { program: 'sh', args: ['-c', script], env: process.env },
      {
        log,
        show: (line) => shown.push(line),
        started: (pid) => (group = pid),
        interrupt: never,
        kill: never,
        graceMs: 100,
        ...signals,
        ...(input && { input }),
      },
    );
    return { ended, shown, group: () => group, log };
  };

  test('writes what only its owner may read: it may say a secret', async () => {
    const { ended, log } = run('echo one');
    await ended;
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('is shown line by line; its last lines and its exit code are kept', async () => {
    const { ended, shown } = run('for i in $(seq 20); do echo "line $i"; done; echo oops >&2; printf end; exit 3');
    const { code, last } = await ended;
    expect(shown).toHaveLength(22);
    expect([code, last.length, last.includes('oops'), last.includes('end'), last.includes('line 1')]).toEqual([3, 15, true, true, false]);
  });

  test('writes whole characters, and all that it says', async () => {
    const { ended, shown } = run('head -c 65535 /dev/zero | tr "\\0" a; printf "ü\\nü"');
    await ended;
    expect(shown).toEqual([`${'a'.repeat(65535)}ü`, 'ü']);
  });

  test('gets what is for it on standard input, and need not read it', async () => {
    const { ended, shown } = run('cat', { input: Buffer.from('A=1\nB=2\n') });
    expect((await ended).code).toBe(0);
    expect(shown).toEqual(['A=1', 'B=2']);
    expect((await run('exit 0', { input: Buffer.alloc(2 ** 20) }).ended).code).toBe(0);
  });

  test('that is interrupted ends with all that it has started, also what does not hear it', async () => {
    const interrupt = new AbortController();
    const { ended, group } = run('sleep 60 & sleep 61', { signals: { interrupt: interrupt.signal } });
    setTimeout(() => interrupt.abort(), 50);
    await ended;
    await gone(group());
  });

  test('that does not hear is killed', async () => {
    const [interrupt, kill] = [new AbortController(), new AbortController()];
    const { ended, group, shown } = run("trap '' INT; echo ready; sleep 60; sleep 60", { signals: { interrupt: interrupt.signal, kill: kill.signal } });
    while (shown.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    interrupt.abort();
    setTimeout(() => kill.abort(), 50);
    await ended;
    await gone(group());
  });

  test('whose program is not there says so', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'log-')), 'up.log');
    const missing = runStep(
      { program: 'no-such-program', args: [], env: process.env },
      { log, show: () => {}, started: () => {}, interrupt: never, kill: never },
    );
    await expect(missing).rejects.toThrow('no-such-program is not on PATH');
  });
});
