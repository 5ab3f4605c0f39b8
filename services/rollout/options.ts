import type { RolloutEnvironment } from '../contracts/rollout';
import type { Clock } from '../runtime/clock';
import type { Machines } from './machines';
import type { Registry } from './registry';

export interface RolloutOptions
  extends Pick<RolloutEnvironment, 'TAG' | 'GROUPS' | 'PATIENCE_SECONDS' | 'LOOK_SECONDS' | 'ROLLBACK_COMMAND' | 'DELIVER_COMMAND'> {
  readonly registry: Registry;
  readonly machines: Machines;
  readonly clock: Clock;
  /** What somebody reads who watches. */
  readonly say: (line: string) => void;
}
