import type { Estate } from '../constructs/core/estate';
import { moshi } from './moshi';

/** Every estate of this repository. `main.ts` goes through it. */
export const estates: readonly Estate[] = [moshi];
