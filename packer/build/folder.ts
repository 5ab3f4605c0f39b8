import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../rehearsal/runner/failure';
import { writeHcl } from '../hcl/write';
import type { BakedImage } from '../images/families';
import { imageBlocks } from '../images/hcl';
import type { Settings } from '../images/spec';
import { SPECS } from '../images/specs';

/** All that Packer needs for one image: text by path in the image's folder. The folder alone can be validated and baked. */
export type ImageFiles = ReadonlyMap<string, string>;

const HEAD = 'Written by `make images-hcl` from packer/images. What is changed here is overwritten.';

/** Where an image's files come from. */
export interface Origin {
  /** The repository, which has the scripts and files. */
  readonly root: string;
  /** Leave out what `make build` makes: it is not committed. @default false */
  readonly withoutBuilt?: boolean;
}

export function imageFiles(name: BakedImage, settings: Settings, { root, withoutBuilt = false }: Origin): ImageFiles {
  const recipe = SPECS[name].recipe(settings);
  const { steps } = recipe;
  const files = [...(recipe.files ?? []), ...(withoutBuilt ? [] : (recipe.built ?? []))];
  const read = (file: string) => {
    if (!existsSync(join(root, file))) throw new UsageError(`${name} needs ${file}, which is not there: make build makes it`);
    return readFileSync(join(root, file), 'utf8');
  };
  const scripts = [...new Set(steps.map(({ script }) => script))].sort();
  return new Map([
    [`${name}.pkr.hcl`, writeHcl(imageBlocks(name, settings), HEAD)],
    ...files.map((file) => [`files/${basename(file)}`, read(file)] as const),
    ...scripts.map((script) => [`scripts/${script}`, read(`packer/scripts/${script}`)] as const),
  ]);
}

/** Makes a folder hold these files and nothing else. */
export function writeFolder(folder: string, files: ImageFiles): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Whether a folder holds these files and nothing else. */
export function holds(folder: string, files: ImageFiles): boolean {
  if (!existsSync(folder)) return false;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return (
    entries.length === files.size && [...files].every(([path, text]) => existsSync(join(folder, path)) && readFileSync(join(folder, path), 'utf8') === text)
  );
}

/** Tells apart what would be baked: the files, and what else goes into it. */
export function fingerprint(files: ImageFiles, more: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([[...files], more]))
    .digest('hex');
}
