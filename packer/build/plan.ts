import { join } from 'node:path';
import { type BakedImage, FAMILIES } from '../images/families';
import type { Settings } from '../images/spec';
import { SPECS } from '../images/specs';
import { fingerprint, type ImageFiles, imageFiles, type Origin } from './folder';

/** One image that somebody wants. */
export interface Wanted {
  readonly name: BakedImage;
  readonly family: string;
  readonly project: string;
  /** The folder that Packer gets. */
  readonly folder: string;
  readonly files: ImageFiles;
  /** The image of ours that it starts from; it is baked before, when it is wanted too. */
  readonly base?: BakedImage;
}

/** Every image that is in use: of the Python images, the one that moshi-srv is built from. */
export function imagesInUse({ images }: Settings): BakedImage[] {
  const bases: readonly string[] = ['debian11-python3', 'debian12-python3'].filter((base) => base !== images.moshiBase);
  return imageNames().filter((name) => !bases.includes(name));
}

export function imageNames(): BakedImage[] {
  return Object.keys(FAMILIES) as BakedImage[];
}

/** Images in an order in which each comes after its base. */
export function wanted(names: readonly BakedImage[], settings: Settings, { folder, ...origin }: Origin & { readonly folder: string }): Wanted[] {
  const all = names.map((name): Wanted => {
    const { project, source } = SPECS[name].recipe(settings);
    const base = 'baked' in source ? { base: source.baked } : {};
    return { name, family: FAMILIES[name], project, folder: join(folder, name), files: imageFiles(name, settings, origin), ...base };
  });
  return all.sort((a, b) => Number(a.base !== undefined) - Number(b.base !== undefined));
}

/** What an image is made of: its files, the image that it starts from when that is known, and values given to Packer by hand. */
export function fingerprintOf({ files }: Wanted, parent: string | undefined, env: NodeJS.ProcessEnv): string {
  const byHand = Object.entries(env).filter(([name]) => name.startsWith('PKR_VAR_'));
  return fingerprint(files, [parent ?? '', ...byHand.map((entry) => entry.join('=')).sort()]);
}
