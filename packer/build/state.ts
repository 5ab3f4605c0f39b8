import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../../rehearsal/runner/failure';
import type { BakedImage } from '../images/families';

/** An image that was baked. */
const bakedSchema = z
  .object({
    /** Its name in the project. */
    image: z.string(),
    /** What it was made of: another fingerprint means that it has to be baked again. */
    fingerprint: z.string(),
    bakedAt: z.string(),
    /** The run that baked it has not finished: the next one goes on from here. A finished run leaves nothing to go on from. */
    open: z.boolean(),
  })
  .readonly();
export type Baked = z.output<typeof bakedSchema>;

const stateSchema = z.record(z.string(), bakedSchema);
type State = z.output<typeof stateSchema>;

/** Older than this, an unfinished run is not gone on with: what it baked lacks the security updates since. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** What was baked, in a file that survives an interruption: it is written after each image, never half. */
export class BakeState {
  constructor(private readonly file: string) {}

  /** The image of an unfinished run, if it is what would be baked now. */
  kept(name: BakedImage, fingerprint: string, now: Date): Baked | undefined {
    const baked = this.read()[name];
    const fresh = baked && now.getTime() - Date.parse(baked.bakedAt) < STALE_MS;
    return fresh && baked.open && baked.fingerprint === fingerprint ? baked : undefined;
  }

  /** The last image of this name that was baked from here. */
  last(name: BakedImage): string | undefined {
    return this.read()[name]?.image;
  }

  record(name: BakedImage, baked: Baked): void {
    this.write({ ...this.read(), [name]: baked });
  }

  /** All of these are done: the next run bakes them anew. */
  finish(names: readonly BakedImage[]): void {
    const all = this.read();
    this.write({ ...all, ...Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, { ...all[name], open: false }]] : []))) });
  }

  private read(): State {
    try {
      return stateSchema.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch (error) {
      // Spoilt is like absent: the worst that happens is an image baked twice.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError) return {};
      throw new UsageError(`${this.file} cannot be read: ${(error as Error).message}`);
    }
  }

  private write(all: State): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const partial = `${this.file}.${process.pid}`;
    writeFileSync(partial, `${JSON.stringify(all, null, 2)}\n`);
    renameSync(partial, this.file);
  }
}
