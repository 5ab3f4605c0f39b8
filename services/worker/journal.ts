import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { taskError, taskResult } from '../contracts/task-result';
import { replaceDurably } from './durable-file';
import { textOf } from './failure';
import type { Log } from './log';

/** Each is written before the step that it names is taken, but `ended` and `published`, which say what is done. */
export const PHASES = ['accepted', 'creating', 'starting', 'running', 'ended', 'published'] as const;

const entry = z.object({
  resultId: z.string(),
  phase: z.enum(PHASES),
  /** When the agent took the task for the first time: the time limit counts from here. Milliseconds since 1970. */
  acceptedAt: z.number(),
  imageDigest: z.string().nullable().default(null),
  containerId: z.string().optional(),
  /** The container is being stopped, for this reason: it is not its own end that follows. */
  stopping: taskError.optional(),
  result: taskResult.optional(),
});
export type JournalEntry = z.output<typeof entry>;

/** How far this attempt is, in a file that survives the agent. One for each attempt. */
export class Journal {
  private readonly file: string;
  private current: JournalEntry;

  constructor(
    folder: string,
    resultId: string,
    now: number,
    private readonly log: Log,
  ) {
    this.file = join(folder, `${resultId}.json`);
    const found = this.read();
    this.current = found ?? { resultId, phase: 'accepted', acceptedAt: now, imageDigest: null };
    if (!found) this.record({});
  }

  get entry(): JournalEntry {
    return this.current;
  }

  reached(phase: JournalEntry['phase']): boolean {
    return PHASES.indexOf(this.current.phase) >= PHASES.indexOf(phase);
  }

  /** A journal that cannot be written (a task may fill the disk) must not keep the result from being reported. */
  record(change: Partial<JournalEntry>): void {
    this.current = { ...this.current, ...change };
    try {
      replaceDurably(this.file, `${JSON.stringify(this.current)}\n`);
    } catch (error) {
      this.log.error({ file: this.file, error: textOf(error) }, 'The journal cannot be written: an agent that is restarted will not know how far this one was');
    }
  }

  private read(): JournalEntry | undefined {
    try {
      return entry.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.log.error({ file: this.file, error: textOf(error) }, 'The journal cannot be read: going on by what the Docker engine knows');
      }
      return undefined;
    }
  }
}
