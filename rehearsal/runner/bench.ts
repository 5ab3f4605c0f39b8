import { availableParallelism } from 'node:os';
import type { Cloud } from '../cloud/cloud';
import type { ProviderServer } from '../provider/server';
import { Failure } from './failure';
import type { Progress } from './progress';
import type { Terraform } from './terraform';

/** What a rehearsal happens on: one stand-in cloud, its providers, and Terraform attached to them. */
export interface Bench {
  readonly cloud: Cloud;
  readonly providers: ProviderServer;
  readonly terraform: Terraform;
  readonly progress: Progress;
}

/** Stacks that are worked on side by side: with more than there are processors a rehearsal does not get shorter. */
export const SIDE_BY_SIDE = availableParallelism();

/** Does `work`; a {@link Failure} is returned, any other error is a defect or an interruption and goes on. */
export async function failureOf(work: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
