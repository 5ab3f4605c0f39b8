import * as z from 'zod';
import { isAlive, type Locked, LockFile } from './lock-file';

const heldSchema = z.object({
  /** The process that bakes. */
  pid: z.int().positive(),
  /** The process groups of its Packers, by image: they outlive a process that is killed. */
  packers: z.record(z.string(), z.int().positive()),
});
type Held = z.output<typeof heldSchema>;

const BAKE: Locked<Held> = { what: 'bake', unwritable: 'What is baked cannot be recorded', schema: heldSchema, leftOf };

/** One bake at a time in a working folder: a second would bake the same images again, and write over the first one's files. */
export class BakeLock {
  private constructor(
    private readonly file: LockFile<Held>,
    private held: Held,
  ) {}

  /** @throws UsageError when another bake, or what is left of one, is under way; or when the folder cannot be written, before it costs a machine. */
  static take(file: string): BakeLock {
    const held = { pid: process.pid, packers: {} };
    return new BakeLock(LockFile.take(file, held, BAKE), held);
  }

  /** Notes the process group of an image's Packer; undefined when it has ended. */
  note(image: string, group: number | undefined): void {
    const { [image]: _, ...others } = this.held.packers;
    this.held = { ...this.held, packers: group === undefined ? others : { ...others, [image]: group } };
    this.file.note(this.held);
  }

  release(): void {
    this.file.release();
  }
}

function leftOf({ packers }: Held): string | undefined {
  const left = Object.entries(packers).filter(([, group]) => isAlive(-group));
  if (left.length === 0) return undefined;
  const ways = left.map(([image, group]) => `  ${image}: kill -INT -- -${group}`).join('\n');
  return `its Packer goes on. Wait for it, or let it delete its machine and end:\n${ways}\nThen look for what it left: gcloud compute instances list --filter=labels.bakes:*`;
}
