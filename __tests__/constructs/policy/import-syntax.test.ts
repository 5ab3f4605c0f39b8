import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledIn, IMPORT_SYNTAX, type Importable, importPattern } from '../../../constructs/policy/import-syntax';
import { COMPUTED } from '../../../rehearsal/cloud/computed';
import { recordedProviders } from '../../../rehearsal/provider/recorded';
import type { Block } from '../../../rehearsal/provider/schema';
import { ROOT } from '../../support/repository';

const rows = Object.entries(IMPORT_SYNTAX);
const importable = rows.flatMap(([type, row]) => ('never' in row ? [] : [[type, row] as const]));
const schemas = new Map(recordedProviders().flatMap(({ schema }) => Object.entries(schema.resource_schemas ?? {})));
/** The providers' own settings, which stand for what a resource leaves out. */
const OF_PROVIDER = ['project', 'region', 'zone', 'organization', 'hostname'];

const places = (template: string) => [...template.matchAll(/\{([A-Za-z][\w.]*)\*?(?:=[^}]*)?\}/g)].map((match) => match[1] as string);
const row = (type: string) => IMPORT_SYNTAX[type] as Importable;

/** Whether a resource type has an argument; a dot leads into a block, or into a map. */
function has(block: Block | undefined, [name = '', ...rest]: readonly string[]): boolean {
  const attribute = block?.attributes?.[name];
  if (attribute) return rest.length === 0 || Array.isArray(attribute.type);
  return rest.length > 0 && has(block?.block_types?.[name]?.block, rest);
}

/** Types whose classes somebody imports: more cannot be made, in no set-up. */
const classes = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const found = readFileSync(join(ROOT, folder, file), 'utf8').matchAll(
        /from '(?:@cdktf\/provider-(\w+)\/lib|(?:\.\.\/)+\.gen\/providers\/(\w+))\/([a-z0-9-]+)'/g,
      );
      return [...found].map(([, prebuilt, generated, name = '']) => `${prebuilt ?? generated}_${name.replaceAll('-', '_')}`);
    });

test('there is a row for every type that an estate makes, in any set-up', () => {
  const used = new Set([...classes('constructs'), ...classes('estates')].filter((type) => !/_(provider|data_)/.test(type)));
  const resources = [...used].map((type) => (schemas.has(type) ? type : (named(type) ?? type)));
  expect(resources.length).toBeGreaterThan(120);
  expect(resources.filter((type) => !IMPORT_SYNTAX[type])).toEqual([]);
});

/** cdktf's folders say `lb-target-group` and `s3-bucket`, and `project-service` where Terraform says `google_project_service`. */
function named(type: string): string | undefined {
  const flat = type.replaceAll('_', '');
  return [...schemas.keys()].find((each) => each.replaceAll('_', '') === flat);
}

test('rows are of types that exist, and say where they come from', () => {
  expect(rows.map(([type]) => type).filter((type) => !schemas.has(type))).toEqual([]);
  expect(rows.filter(([, { source }]) => !/^https:\/\/registry\.terraform\.io\/providers\/\S+\/docs\/resources\/\w+(#import)?$/.test(source))).toEqual([]);
});

test('what a row fills in is an argument of the type, or of its provider', () => {
  const wrong = importable.flatMap(([type, { id, find }]) =>
    [...places(id), ...places(find)]
      .filter((argument) => !has(schemas.get(type)?.block, argument.split('.')) && !OF_PROVIDER.includes(argument))
      .map((argument) => `${type} ${argument}`),
  );
  expect(wrong).toEqual([]);
});

test("an object is called by what the rehearsal's cloud calls it by", () => {
  const shape = (text: string) => text.replaceAll(/[{<][^}>]*[}>]/g, '*');
  const differ = importable.flatMap(([type, { id }]) => {
    const { id: template = '', name = '' }: Readonly<Record<string, string>> = COMPUTED[type] ?? {};
    const called = shape(template === '{name}' && name ? name : template);
    return !type.startsWith('google_') || called === '' || called === shape(id) ? [] : [`${type} ${called} ${shape(id)}`];
  });
  expect(differ).toEqual([]);
});

test.each([
  ['google_pubsub_topic', ['projects/p/topics/t'], ['t', 'p/t', 'projects/p/subscriptions/t', 'projects/p/topics/t/u']],
  ['google_project_iam_member', ['p roles/viewer user:me@example.org', 'p projects/p/roles/own user:me title'], ['p/roles/viewer', 'p roles/viewer']],
  ['google_monitoring_alert_policy', ['projects/p/alertPolicies/17'], ['projects/p/alertPolicies/name']],
  ['aws_vpc', ['vpc-0a1b2c'], ['0a1b2c', 'vpc-', 'vpc-0a/1b', 'VPC-0a']],
  ['aws_acm_certificate', [`arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`], ['example.org']],
  ['aws_route53_record', ['Z1_www.example.org_A', 'Z1__acme.example.org_CNAME'], ['www.example.org', 'Z1 www A']],
  ['aws_s3_object', ['b/a/key of words'], ['b', 'b/']],
  ['linode_domain_record', ['1,2'], ['2', '1/2', 'a,b']],
  ['linode_ipv6_range', ['2600:3c03:e000:27b::'], ['2600:3c03::/64']],
  ['docker_container', ['0a1b'], ['nginx']],
  ['kubernetes_config_map_v1', ['default/c'], ['c', 'a/b/c']],
  ['tfe_workspace', ['ws-CH5in3chf8RJjrVd'], ['moshi-apis-shared']],
  ['tfe_variable', ['our/moshi-apis-shared/var-5rTwnSaRPogw6apb'], ['var-5rTwnSaRPogw6apb']],
])('%s takes its ids and no others', (type, right, wrong) => {
  const pattern = importPattern(row(type));
  expect([...right, ...wrong].filter((id) => pattern.test(id))).toEqual(right);
});

test('a text is filled in with what is known, and keeps what a program reads', () => {
  expect(filledIn(row('google_pubsub_topic').id, (argument) => ({ project: 'p' })[argument])).toBe('projects/p/topics/<name>');
  expect(filledIn(row('google_certificate_manager_certificate').id, () => undefined)).toBe('projects/<project>/locations/global/certificates/<name>');
  expect(filledIn(row('docker_container').find, () => 'nginx')).toBe("docker container inspect --format='{{.ID}}' nginx");
  expect(filledIn(row('aws_s3_object').id, (argument) => argument)).toBe('bucket/key');
});

test('no command that finds an id changes anything', () => {
  const CHANGES = /\b(create|delete|update|remove|put|set|add|rm|apply|patch|modify|enable|disable)\b/;
  expect(importable.filter(([, { find }]) => CHANGES.test(find.replaceAll(/'[^']*'|"[^"]*"/g, ''))).map(([type]) => type)).toEqual([]);
});
