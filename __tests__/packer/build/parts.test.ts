import { EventEmitter } from 'node:events';
import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as z from 'zod';
import type { Result } from '../../../packer/build/bake';
import { holds, writeFolder } from '../../../packer/build/folder';
import { interruption } from '../../../packer/build/interruption';
import { BakeLock } from '../../../packer/build/lock';
import { LockFile } from '../../../packer/build/lock-file';
import { packer } from '../../../packer/build/program';
import { resultReport } from '../../../packer/build/report';
import { BakeState } from '../../../packer/build/state';
import { validate } from '../../../packer/build/validate';

const temporary = () => mkdtempSync(join(tmpdir(), 'parts-'));
const never = new AbortController().signal;

describe('signals', () => {
  const listening = () => {
    const signals = new EventEmitter();
    const clock = { now: 0 };
    const said: string[] = [];
    const { interrupt, kill } = interruption(
      signals,
      (text) => said.push(text),
      () => clock.now,
    );
    return { signals, clock, said, state: () => [interrupt.aborted, kill.aborted] };
  };

  test.each(['SIGHUP', 'SIGTERM'])('%s interrupts, however often it comes', (name) => {
    const { signals, clock, said, state } = listening();
    for (const at of [0, 10, 5000, 10_000]) {
      clock.now = at;
      signals.emit(name);
    }
    expect(state()).toEqual([true, false]);
    expect(said).toHaveLength(1);
  });

  test('a second Ctrl-C ends at once, unless it comes too soon to be meant', () => {
    const { signals, clock, state } = listening();
    signals.emit('SIGINT');
    clock.now = 900;
    signals.emit('SIGINT');
    expect(state()).toEqual([true, false]);
    clock.now = 1000;
    signals.emit('SIGINT');
    expect(state()).toEqual([true, true]);
  });

  test('one Ctrl-C after the terminal went is the first', () => {
    const { signals, clock, state } = listening();
    signals.emit('SIGHUP');
    clock.now = 5000;
    signals.emit('SIGINT');
    expect(state()).toEqual([true, false]);
  });

  test('an error that nobody caught is said, and interrupts', () => {
    const { signals, said, state } = listening();
    signals.emit('uncaughtException', new Error('of ours'));
    expect(state()).toEqual([true, false]);
    expect(said[0]).toContain('of ours');
  });
});

describe('the lock', () => {
  const held = (text: string) => {
    const file = join(temporary(), 'lock');
    writeFileSync(file, text);
    return file;
  };
  const gone = 2 ** 22 + 1; // above Linux' largest process id

  test.each([
    ['a process that is gone', JSON.stringify({ pid: gone, packers: { 'moshi-srv': gone } })],
    ['somebody who wrote half of it', '{"pid":'],
  ])('of %s is taken over', (_, text) => {
    const file = held(text);
    const lock = BakeLock.take(file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ pid: process.pid, packers: {} });
    lock.note('moshi-srv', 7);
    lock.note('docker-worker', 8);
    lock.note('moshi-srv', undefined);
    expect(JSON.parse(readFileSync(file, 'utf8')).packers).toEqual({ 'docker-worker': 8 });
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  test('of a process that is there is respected', () => {
    const file = held(JSON.stringify({ pid: process.pid, packers: {} }));
    expect(() => BakeLock.take(file)).toThrow(`Another bake is under way here, process ${process.pid}`);
    expect(existsSync(file)).toBe(true);
  });

  test('is taken by nobody else while one looks whether it is stale', () => {
    const file = held(JSON.stringify({ pid: gone }));
    const looks = jest.fn((_: { pid: number }) => undefined);
    const take = (leftOf: (held: { pid: number }) => undefined) =>
      LockFile.take(file, { pid: process.pid }, { what: 'bake', unwritable: 'no', schema: z.object({ pid: z.number() }), leftOf });
    take((stale) => {
      expect(() => take(looks)).toThrow(`Another bake has just begun. Where none has, it was killed over that: remove ${file}.taking.`);
      return looks(stale);
    });
    expect(looks.mock.calls).toEqual([[{ pid: gone }]]);
    expect(() => take(looks)).toThrow(`Another bake is under way here, process ${process.pid}`);
    expect(readdirSync(dirname(file))).toEqual(['lock']);
  });

  test('that was removed by hand, and taken by another, stays the other one', () => {
    const file = held('');
    const lock = BakeLock.take(file);
    const other = JSON.stringify({ pid: process.ppid, packers: {} });
    writeFileSync(file, other);
    lock.note('moshi-srv', 7);
    lock.release();
    expect(readFileSync(file, 'utf8')).toBe(other);
  });

  test('in a folder that cannot be written is refused, before anything costs money', () => {
    expect(() => BakeLock.take(join(held(''), 'images.lock'))).toThrow(/^What is baked cannot be recorded: /);
  });
});

describe('the record', () => {
  const baked = { image: 'one', fingerprint: 'f', bakedAt: new Date().toISOString(), open: true };

  test('is never half: a reader of the old one keeps it', () => {
    const folder = temporary();
    const state = new BakeState(join(folder, 'images.json'));
    state.record('moshi-srv', baked);
    linkSync(join(folder, 'images.json'), join(folder, 'before'));
    state.record('docker-worker', baked);
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'before'), 'utf8')))).toEqual(['moshi-srv']);
  });

  test.each(['null', '[]', '"text"', '{"moshi-srv": 1}', '{"moshi-srv": {"image": 1}}', '{"moshi-'])('that holds %s is like none', (text) => {
    const file = join(temporary(), 'images.json');
    writeFileSync(file, text);
    const state = new BakeState(file);
    expect([state.kept('moshi-srv', 'f', new Date()), state.last('moshi-srv')]).toEqual([undefined, undefined]);
    state.record('moshi-srv', baked);
    expect(state.last('moshi-srv')).toBe('one');
  });

  test('that cannot be read is said', () => {
    expect(() => new BakeState(temporary()).last('moshi-srv')).toThrow(/cannot be read: EISDIR/);
  });
});

