import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageError } from '../../rehearsal/runner/failure';

export const INSTALL = 'install Packer 1.12 or newer (https://developer.hashicorp.com/packer/install), or for a trial PATH="$(.ci/packer/install):$PATH"';

export interface PackerOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Asks Packer to stop: it deletes the machine that it bakes on, which takes a minute, and ends. */
  readonly interrupt: AbortSignal;
  /** Ends it at once. What it made in the cloud stays there. */
  readonly kill: AbortSignal;
  /** Gets everything that Packer says. */
  readonly log: string;
  /** Gets every line, without colours. */
  readonly onLine?: (line: string) => void;
  /** Gets its process group as soon as there is one. */
  readonly onStart?: (group: number) => void;
}

/** Exit code of what was interrupted before it began, as a shell has it. */
const INTERRUPTED = 130;

/** Runs Packer; resolves to its exit code when it has ended, also after an interruption. After one it is not started at all. */
export function packer(args: readonly string[], { env, interrupt, kill, log, onLine, onStart }: PackerOptions): Promise<number> {
  if (interrupt.aborted) return Promise.resolve(INTERRUPTED);
  return new Promise((resolve, reject) => {
    const out = createWriteStream(log, { flags: 'a' });
    // A process group of its own: a Ctrl-C in the terminal would reach Packer twice, once from there and once from us, and the second ends it at once.
    const child = spawn('packer', args, { env: { ...env, PACKER_NO_COLOR: '1', CHECKPOINT_DISABLE: '1' }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) onStart?.(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        out.write(`${line}\n`);
        onLine?.(line);
      });
    }
    const send = (signal: 'SIGINT' | 'SIGKILL') => () => {
      // To the whole group, as a terminal does: Packer's outer process leaves it to the inner one to clean up.
      if (child.pid) signalGroup(child.pid, signal);
    };
    const onInterrupt = send('SIGINT');
    const onKill = send('SIGKILL');
    interrupt.addEventListener('abort', onInterrupt, { once: true });
    kill.addEventListener('abort', onKill, { once: true });
    const end = (then: () => void) => {
      interrupt.removeEventListener('abort', onInterrupt);
      kill.removeEventListener('abort', onKill);
      out.end(then); // whoever reads the log next finds all of it
    };
    // A machine that is paid for is worth more than its log.
    out.on('error', (error) => onLine?.(`The log is not written: ${error.message}`));
    child.on('error', (error: NodeJS.ErrnoException) => {
      end(() => reject(error.code === 'ENOENT' ? new UsageError(`packer is not on PATH: ${INSTALL}`) : error));
    });
    child.on('close', (code) => end(() => resolve(code ?? 1)));
  });
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // all of it has just ended by itself
  }
}
