import { type Block, blocks, strings } from './blocks';

/** What a policy statement allows. */
export interface AllowedActions {
  readonly actions: readonly string[];
  /** Everything but these: as wide as a wildcard. */
  readonly notActions: readonly string[];
}

/** The allowing statements of an AWS policy: a `data.aws_iam_policy_document`, or JSON in any argument that holds a policy. */
export function allowed(type: string, config: Block): AllowedActions[] {
  if (type === 'data.aws_iam_policy_document') {
    return blocks(config, 'statement')
      .filter(({ effect }) => effect !== 'Deny')
      .map(({ actions, not_actions }) => ({ actions: strings(actions), notActions: strings(not_actions) }));
  }
  return statements([config.policy, ...blocks(config, 'inline_policy').map(({ policy }) => policy)]).map(({ Action, NotAction }) => ({
    actions: strings(Action),
    notActions: strings(NotAction),
  }));
}

/** Whether a policy of the thing itself, or the trust policy of a role, allows everybody without a condition. */
export function allowsEverybody(config: Block): boolean {
  return statements([config.policy, config.assume_role_policy]).some(
    ({ Principal, NotPrincipal, Condition }) =>
      Condition === undefined && (NotPrincipal !== undefined || strings(Principal).includes('*') || strings(Principal?.AWS).includes('*')),
  );
}

/** The conditions under which a role's trust policy admits somebody of an identity provider, one of each statement. */
export function federatedTrust(config: Block): Block[] {
  return statements([config.assume_role_policy])
    .filter(({ Principal }) => strings(Principal?.Federated).length > 0)
    .map(({ Condition }) => Condition ?? {});
}

/** Who a policy of the thing itself allows as a service of AWS, and which keys its conditions are about. */
export function allowedPrincipals(config: Block): { readonly services: readonly string[]; readonly conditions: readonly string[] }[] {
  return statements([config.policy]).map(({ Principal, Condition }) => ({
    services: strings(Principal?.Service),
    conditions: Object.values<Block>(Condition ?? {}).flatMap(Object.keys),
  }));
}

function statements(documents: readonly unknown[]): Block[] {
  return documents
    .flatMap(strings)
    .flatMap((document) => blocks(parse(document) ?? {}, 'Statement'))
    .filter(({ Effect }) => Effect !== 'Deny');
}

/** The document, or undefined when it stands elsewhere (`${aws_iam_policy_document...}`) or only Terraform can tell. */
function parse(document: string): Block | undefined {
  const expression = /^\$\{jsonencode\((.*)\)\}$/s.exec(document)?.[1];
  try {
    return JSON.parse(expression === undefined ? document : toJson(expression));
  } catch {
    return undefined;
  }
}

/** An HCL object as JSON: `=` becomes `:`, a reference becomes a string, and what is computed (`join(...)`, `a.b[0].c`) null. */
function toJson(expression: string): string {
  const call = /[\w.-]+(?:\([^()]*\)|\[[^[\]]*\][\w.]*)/;
  let plain = expression;
  while (call.test(plain)) plain = plain.replace(call, 'null');
  return (plain.match(/"(?:[^"\\]|\\.)*"|[{}[\],=:]|[^\s"{}[\],=:]+/g) ?? [])
    .map((token) => (token === '=' ? ':' : /^(["{}[\],:]|null$)/.test(token) ? token : JSON.stringify(token)))
    .join('');
}
