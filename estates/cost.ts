import type { CostComparison, CostEstimate } from '../constructs/core/cost';
import { dockerWorkerCost } from './docker-worker/cost';
import { egf2Cost } from './egf2/cost';
import { filmlinkdCost } from './filmlinkd/cost';
import { moshiCost } from './moshi/cost';
import { vulpineCost } from './vulpine/cost';

/** By estate, from its config. Apart from the estates themselves: synth counts no money. */
export const COSTS: Readonly<Record<string, (config: never) => CostEstimate | CostComparison>> = {
  'docker-worker': dockerWorkerCost,
  egf2: egf2Cost,
  filmlinkd: filmlinkdCost,
  moshi: moshiCost,
  vulpine: vulpineCost,
};
