import type { CostEstimate } from '../constructs/core/cost';
import { dockerWorkerCost } from './docker-worker/cost';
import { filmlinkdCost } from './filmlinkd/cost';
import { moshiCost } from './moshi/cost';

/** By estate, from its config. Apart from the estates themselves: synth counts no money. */
export const COSTS: Readonly<Record<string, (config: never) => CostEstimate>> = {
  'docker-worker': dockerWorkerCost,
  filmlinkd: filmlinkdCost,
  moshi: moshiCost,
};
