import { isRecord, type Value, type Values } from '../provider/values';

/** The JSON of data aws_iam_policy_document, https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/iam_policy_document */
export function policyDocument({ version, policy_id, statement, source_policy_documents, override_policy_documents }: Values): string {
  const document = (texts: Value | undefined) => strings(texts).flatMap((text) => [JSON.parse(text).Statement ?? []].flat());
  const own = records(statement).map(statementJson);
  const overrides = document(override_policy_documents);
  const overridden = new Set(overrides.map(({ Sid }) => Sid).filter(Boolean));
  const statements = [...document(source_policy_documents), ...own].filter(({ Sid }) => !overridden.has(Sid));
  return JSON.stringify({ Version: version ?? '2012-10-17', ...(policy_id ? { Id: policy_id } : {}), Statement: [...statements, ...overrides] }, null, 2);
}

function statementJson({
  sid,
  effect,
  actions,
  not_actions,
  resources,
  not_resources,
  principals,
  not_principals,
  condition,
}: Values): Record<string, unknown> {
  const parts = {
    Sid: sid,
    Effect: effect ?? 'Allow',
    Action: oneOrMany(actions),
    NotAction: oneOrMany(not_actions),
    Resource: oneOrMany(resources),
    NotResource: oneOrMany(not_resources),
    Principal: principalJson(principals),
    NotPrincipal: principalJson(not_principals),
    Condition: conditionJson(condition),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value));
}

function principalJson(principals: Value | undefined): unknown {
  const all = records(principals).map(({ type, identifiers }) => [String(type), oneOrMany(identifiers)] as const);
  if (all.length === 0) return undefined;
  return all.some(([type, identifiers]) => type === '*' && identifiers === '*') ? '*' : Object.fromEntries(all);
}

function conditionJson(conditions: Value | undefined): unknown {
  const all = records(conditions);
  if (all.length === 0) return undefined;
  const byTest: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of all) byTest[String(test)] = { ...byTest[String(test)], [String(variable)]: oneOrMany(values) };
  return byTest;
}

function oneOrMany(value: Value | undefined): string | string[] | undefined {
  const all = strings(value).sort();
  return all.length > 1 ? all : all[0];
}

function strings(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function records(value: Value | undefined): Values[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
