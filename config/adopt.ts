import * as z from 'zod';

const ENVIRONMENTS = ['shared', 'dev', 'prod'] as const;

/** One object that runs already, and what of the estate it is. */
export interface Adoption {
  readonly estate: string;
  readonly environment: (typeof ENVIRONMENTS)[number];
  /** The stack's part of its own name: `storage` of `moshi-storage-prod`. */
  readonly stack: string;
  /** The construct's path below the stack. */
  readonly path: string;
  /** As the provider imports it. */
  readonly id: string;
}

const stack = z.string().regex(/^[a-z][a-z0-9-]*$/, 'not a stack: its name without estate and environment, such as "storage"');
const path = z.string().regex(/^[^/\s](\S*[^/\s])?$/, 'not the path of a construct, such as "media/resource": make adopt ESTATE=... lists them');
const id = z
  .string('must be the id of an object that runs, as text')
  .regex(/^\S(.*\S)?$/, 'must be the id of an object that runs, without spaces around it')
  .refine((text) => !/[$%]\{/.test(text), 'must be an id, not a template of Terraform');

/**
 * What runs already and is taken over instead of made: by stack, then by construct, the live id. Whether there are such stacks and constructs
 * is known only when they are made: their app says it.
 */
export const adopt = z.record(stack, z.record(path, id, 'must be an object of constructs'), 'must be an object of stacks').optional();

/** What validated values of all estates want to take over. */
export function adoptionsOf(estates: Readonly<Record<string, unknown>>): readonly Adoption[] {
  return Object.entries(estates).flatMap(([estate, values]) =>
    ENVIRONMENTS.flatMap((environment) => {
      const { adopt: stacks = {} } = ((values as Record<string, object>)[environment] ?? {}) as { adopt?: z.output<typeof adopt> };
      return Object.entries(stacks ?? {}).flatMap(([stack, ids]) => Object.entries(ids).map(([path, id]) => ({ estate, environment, stack, path, id })));
    }),
  );
}
