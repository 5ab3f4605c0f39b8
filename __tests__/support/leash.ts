import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Its input ends when whoever started it does, however that happens: then the whole process group goes. */
const SCRIPT = 'exec 3<&0 </dev/null; { read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 & exec 3<&-; exec "$@"';

/** A program that does not outlive this process, not even when that is killed. Its stdout is for who reads it. */
export function leashed(command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn('sh', ['-c', SCRIPT, 'leash', ...command], { env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout?.resume();
  return child;
}

/** Kills it and whatever it started. */
export async function end(child: ChildProcess): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  try {
    process.kill(-(child.pid as number), 'SIGKILL');
  } catch {
    // all of it has just ended by itself
  }
  await ended;
}
