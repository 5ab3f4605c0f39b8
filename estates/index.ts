import type { Estate } from '../constructs/core/estate';
import { dockerWorker } from './docker-worker';
import { egf2 } from './egf2';
import { filmlinkd } from './filmlinkd';
import { moshi } from './moshi';
import { vulpine } from './vulpine';

/** Every estate of this repository. `main.ts` goes through it. */
export const estates: readonly Estate[] = [dockerWorker, egf2, filmlinkd, moshi, vulpine];
