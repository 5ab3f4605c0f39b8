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
  const documents = [config.policy, ...blocks(config, 'inline_policy').map(({ policy }) => policy)].flatMap(strings);
  return documents
    .flatMap((document) => blocks(parse(document) ?? {}, 'Statement'))
    .filter(({ Effect }) => Effect !== 'Deny')
    .map(({ Action, NotAction }) => ({ actions: strings(Action), notActions: strings(NotAction) }));
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
