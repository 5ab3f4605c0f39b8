import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../../rehearsal/runner/failure';

const heldSchema = z.object({
  /** The process that bakes. */
  pid: z.int().positive(),
  /** The process groups of its Packers, by image: they outlive a process that is killed. */
  packers: z.record(z.string(), z.int().positive()),
});
type Held = z.output<typeof heldSchema>;

/** One bake at a time in a working folder: a second would bake the same images again, and write over the first one's files. */
export class BakeLock {
  private constructor(
    private readonly file: string,
    private held: Held,
  ) {}

  /** @throws UsageError when another bake, or what is left of one, is under way; or when the folder cannot be written, before it costs a machine. */
  static take(file: string): BakeLock {
    const lock = new BakeLock(file, { pid: process.pid, packers: {} });
    try {
      mkdirSync(dirname(file), { recursive: true });
      if (!lock.create()) {
        refuseWhileAlive(file);
        rmSync(file, { force: true });
        if (!lock.create()) throw new UsageError(`Another bake has just begun (${file})`);
      }
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError(`What is baked cannot be recorded: ${(error as Error).message}`);
    }
    return lock;
  }

  /** Notes the process group of an image's Packer; undefined when it has ended. */
  note(image: string, group: number | undefined): void {
    const { [image]: _, ...others } = this.held.packers;
    this.held = { ...this.held, packers: group === undefined ? others : { ...others, [image]: group } };
    const partial = `${this.file}.${process.pid}`;
    try {
      writeFileSync(partial, JSON.stringify(this.held));
      renameSync(partial, this.file);
    } catch {
      // a full disk is no reason to leave a Packer unwatched; the record of what it bakes will say it
    }
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  /** Whether there was none. */
  private create(): boolean {
    try {
      writeFileSync(this.file, JSON.stringify(this.held), { flag: 'wx' });
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
  if (held && isAlive(held.pid)) throw new UsageError(`Another bake is under way here, process ${held.pid}: wait for it. ${notSo}`);
  const left = Object.entries(held?.packers ?? {}).filter(([, group]) => isAlive(-group));
  if (left.length === 0) return;
  const ways = left.map(([image, group]) => `  ${image}: kill -INT -- -${group}`).join('\n');
  throw new UsageError(
    `A bake was killed, and its Packer goes on. Wait for it, or let it delete its machine and end:\n${ways}\nThen look for what it left: gcloud compute instances list --filter=labels.bakes:*\n${notSo}`,
  );
}

/** What holds it; undefined when it is gone or spoilt. */
function read(file: string): Held | undefined {
  try {
    return heldSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** @param pid Of a process; negative, of a group. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
