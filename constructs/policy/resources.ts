import type { Block } from './blocks';
import type { Synthesized } from './rule';

type Named = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** One stack's parsed `cdk.tf.json`, as far as policy reads it. */
export interface StackJson {
  readonly resource?: Named;
  readonly data?: Named;
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly [section: string]: unknown;
}

/** The resources, data sources (`data.<type>`) and provider blocks (`provider.<name>`) of one stack. */
export function synthesizedResources(json: StackJson): Synthesized[] {
  const stack = (json['//'] as Block | undefined)?.metadata?.stackName ?? '';
  const named = (section: Named | undefined, prefix: string): Synthesized[] =>
    Object.entries(section ?? {}).flatMap(([type, byName]) =>
      Object.entries(byName).map(([name, { '//': comment, ...config }]) => ({
        path: comment?.metadata?.path ?? `${stack}/${name}`,
        type: `${prefix}${type}`,
        address: `${prefix}${type}.${name}`,
        config,
      })),
    );
  const providers = Object.entries(json.provider ?? {}).flatMap(([name, entries]) =>
    entries.map(({ '//': _comment, ...config }) => ({ path: `${stack}/${config.alias ?? name}`, type: `provider.${name}`, config })),
  );
  return [...named(json.resource, ''), ...named(json.data, 'data.'), ...providers];
}
