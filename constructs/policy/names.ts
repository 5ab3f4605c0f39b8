import { AWS_NAMES } from './name-rules/aws';
import { DOCKER_NAMES } from './name-rules/docker';
import { GOOGLE_NAMES } from './name-rules/google';
import { LINODE_NAMES } from './name-rules/linode';
import type { NameRule } from './name-rules/name-rule';
import { TFE_NAMES } from './name-rules/tfe';

export type { NameRule } from './name-rules/name-rule';

/** Name rules by Terraform type. A type without a row is not checked. */
export const NAME_RULES: Readonly<Record<string, NameRule>> = { ...GOOGLE_NAMES, ...AWS_NAMES, ...LINODE_NAMES, ...DOCKER_NAMES, ...TFE_NAMES };

/** What is wrong with the names in a resource's arguments, or undefined. Values that are not known yet are skipped. */
export function nameProblem(type: string, config: Record<string, unknown>): string | undefined {
  const rule = NAME_RULES[type];
  if (!rule) return undefined;
  for (const { argument, min, max, pattern, legal } of [rule, ...(rule.also ?? [])]) {
    const value = config[argument];
    if (typeof value !== 'string' || value.includes('${')) continue;
    if (value.length < min || value.length > max || !pattern.test(value)) {
      return `${argument} ${JSON.stringify(value)}: ${min}-${max} characters, ${legal}`;
    }
  }
  return undefined;
}
