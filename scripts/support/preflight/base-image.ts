import { FAMILIES } from '../../../packer/images/families';
import type { Settings } from '../../../packer/images/spec';
import { SPECS } from '../../../packer/images/specs';

/** An image of this repository: its name for `make images`, and the family that it is published to. */
export interface BaseImage {
  readonly image: string;
  readonly family: string;
}

/** What images of the family are baked from, when that is baked here too. */
export function baseImage(family: string, settings: Settings): BaseImage | undefined {
  const source = Object.values(SPECS)
    .find((spec) => spec.family === family)
    ?.recipe(settings).source;
  return source && 'baked' in source ? { image: source.baked, family: FAMILIES[source.baked] } : undefined;
}
