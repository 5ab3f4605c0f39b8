import { AWS } from './aws';
import { AWS_EDGE } from './aws-edge';
import { AWS_TRUST } from './aws-trust';
import { credentialsNotLocal } from './credentials';
import { DOCKER } from './docker';
import { GCP } from './gcp';
import { GENERAL } from './general';
import { KUBERNETES } from './kubernetes';
import { LINODE } from './linode';
import type { Rule, RuleContext, Suppression, Synthesized } from './rule';
import { TFE } from './tfe';

export { synthesizedResources } from './resources';
export type { Rule, RuleContext, Suppression, Synthesized } from './rule';

/** Every rule that a stack must keep. */
export const RULES: readonly Rule[] = [...GENERAL, credentialsNotLocal, ...GCP, ...AWS, ...AWS_EDGE, ...AWS_TRUST, ...LINODE, ...DOCKER, ...KUBERNETES, ...TFE];

/** What is wrong with a stack, one line each: `<construct path>: [<rule id>] <remedy>`. A suppression that suppresses nothing is wrong too. */
export function violations(resources: readonly Synthesized[], context: RuleContext, suppressions: readonly Suppression[]): string[] {
  const byPath = new Map(resources.map((resource) => [resource.path.slice(resource.path.indexOf('/') + 1), resource]));
  const suppressed = new Set(suppressions.flatMap(({ rule, resource }) => covered(resource, byPath).map(({ path }) => `${rule} ${path}`)));
  const broken = resources.flatMap((resource) =>
    RULES.flatMap((rule) => {
      if (suppressed.has(`${rule.id} ${resource.path}`)) return [];
      const remedy = rule.check(resource, context, resources);
      return remedy === undefined ? [] : [`${resource.path}: [${rule.id}] ${remedy}`];
    }),
  );
  const stack = resources[0]?.path.split('/')[0] ?? '';
  const wrongSuppressions = suppressions.flatMap((suppression) => {
    const problem = suppressionProblem(suppression, covered(suppression.resource, byPath), resources, context);
    return problem === undefined ? [] : [`${stack}/${suppression.resource}: [${suppression.rule}] ${problem}`];
  });
  return [...broken, ...wrongSuppressions];
}

/** What a suppression's path stands for: the resource there, and a construct's child `resource`. */
function covered(path: string, byPath: ReadonlyMap<string, Synthesized>): Synthesized[] {
  return [byPath.get(path), byPath.get(`${path}/resource`)].filter((resource) => resource !== undefined);
}

function suppressionProblem(
  suppression: Suppression,
  suspects: readonly Synthesized[],
  resources: readonly Synthesized[],
  context: RuleContext,
): string | undefined {
  const rule = RULES.find(({ id }) => id === suppression.rule);
  if (!rule) return `no such rule to suppress; there is ${RULES.map(({ id }) => id).join(', ')}`;
  if (suppression.reason.trim() === '') return 'give the reason for the suppression';
  // one construct serves protected and unprotected stacks, wherever their state is, with the same suppression
  const strictest = { ...context, protected: true, hasLocalState: true };
  const isUsed = suspects.some((resource) => rule.check(resource, strictest, resources) !== undefined);
  return isUsed ? undefined : 'remove the suppression: there is nothing to suppress';
}
