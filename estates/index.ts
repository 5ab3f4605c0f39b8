import type { Estate } from '../constructs/core/estate';
import { dockerWorker } from './docker-worker';
import { egf2 } from './egf2';
import { filmlinkd } from './filmlinkd';
import { moshi } from './moshi';
import { terraformCloud } from './terraform-cloud';
import { vulpine } from './vulpine';

/** Every service of this repository. */
export const estates: readonly Estate[] = [dockerWorker, egf2, filmlinkd, moshi, vulpine];

/** And where they are deployed from, when config says so. `main.ts` goes through it in this order: the last looks at the others' stacks. */
export const allEstates: readonly Estate[] = [...estates, terraformCloud];
