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
export function runStep({ program, args, env }: Program, { show, input, started, interrupt, kill }: Running): Promise<Ended> {
  const hasTerminal = input === 'terminal';
  const child = spawn(program, args, { env, detached: !hasTerminal, stdio: hasTerminal ? 'inherit' : ['pipe', 'pipe', 'pipe'] });
  const last = hasTerminal ? [] : lastLines(child, show);
  if (!hasTerminal) child.stdin?.on('error', () => {}).end(input); // it may end without reading
  if (child.pid !== undefined) started(child.pid);
  const tell = (signal: NodeJS.Signals) => () => {
    if (child.pid !== undefined && !hasTerminal) signalGroup(child.pid, signal);
  };
  const [asks, ends] = [tell('SIGINT'), tell('SIGKILL')];
  interrupt.addEventListener('abort', asks, { once: true });
  kill.addEventListener('abort', ends, { once: true });
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new UsageError(`${program} is not on PATH`) : error));
    child.on('close', async (code) => {
      if (interrupt.aborted && child.pid !== undefined && !hasTerminal) await untilGone(child.pid, kill);
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

/** Milliseconds that others of a group have to end by themselves, once their first has. */
const GRACE_MS = 10_000;

async function untilGone(group: number, kill: AbortSignal): Promise<void> {
  for (const end = performance.now() + GRACE_MS; isAlive(-group); ) {
    if (kill.aborted || performance.now() > end) signalGroup(group, 'SIGKILL');
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
