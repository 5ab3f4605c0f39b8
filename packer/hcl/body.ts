import { isIdentifier, type Value } from './value';

/** Attributes by name; those that are `undefined` are left out. */
export type Attributes = Readonly<Record<string, Value | undefined>>;

/** `type "label" { attributes, then blocks }`. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: Attributes;
  readonly blocks: readonly Block[];
  /** Written above it. */
  readonly comment?: string;
}

/** A block; `label` may be one or several. */
export function block(type: string, label: string | readonly string[], attributes: Attributes, blocks: readonly Block[] = [], comment?: string): Block {
  for (const name of [type, ...Object.keys(attributes)]) {
    if (!isIdentifier(name)) throw new Error(`${JSON.stringify(name)} cannot name a block or an attribute: letters, digits, _ and -`);
  }
  const labels = typeof label === 'string' ? [label] : label;
  return { type, labels, attributes, blocks, ...(comment !== undefined && { comment }) };
}
