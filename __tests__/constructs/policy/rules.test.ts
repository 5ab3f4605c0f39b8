import { RULES, type Synthesized, violations } from '../../../constructs/policy';
import { type Case, cases as cloudCases, context, providers } from './cases';
import { credentialCases } from './cases-credentials';
import { edgeCases } from './cases-edge';
import { hostCases } from './cases-hosts';
import { kubernetesCases } from './cases-kubernetes';
import { terraformCases } from './cases-tfe';
import { schemaOf, unknownArguments } from './schemas';

const cases: readonly Case[] = [...cloudCases, ...edgeCases, ...hostCases, ...kubernetesCases, ...credentialCases, ...terraformCases];
const PATH = 'stack/subject/resource';

function stack({ type, good, beside = [], breakIt }: Case, broken: boolean): Synthesized[] {
  const config = structuredClone(good);
  const others = structuredClone([...beside]);
  if (broken) breakIt(config, others);
  return [...providers, { path: PATH, type, address: `${type}.subject`, config }, ...others];
}

describe.each(RULES)('$id', (rule) => {
  const own = cases.filter((each) => each.rule === rule.id);

  test('has a passing resource and a change that breaks it', () => {
    expect(own).not.toEqual([]);
  });

  test('is named after its cloud and says what goes wrong without it', () => {
    expect(rule.id).toMatch(/^(any|gcp|aws|linode|docker|kubernetes|tfe)(-[a-z0-9]+)+$/);
    expect(rule.why).toMatch(/^.{20,}[^.]$/);
  });

  if (own.length === 0) return;

  test.each(own)('passes $type', (each) => {
    expect(violations(stack(each, false), context, [])).toEqual([]);
  });

  test.each(own)('fails alone when $change ($type)', (each) => {
    const found = violations(stack(each, true), each.brokenContext ?? context, []);
    expect(found).toEqual([expect.stringContaining(`${PATH}: [${rule.id}] `)]);
    expect(found[0]).toContain(each.remedy);
  });
});

test('rule ids are unique', () => {
  const ids = RULES.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

test('the cases use resources as the providers have them', () => {
  const unknown = cases.flatMap((each) =>
    [false, true].flatMap((broken) =>
      stack(each, broken).flatMap(({ type, config }) => {
        const schema = schemaOf(type);
        return schema ? unknownArguments(config, schema).map((path) => `${type}: ${path}`) : [type];
      }),
    ),
  );
  expect([...new Set(unknown)]).toEqual([]);
});

describe('what protection off allows', () => {
  const off = { ...context, protected: false };

  test('destroying what holds data', () => {
    const topic = { path: PATH, type: 'google_pubsub_topic', config: { name: 'commands' } };
    expect(violations([...providers, topic], off, [])).toEqual([]);
    expect(violations([...providers, topic], context, [])).toHaveLength(1);
  });

  test('but nothing else', () => {
    const open = { path: PATH, type: 'google_project_iam_member', config: { role: 'roles/owner', member: 'user:a@b.c' } };
    expect(violations([...providers, open], off, [])).toHaveLength(1);
  });
});

describe('a stack without a configured provider', () => {
  const resources = [
    { path: 'stack/a', type: 'google_compute_network', config: { name: 'a' } },
    { path: 'stack/b', type: 'google_compute_network', config: { name: 'b' } },
  ];

  test('is named once, however many resources it has', () => {
    expect(violations(resources, context, [])).toEqual([expect.stringMatching(/^stack\/a: \[gcp-labels-complete\] configure the google provider/)]);
  });

  test("is not excused by another cloud's provider", () => {
    expect(violations([...resources, ...providers.slice(1)], context, [])).toHaveLength(1);
  });
});

describe('what only Terraform knows is not judged', () => {
  test.each([
    ['google_storage_bucket', { uniform_bucket_level_access: '${var.a}', public_access_prevention: '${var.b}', versioning: { enabled: '${var.c}' } }],
    ['google_compute_network', { name: '${var.name}_' }],
    ['aws_lb_listener', { protocol: 'HTTPS', ssl_policy: '${var.policy}' }],
    ['aws_iam_policy', { policy: '${data.aws_iam_policy_document.a.json}' }],
  ])('%s', (type, config) => {
    expect(violations([...providers, { path: PATH, type, config }], { ...context, protected: false }, [])).toEqual([]);
  });
});

test('a firewall rule that denies, goes out or is switched off may name everybody', () => {
  const everybody = { name: 'all', source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp' }] };
  const verdict = (config: object) => violations([...providers, { path: PATH, type: 'google_compute_firewall', config }], context, []);
  expect(verdict(everybody)).toHaveLength(1);
  expect(verdict({ ...everybody, direction: 'EGRESS' })).toEqual([]);
  expect(verdict({ ...everybody, disabled: true })).toEqual([]);
  expect(verdict({ name: 'none', source_ranges: ['0.0.0.0/0'], deny: [{ protocol: 'tcp' }] })).toEqual([]);
});
