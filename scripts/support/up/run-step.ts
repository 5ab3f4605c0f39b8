import { type ChildProcess, spawn } from 'node:child_process';
import type { Interruption } from '../../../packer/build/interruption';
import { isAlive } from '../../../packer/build/lock';
import { UsageError } from '../../../rehearsal/runner/failure';

/** A program and its arguments. */
export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Running extends Interruption {
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

/** Lines. */
const LAST = 15;

/**
 * Runs a program to its end. It has a process group of its own, and all of that goes with it: an interruption is told to the group once, as a
 * terminal does. Who has our terminal hears it from there.
 */
export function runStep({ program, args, env }: Program, { show, input, started, interrupt, kill, graceMs = 10_000 }: Running): Promise<Ended> {
  const hasTerminal = input === 'terminal';
  const child = spawn(program, args, { env, detached: !hasTerminal, stdio: hasTerminal ? 'inherit' : ['pipe', 'pipe', 'pipe'] });
  const last = hasTerminal ? [] : lastLines(child, show);
  if (!hasTerminal) child.stdin?.on('error', () => {}).end(input); // it may end without reading
  if (child.pid !== undefined) started(child.pid);
  const group = hasTerminal ? undefined : child.pid;
  const asks = () => void (group !== undefined && end(group, child, graceMs));
  const ends = () => void (group !== undefined && signalGroup(group, 'SIGKILL'));
  interrupt.addEventListener('abort', asks, { once: true });
  kill.addEventListener('abort', ends, { once: true });
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new UsageError(`${program} is not on PATH`) : error));
    child.on('close', (code) => {
      interrupt.removeEventListener('abort', asks);
      kill.removeEventListener('abort', ends);
      resolve({ code: code ?? 130, last });
    });
  });
}

function lastLines(child: ChildProcess, show: (line: string) => void): string[] {
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    const take = (line: string) => {
      show(line);
      if (line.trim() !== '') last.push(line);
      last.splice(0, last.length - LAST);
    };
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split(/\r?\n/);
      rest = lines.pop() ?? '';
      lines.forEach(take);
    });
    stream?.on('end', () => {
      if (rest !== '') take(rest);
    });
  }
  return last;
}

/** What a shell has started in the background does not hear the interruption, and would hold our end of its output. */
async function end(group: number, first: ChildProcess, graceMs: number): Promise<void> {
  signalGroup(group, 'SIGINT');
  let since: number | undefined;
  while (isAlive(-group)) {
    if (first.exitCode !== null || first.signalCode !== null) since ??= performance.now();
    if (since !== undefined && performance.now() - since > graceMs) return signalGroup(group, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // all of it has just ended by itself
  }
}
