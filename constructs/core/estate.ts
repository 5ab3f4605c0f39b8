import type { Construct } from 'constructs';
import type { z } from 'zod';
import type { Backend } from './backend';
import type { FirstDeploy } from './first-deploy';
import type { Environment } from './naming';
import type { Need } from './need';

/** What an estate's stacks get besides their config. */
export interface Deployment {
  /** Terraform Cloud, when the user's environment names an organization: it wins over the estate's own backend. */
  readonly terraformCloud?: Backend;
}

/** Text with a comment behind it, where the format has comments: a pinned hash and the version that it is. */
export class Commented {
  constructor(
    readonly value: string,
    readonly comment: string,
  ) {}
}

/** What somebody's override file says, by estate. */
export type Overrides = Readonly<Record<string, unknown>>;

/** A file that an estate delivers to another repository: its workflow, and what that reads. */
export interface DeliveredFile {
  /** From the root of that repository. The ending says the format: `.yml` or `.json`. */
  readonly path: string;
  /** Plain data; {@link Commented} anywhere in it. */
  readonly content: unknown;
  /** Stands above the content, where the format has comments. */
  readonly comment?: string;
}

/** Everything one service owns in the clouds. */
export interface Estate {
  readonly name: string;
  /** What its config must look like, and the values that hold unless the override file says otherwise. */
  readonly schema: z.ZodType;
  readonly values: unknown;
  /** Creates all its stacks, of every environment. `config` is what `schema` returned. */
  readonly stacks: (app: Construct, config: unknown, deployment: Deployment) => void;
  /** What it delivers to the repository of its service. `overrides` is the override file, of all estates. @default nothing */
  readonly delivery?: (config: unknown, overrides: Overrides) => readonly DeliveredFile[];
  /** What deploying it needs that Terraform does not make, in the order in which somebody gets it. @default nothing */
  readonly needs?: (config: unknown) => readonly Need[];
  /** How an environment of it, with what is shared, comes to run for the first time. @default nobody says it */
  readonly firstDeploy?: (config: unknown, environment: Environment) => FirstDeploy;
}

/** An estate, with `stacks`, `delivery`, `needs` and `firstDeploy` typed by its own schema. */
export function defineEstate<S extends z.ZodType>(estate: {
  readonly name: string;
  readonly schema: S;
  readonly values: z.input<S>;
  readonly stacks: (app: Construct, config: z.output<S>, deployment: Deployment) => void;
  readonly delivery?: (config: z.output<S>, overrides: Overrides) => readonly DeliveredFile[];
  readonly needs?: (config: z.output<S>) => readonly Need[];
  readonly firstDeploy?: (config: z.output<S>, environment: Environment) => FirstDeploy;
}): Estate {
  const { name, schema, values, stacks, delivery, needs, firstDeploy } = estate;
  return {
    name,
    schema,
    values,
    stacks: (app, config, deployment) => stacks(app, config as z.output<S>, deployment),
    ...(delivery && { delivery: (config: unknown, overrides: Overrides) => delivery(config as z.output<S>, overrides) }),
    ...(needs && { needs: (config: unknown) => needs(config as z.output<S>) }),
    ...(firstDeploy && { firstDeploy: (config: unknown, environment: Environment) => firstDeploy(config as z.output<S>, environment) }),
  };
}
