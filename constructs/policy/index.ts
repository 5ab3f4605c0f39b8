import { AWS } from './aws';
import { GCP } from './gcp';
import { GENERAL } from './general';
import type { Rule, RuleContext, Suppression, Synthesized } from './rule';

export { synthesizedResources } from './resources';
export type { Rule, RuleContext, Suppression, Synthesized } from './rule';

/** Every rule that a stack must keep. */
export const RULES: readonly Rule[] = [...GENERAL, ...GCP, ...AWS];

/** What is wrong with a stack, one line each: `<construct path>: [<rule id>] <remedy>`. A suppression that suppresses nothing is wrong too. */
export function violations(resources: readonly Synthesized[], context: RuleContext, suppressions: readonly Suppression[]): string[] {
  const broken = resources.flatMap((resource) =>
    RULES.flatMap((rule) => {
      if (suppressions.some((suppression) => covers(suppression, rule, resource))) return [];
      const remedy = rule.check(resource, context, resources);
      return remedy === undefined ? [] : [`${resource.path}: [${rule.id}] ${remedy}`];
    }),
  );
  const stack = resources[0]?.path.split('/')[0] ?? '';
  const wrongSuppressions = suppressions.flatMap((suppression) => {
    const problem = suppressionProblem(suppression, resources, context);
    return problem === undefined ? [] : [`${stack}/${suppression.resource}: [${suppression.rule}] ${problem}`];
  });
  return [...broken, ...wrongSuppressions];
}

function covers(suppression: Suppression, rule: Rule, resource: Synthesized): boolean {
  const below = resource.path.slice(resource.path.indexOf('/') + 1);
  return suppression.rule === rule.id && (below === suppression.resource || below === `${suppression.resource}/resource`);
}

function suppressionProblem(suppression: Suppression, resources: readonly Synthesized[], context: RuleContext): string | undefined {
  const rule = RULES.find(({ id }) => id === suppression.rule);
  if (!rule) return `no such rule to suppress; there is ${RULES.map(({ id }) => id).join(', ')}`;
  if (suppression.reason.trim() === '') return 'give the reason for the suppression';
  const asProtected = { ...context, protected: true }; // one construct serves protected and unprotected stacks with the same suppression
  const isUsed = resources.some((resource) => covers(suppression, rule, resource) && rule.check(resource, asProtected, resources) !== undefined);
  return isUsed ? undefined : 'remove the suppression: there is nothing to suppress';
}
