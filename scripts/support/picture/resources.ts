import type { Environment } from '../../../constructs/core/naming';
import type { Pictured } from '../../../constructs/core/picture';
import { synthesizedResources } from '../../../constructs/policy/resources';
import type { Arguments, Treatment } from './treatment';
import { TYPES } from './types/index';

/** A stack's synthesized Terraform, and what is known of its construct tree. */
export interface PicturedStack {
  readonly name: string;
  readonly environment: Environment;
  readonly json: Readonly<Record<string, unknown>>;
  /** By construct path. @default none */
  readonly pictured?: ReadonlyMap<string, Pictured>;
}

/** One resource of an estate. */
export interface Resource {
  readonly stack: string;
  readonly type: string;
  /** Unique in its stack: `<type>.<id>`. */
  readonly address: string;
  /** Construct ids below the stack. */
  readonly path: readonly string[];
  readonly config: Arguments;
  readonly treatment: Treatment;
  readonly pictured?: Pictured;
}

/** A type that nobody has decided about. */
export class UnknownTypes extends Error {
  constructor(types: readonly string[]) {
    super(`${types.join(', ')}: say in scripts/support/picture/types what the picture makes of it: a box, a part of one, an arrow, or nothing, and why`);
  }
}

/** Those of the environment that is drawn, and what is shared; without what in a shared stack belongs to another environment. */
export function resourcesOf(stacks: readonly PicturedStack[], others: readonly Environment[]): Resource[] {
  const resources = stacks.flatMap((stack) =>
    synthesizedResources(stack.json)
      .filter(({ type }) => !type.includes('.'))
      .map(({ type, address, path, config }) => {
        const pictured = pictureOf(path as string, stack.pictured);
        return {
          stack: stack.name,
          type,
          address: address as string,
          path: (path as string).split('/').slice(1),
          config,
          treatment: TYPES[type] as Treatment,
          ...(pictured && { pictured }),
        };
      }),
  );
  const unknown = [...new Set(resources.filter(({ treatment }) => !treatment).map(({ type }) => type))];
  if (unknown.length > 0) throw new UnknownTypes(unknown);
  return resources.filter(({ path }) => !path.some((id) => others.some((other) => id.endsWith(`-${other}`))));
}

/** Said of a construct, it holds for the construct's main resource. */
function pictureOf(path: string, pictured: PicturedStack['pictured']): Pictured | undefined {
  return pictured?.get(path) ?? pictured?.get(path.replace(/\/resource$/, ''));
}