test('a folder holds the files and nothing else', () => {
  const folder = temporary();
  const files = new Map([['scripts/one.sh', 'one']]);
  expect(holds(join(folder, 'absent'), files)).toBe(false);
  writeFolder(folder, files);
  expect(holds(folder, files)).toBe(true);
  writeFileSync(join(folder, 'scripts/more.sh'), '');
  expect(holds(folder, files)).toBe(false);
  writeFolder(folder, files);
  writeFileSync(join(folder, 'scripts/one.sh'), 'two');
  expect(holds(folder, files)).toBe(false);
});

describe('Packer', () => {
  const pretending = (script: string) => {
    const root = temporary();
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'bin/packer'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'bin/packer'), 0o755);
    return { root, env: { ROOT: root, PATH: [join(root, 'bin'), process.env.PATH].join(delimiter) } };
  };

  test('and what it has started end at once when told to', async () => {
    const { root, env } = pretending("sh -c 'echo $$; exec sleep 5'; true");
    const kill = new AbortController();
    let inner = 0;
    const onLine = (line: string) => {
      inner = Number(line);
      kill.abort();
    };
    const started = performance.now();
    expect(await packer(['build'], { env, interrupt: never, kill: kill.signal, log: join(root, 'log'), onLine })).not.toBe(0);
    expect(performance.now() - started).toBeLessThan(3000); // what lives on holds the pipe, and we would wait for it
    expect(inner).toBeGreaterThan(0);
  });

  test('goes on when its log cannot be written', async () => {
    const { root, env } = pretending('echo one; exit 4');
    const said: string[] = [];
    const code = await packer(['build'], { env, interrupt: never, kill: never, log: root, onLine: (line) => said.push(line) });
    expect([code, said.sort()]).toEqual([4, [expect.stringContaining('The log is not written: EISDIR'), 'one']]);
  });

  test('is not asked about the images that come after an interruption', async () => {
    const { root, env } = pretending('echo "$@" >> "$ROOT/calls"; kill -STOP $$');
    const images = ['docker-worker', 'moshi-srv'] as const;
    const interrupt = new AbortController();
    const chosen = images.map((name) => ({ name, family: name, project: 'p', folder: join(root, name), files: new Map([['one', 'one']]) }));
    const running = validate(chosen, join(root, 'scratch'), { env, interrupt: interrupt.signal, kill: interrupt.signal });
    while (!existsSync(join(root, 'calls'))) await new Promise((resolve) => setTimeout(resolve, 20));
    interrupt.abort();
    expect(await running).toEqual([]);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toBe(`init ${join(root, 'docker-worker')}\n`);
    expect(existsSync(join(root, 'moshi-srv'))).toBe(false);
  });
});

describe('the last line of a run', () => {
  const ending = (...results: [Result['name'], Result['outcome']][]) =>
    resultReport(
      results.map(([name, outcome]) => ({ name, outcome, text: '' })),
      'scratch',
      (_, text) => text,
    ).split('\n\n');

  test('names what comes next', () => {
    expect(ending(['debian11-python3', 'baked']).at(-1)).toBe('Next: make bake');
    expect(ending(['debian11-python3', 'kept'], ['moshi-srv', 'baked']).at(-1)).toBe('Next: make cycle');
    expect(ending(['docker-worker', 'baked']).at(-1)).toMatch(/^1 image\. /);
  });

  test('asks to mend only what failed', () => {
    expect(ending(['debian11-python3', 'baked'], ['moshi-srv', 'interrupted']).at(-1)).toMatch(/^1 of 2 images\. Run the same command again/);
    expect(ending(['docker-worker', 'failed'], ['moshi-srv', 'interrupted']).at(-1)).toMatch(/^0 of 2 images\. Mend what is named above and run/);
  });
});
