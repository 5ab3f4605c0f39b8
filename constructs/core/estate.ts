import type { Construct } from 'constructs';
import type { z } from 'zod';
import type { Backend } from './backend';

/** What an estate's stacks get besides their config. */
export interface Deployment {
  /** Terraform Cloud, when the user's environment names an organization: it wins over the estate's own backend. */
  readonly terraformCloud?: Backend;
}

/** Everything one service owns in the clouds. */
export interface Estate {
  readonly name: string;
  /** What its config must look like, and the values that hold unless the override file says otherwise. */
  readonly schema: z.ZodType;
  readonly values: unknown;
  /** Creates all its stacks, of every environment. `config` is what `schema` returned. */
  readonly stacks: (app: Construct, config: unknown, deployment: Deployment) => void;
}

/** An estate, with `stacks` typed by its own schema. */
export function defineEstate<S extends z.ZodType>(estate: {
  readonly name: string;
  readonly schema: S;
  readonly values: z.input<S>;
  readonly stacks: (app: Construct, config: z.output<S>, deployment: Deployment) => void;
}): Estate {
  return { ...estate, stacks: (app, config, deployment) => estate.stacks(app, config as z.output<S>, deployment) };
}
