// biome-ignore lint/suspicious/noExplicitAny: the shape of a block is the provider's, and rules read what they know
export type Block = Record<string, any>;

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The blocks at a path of block names. cdktf writes a block as an object, a list of objects or a dynamic block, depending on
 * the provider's schema; all three come out as a list.
 */
export function blocks(config: Block, ...path: readonly string[]): Block[] {
  const [name, ...rest] = path;
  if (name === undefined) return [config];
  const dynamic = [config.dynamic].flat().flatMap((entry) => (isBlock(entry) && isBlock(entry[name]) ? [entry[name].content] : []));
  return [config[name], ...dynamic]
    .flat()
    .filter(isBlock)
    .flatMap((block) => blocks(block, ...rest));
}

/** The value at `block.block.argument`, in the first of each block; undefined when there is none. */
export function valueAt(config: Block, path: string): unknown {
  const names = path.split('.');
  const argument = names.pop() ?? '';
  return blocks(config, ...names)[0]?.[argument];
}

/** Known only when Terraform runs: policy cannot judge it. */
export const isReference = (value: unknown): value is string => typeof value === 'string' && value.includes('${');

/** True, or unknown. Some providers take booleans as strings. */
export const isTrue = (value: unknown): boolean => value === true || value === 'true' || isReference(value);

/** The strings of a list argument, or of a single one. */
export const strings = (value: unknown): string[] => [value].flat().filter((entry) => typeof entry === 'string');
