import { mkdirSync } from 'node:fs';
import type { BakedImage } from '../images/families';
import { logOf } from './bake';
import { writeFolder } from './folder';
import type { Wanted } from './plan';
import { type PackerOptions, packer } from './program';

/** What Packer itself says of an image's folder, without an account. */
export interface Verdict {
  readonly name: BakedImage;
  /** The first command that refused it, and what it said. */
  readonly refused?: { readonly by: string; readonly said: readonly string[] };
}

const CHECKS = [['init'], ['fmt', '-check', '-diff'], ['validate']] as const;

/** `packer init`, `fmt -check` and `validate` on each image's folder. After an interruption, the verdicts until then. */
export async function validate(images: readonly Wanted[], scratch: string, world: Pick<PackerOptions, 'env' | 'interrupt' | 'kill'>): Promise<Verdict[]> {
  mkdirSync(scratch, { recursive: true });
  const verdicts: Verdict[] = [];
  for (const { name, folder, files } of images) {
    writeFolder(folder, files);
    let refused: Verdict['refused'];
    for (const check of CHECKS) {
      const said: string[] = [];
      const code = await packer([...check, folder], { ...world, log: logOf(scratch, name), onLine: (line) => said.push(line) });
      if (world.interrupt.aborted) return verdicts;
      if (code !== 0) {
        refused = { by: `packer ${check.join(' ')}`, said };
        break;
      }
    }
    verdicts.push({ name, ...(refused && { refused }) });
  }
  return verdicts;
}
