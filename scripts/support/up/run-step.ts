import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Interruption } from '../../../packer/build/interruption';
import { isAlive } from '../../../packer/build/lock-file';
import { UsageError } from '../../../rehearsal/runner/failure';
import { Tail } from './tail';

/** A program and its arguments. */
export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Running extends Interruption {
  /** The file that it writes to. Not a pipe: when we are killed, Terraform would die of it in the middle of what it does. */
  readonly log: string;
  /** What is shown of it, as it comes. */
  readonly show: (line: string) => void;
  /** For its standard input; 'terminal': it has ours, and shows itself. @default nothing */
  readonly input?: Buffer | 'terminal';
  /** Told its process group when it has started. */
  readonly started: (group: number) => void;
  /** Milliseconds that others of the group have to end by themselves, once its first has. @default 10 s */
  readonly graceMs?: number;
}

export interface Ended {
  readonly code: number;
  /** What it said last; nothing of one that had the terminal. */
  readonly last: readonly string[];
}

/** Milliseconds between two looks at what it says. */
const LOOK_MS = 100;

/** Runs a program to its end. Who has our terminal hears from there that it is to end; another is told, with all of its process group. */
export async function runStep(program: Program, running: Running): Promise<Ended> {
  if (running.input === 'terminal') return { code: await endOf(start(program, 'inherit', false), program), last: [] };
  const { log, show, input, started, interrupt, kill, graceMs = 10_000 } = running;
  const written = openSync(log, 'w', 0o600);
  const child = start(program, ['pipe', written, written], true);
  closeSync(written);
  child.stdin?.on('error', () => {}).end(input); // it may end without reading
  const tail = new Tail(log, show);
  const look = setInterval(() => tail.read(), LOOK_MS);
  let ending: Promise<void> | undefined;
  const group = child.pid;
  const asks = () => {
    if (group !== undefined) ending = end(group, child, graceMs);
  };
  const ends = () => {
    if (group !== undefined) signalGroup(group, 'SIGKILL');
  };
  interrupt.addEventListener('abort', asks, { once: true });
  kill.addEventListener('abort', ends, { once: true });
  try {
    if (group !== undefined) started(group);
    const code = await endOf(child, program);
    await ending;
    return { code, last: tail.last };
  } finally {
    clearInterval(look);
    tail.close();
    interrupt.removeEventListener('abort', asks);
    kill.removeEventListener('abort', ends);
  }
}

function start({ program, args, env }: Program, stdio: 'inherit' | ['pipe', number, number], detached: boolean): ChildProcess {
  return spawn(program, args, { env, detached, stdio });
}

function endOf(child: ChildProcess, { program }: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new UsageError(`${program} is not on PATH`) : error));
    child.on('close', (code) => resolve(code ?? 130));
  });
}

/** What a shell has started in the background does not hear an interruption. */
async function end(group: number, first: ChildProcess, graceMs: number): Promise<void> {
  signalGroup(group, 'SIGINT');
  let since: number | undefined;
  while (isAlive(-group)) {
    if (first.exitCode !== null || first.signalCode !== null) since ??= performance.now();
    if (since !== undefined && performance.now() - since > graceMs) return signalGroup(group, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // all of it has just ended by itself
  }
}
