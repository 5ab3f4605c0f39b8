import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { isAlive } from '../../../packer/build/lock';
import { UsageError } from '../../../rehearsal/runner/failure';

const heldSchema = z.object({
  pid: z.int().positive(),
  /** What runs now: it outlives a process that is killed. */
  step: z.object({ title: z.string(), group: z.int().positive() }).optional(),
});
type Held = z.output<typeof heldSchema>;

/** One `make up` at a time in a working folder: two would do the same step at once. Elsewhere, Terraform's own lock refuses the second. */
export class UpLock {
  private constructor(private readonly file: string) {}

  /** @throws UsageError while another is under way, or a step of one that was killed */
  static take(file: string): UpLock {
    const lock = new UpLock(file);
    mkdirSync(dirname(file), { recursive: true });
    if (lock.create()) return lock;
    refuseWhileAlive(file);
    rmSync(file, { force: true });
    if (!lock.create()) throw new UsageError(`Another make up has just begun (${file})`);
    return lock;
  }

  /** Notes the process group of what runs; undefined when it has ended. */
  note(step: Held['step']): void {
    const partial = `${this.file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify({ pid: process.pid, ...(step && { step }) } satisfies Held));
    renameSync(partial, this.file);
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  private create(): boolean {
    try {
      writeFileSync(this.file, JSON.stringify({ pid: process.pid } satisfies Held), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }
}

function refuseWhileAlive(file: string): void {
  const held = read(file);
  const notSo = `If that is another program by now, remove ${file}.`;
  if (held && isAlive(held.pid)) throw new UsageError(`Another make up is under way here, process ${held.pid}: wait for it. ${notSo}`);
  if (!held?.step || !isAlive(-held.step.group)) return;
  const { title, group } = held.step;
  throw new UsageError(`A make up was killed, and its step "${title}" goes on. Wait for it, or let it end: kill -INT -- -${group}\n${notSo}`);
}

/** What holds it; undefined when it is gone or spoilt. */
function read(file: string): Held | undefined {
  try {
    return heldSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
