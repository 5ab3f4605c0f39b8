/**
 * What a cloud accepts as the name of one resource type. Pure data: policy refuses an illegal name at synth, the rehearsal's
 * provider refuses it as the real API would.
 */
export interface NameRule {
  /** The argument that carries the name. */
  readonly argument: string;
  readonly min: number;
  readonly max: number;
  /** The characters; the length is `min` and `max`. */
  readonly pattern: RegExp;
  /** The pattern in words, after "1-63 characters, ". */
  readonly legal: string;
  /** Where the rule is written down. */
  readonly source: string;
  /** Other arguments of the type that have a limit: prefixes, display names. */
  readonly also?: readonly NameRule[];
}

/** The characters of a rule, where several rules share them. */
export type Characters = Pick<NameRule, 'pattern' | 'legal'>;

export const LOWER: Characters = {
  pattern: /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  legal: 'lower-case letters, digits and hyphens, starting with a letter, ending with a letter or digit',
};
export const LOWER_PREFIX: Characters = { pattern: /^[a-z][-a-z0-9]*$/, legal: 'lower-case letters, digits and hyphens, starting with a letter' };
export const LOWER_ANYWHERE: Characters = { pattern: /^[-a-z0-9]+$/, legal: 'lower-case letters, digits and hyphens' };
export const WORD: Characters = { pattern: /^[A-Za-z0-9_-]+$/, legal: 'letters, digits, underscores and hyphens' };
export const ANY: Characters = { pattern: /^/, legal: 'of any kind' };
