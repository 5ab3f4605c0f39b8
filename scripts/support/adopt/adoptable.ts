import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledIn, IMPORT_SYNTAX } from '../../../constructs/policy/import-syntax';
import { type StackJson, synthesizedResources } from '../../../constructs/policy/resources';
import type { Stack } from '../../../rehearsal/runner/stack';
import { Known } from './known';

/** A resource of a stack, and how an object that runs already becomes it. */
export interface Adoptable {
  readonly stack: string;
  /** Where in the config its id goes: `moshi.prod.adopt.storage`, and there the path. */
  readonly config: string;
  readonly path: string;
  readonly type: string;
  /** How the provider names it, as far as that is known; the rest stands between angle brackets. Absent: it cannot be taken over. */
  readonly id?: string;
  /** The command that shows the ids, or this one. */
  readonly find?: string;
  /** What to know before; or why it cannot be taken over. */
  readonly remark?: string;
  /** The id that config names. @default none yet */
  readonly named?: string;
}

interface Imports {
  readonly import?: readonly { readonly to: string; readonly id: string }[];
}

/** Everything that a synthesized stack makes. */
export function adoptables(estate: string, { name, folder }: Stack): Adoptable[] {
  const json = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as StackJson & Imports;
  const all = synthesizedResources(json);
  const named = new Map((json.import ?? []).map(({ to, id }) => [to, id]));
  const known = new Known(all, named);
  return all
    .filter(({ type }) => !type.includes('.'))
    .map((resource) => {
      const { path, type, address = '' } = resource;
      const common = { stack: name, config: configOf(estate, name), path: path.slice(name.length + 1), type };
      const syntax = IMPORT_SYNTAX[type];
      if (!syntax) return { ...common, remark: 'nobody has written down how it is imported: constructs/policy/import-syntax' };
      if ('never' in syntax) return { ...common, remark: syntax.never };
      const { remark } = syntax;
      const fill = (template: string) => filledIn(template, (argument) => known.argument(resource, argument));
      const id = named.get(address);
      return { ...common, id: fill(syntax.id), find: fill(syntax.find), ...(remark && { remark }), ...(id !== undefined && { named: id }) };
    });
}

/** `moshi-storage-prod`: its ids stand in `moshi.prod.adopt.storage`. */
function configOf(estate: string, stack: string): string {
  const [, name, environment] = /^(.*)-(\w+)$/.exec(stack.slice(estate.length + 1)) ?? [];
  return `${estate}.${environment}.adopt.${name}`;
}
