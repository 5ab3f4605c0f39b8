import * as z from 'zod';
import { isAlive, type Locked, LockFile } from '../../../packer/build/lock-file';

const heldSchema = z.object({
  pid: z.int().positive(),
  /** What runs now: it outlives a process that is killed. */
  step: z.object({ title: z.string(), group: z.int().positive() }).optional(),
});
type Held = z.output<typeof heldSchema>;

const UP: Locked<Held> = { what: 'make up', unwritable: 'What runs cannot be recorded', schema: heldSchema, leftOf };

/** One `make up` at a time in a working folder: two would do the same step at once. Elsewhere, Terraform's own lock refuses the second. */
export class UpLock {
  private constructor(private readonly file: LockFile<Held>) {}

  /** @throws UsageError while another is under way, or a step of one that was killed */
  static take(file: string): UpLock {
    return new UpLock(LockFile.take(file, { pid: process.pid }, UP));
  }

  /** Notes the process group of what runs; undefined when it has ended. */
  note(step: Held['step']): void {
    this.file.note({ pid: process.pid, ...(step && { step }) });
  }

  release(): void {
    this.file.release();
  }
}

function leftOf({ step }: Held): string | undefined {
  if (!step || !isAlive(-step.group)) return undefined;
  return `its step "${step.title}" goes on. Wait for it, or let it end: kill -INT -- -${step.group}`;
}
