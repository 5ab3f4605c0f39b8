import { readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { UsageError } from '../../rehearsal/runner/failure';
import type { CommandLine } from './command';

/** One change that is still missing. */
export interface Step {
  /** What it does, as a person would say it: "enable the API iam.googleapis.com". */
  readonly says: string;
  readonly run: () => void;
  /** What to do when it failed. @default the same command, which finds out what is left */
  readonly retry?: string;
}

/** Says what is missing, asks, and does it. A second run finds nothing to do. `next` ends it in any case. */
export function carryOut(steps: readonly Step[], { dryRun, yes }: Pick<CommandLine, 'dryRun' | 'yes'>, next: string): number {
  if (steps.length === 0) {
    console.log(`Nothing to do: all is as it should be.\n\nNext: ${next}`);
    return 0;
  }
  console.log(`${dryRun ? 'Would do' : 'Will do'}:\n${steps.map(({ says }) => `  - ${says}`).join('\n')}\n`);
  const stop = endsHere({ dryRun, yes });
  if (stop !== undefined) return stop;
  for (const [done, { says, run, retry = 'Run the same command again: it goes on from there.' }] of steps.entries()) {
    try {
      run();
    } catch (error) {
      const rest = steps.length - done;
      if (error instanceof UsageError && steps.length > 1)
        throw new UsageError(`${error.message}\n\n${done} of ${steps.length} done; ${rest} left, from "${says}". ${retry}`);
      throw error;
    }
    console.log(`done  ${says}`);
  }
  console.log(`\nNext: ${next}`);
  return 0;
}

/** After what would be done was said: the exit code when it is not to be done, because of a dry run or a no; undefined: go on. */
export function endsHere({ dryRun, yes }: Pick<CommandLine, 'dryRun' | 'yes'>): number | undefined {
  if (dryRun) {
    console.log('Nothing was changed (dry run).');
    return 0;
  }
  if (yes || confirmed('Go ahead?')) return undefined;
  console.log('Nothing was changed.');
  return 1;
}

/** Asks at the terminal. Where nobody can answer, `--yes` has to say it. */
export function confirmed(question: string): boolean {
  // not process.stdin.isTTY: it makes the terminal one that does not wait
  if (!isatty(0)) throw new UsageError(`${question} Nobody is there to answer: pass --yes (YES=1). Nothing was changed.`);
  process.stdout.write(`${question} [y/N] `);
  return /^y(es)?$/i.test(typedLine().trim());
}

/** Somebody may have made it one that does not wait. */
function typedLine(): string {
  const line = Buffer.alloc(64);
  for (;;) {
    try {
      return line.toString('utf8', 0, readSync(0, line));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}
