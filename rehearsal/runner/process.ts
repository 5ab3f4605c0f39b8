import { spawn } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** When it aborts, the program and everything it started are killed and the call rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end without a terminal. Rejects only when it cannot be started or is aborted, never because of its exit code. */
export function run(command: string, args: readonly string[], { cwd, env, signal }: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    // A process group of its own: npm and shells start further processes, and all of them must go with it.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => {
        text[stream] += chunk;
      });
    }
    const kill = () => {
      if (child.pid) killGroup(child.pid);
    };
    signal.addEventListener('abort', kill, { once: true });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(signal.reason);
      else resolve({ code: code ?? 1, ...text });
    });
  });
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // all of it has just ended by itself
  }
}
