import { dockerWorkerCost } from './docker-worker/cost';
import { moshiCost } from './moshi/cost';

export interface Cost {
  readonly what: string;
  /** US dollars a month; undefined: no price of it is noted. */
  readonly monthly: number | undefined;
  readonly remark?: string;
}

/** What an estate costs a month, by list prices. */
export interface CostEstimate {
  /** These add up. */
  readonly items: readonly Cost[];
  /** What one may compare with; not part of the sum. */
  readonly beside?: readonly Cost[];
  /** What is paid by use, or too small to count. */
  readonly notCounted: string;
}

/** By estate, from its config. Apart from the estates themselves: synth counts no money. */
export const COSTS: Readonly<Record<string, (config: never) => CostEstimate>> = { 'docker-worker': dockerWorkerCost, moshi: moshiCost };
