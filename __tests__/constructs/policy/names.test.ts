import fc from 'fast-check';
import { NAME_RULES, type NameRule, nameProblem } from '../../../constructs/policy/names';

const legal: Record<string, string[]> = {
  google_artifact_registry_repository: ['pypi'],
  google_certificate_manager_certificate: ['moshi-apex'],
  google_cloudfunctions2_function: ['create-worker'],
  google_compute_instance: ['a', 'scraper-1', 'a'.repeat(63)],
  google_dns_managed_zone: ['chatmoshi-com'],
  google_firestore_database: ['(default)', 'ledger'],
  google_iam_workload_identity_pool: ['oidc-pool'],
  google_iam_workload_identity_pool_provider: ['oidc-gh-provider'],
  google_logging_metric: ['nginx/requests', 'error_count'],
  google_project_service: ['compute.googleapis.com'],
  google_pubsub_subscription: ['filmlinkd-command-subscription-scraper-1-vip'],
  google_secret_manager_secret: ['DISCORD_DEV_BOT_TOKEN', 'a'],
  google_service_account: ['moshi-srv-sa', 'artifact-reader'],
  google_storage_bucket: ['moshi-3', 'www.chatmoshi.com', 'a_b', `${'a'.repeat(63)}.${'b'.repeat(63)}`],
  aws_cloudfront_function: ['vulpine-preflight', 'a'.repeat(64)],
  aws_dlm_lifecycle_policy: ['egf2-snapshots kept for 7 days'],
  aws_ecr_repository: ['egf2/client-api'],
  aws_iam_role: ['egf2-client-api'],
  aws_keyspaces_table: ['graph_1'],
  aws_kms_alias: ['alias/egf2'],
  aws_lb: ['egf2-client-api', 'a'.repeat(32)],
  aws_s3_bucket: ['vulpine-assets', 'assets.vulpine.club'],
  aws_security_group: ['egf2 client-api (prod)'],
  aws_vpc_security_group_egress_rule: ['auth: client-data', ''],
  aws_vpc_security_group_ingress_rule: ['Spark: queue'],
  linode_instance: ['smithwicks'],
  docker_container: ['nginx', 'web-1'],
};

const illegal: Record<string, string[]> = {
  google_artifact_registry_repository: ['Pypi', 'pypi-'],
  google_certificate_manager_certificate: ['moshi_apex', 'a'.repeat(64)],
  google_cloudfunctions2_function: ['create_worker'],
  google_compute_instance: ['', '1a', 'a-', 'A', 'a_b', 'a.b', 'a\n', 'a'.repeat(64)],
  google_dns_managed_zone: ['chatmoshi.com'],
  google_firestore_database: ['(other)', 'abc', 'abcdefab-1234-1234-1234-1234567890ab'],
  google_iam_workload_identity_pool: ['gcp-pool', 'abc', 'Pool', 'a'.repeat(33)],
  google_iam_workload_identity_pool_provider: ['gcp-gh'],
  google_logging_metric: ['/requests'],
  google_project_service: ['compute'],
  google_pubsub_subscription: ['ab', 'google-events', '1-first', 'a/b'],
  google_secret_manager_secret: ['a.b', 'a b'],
  google_service_account: ['moshi', 'a'.repeat(31), 'moshi-', 'Moshi-srv'],
  google_storage_bucket: ['ab', 'goog-moshi', 'my-google-bucket', 'my-g00gle', 'a..b', '.ab', 'ab-', 'Moshi', '192.168.5.4', 'a'.repeat(64)],
  aws_cloudfront_function: ['a'.repeat(65), 'a.b'],
  aws_dlm_lifecycle_policy: ['egf2-snapshots, kept for 7 days', "AWS's"],
  aws_ecr_repository: ['Egf2', 'a//b'],
  aws_iam_role: ['a'.repeat(65), 'a b'],
  aws_keyspaces_table: ['graph-1', '_graph', 'a'.repeat(49)],
  aws_kms_alias: ['egf2', 'alias/aws/s3'],
  aws_lb: ['internal-api', '-api', 'api-', 'a'.repeat(33), 'a_b'],
  aws_s3_bucket: ['ab', 'Vulpine', 'a_b', 'a..b', 'xn--abc', 'abc-s3alias', '10.0.0.1', 'a'.repeat(64)],
  aws_security_group: ['sg-mine', 'a'.repeat(256)],
  aws_vpc_security_group_egress_rule: ["AWS's services", 'a'.repeat(256)],
  aws_vpc_security_group_ingress_rule: ["AWS's services"],
  linode_instance: ['ab', 'a--b', '-ab', 'ab_'],
  docker_container: ['a', '-nginx', 'we b'],
};

const pairs = (names: Record<string, string[]>) => Object.entries(names).flatMap(([type, values]) => values.map((value) => [type, value] as const));
const check = (type: string, value: unknown) => nameProblem(type, { [NAME_RULES[type]?.argument ?? '']: value });

test.each(pairs(legal))('%s may be called %p', (type, name) => {
  expect(check(type, name)).toBeUndefined();
});

test.each(pairs(illegal))('%s may not be called %p', (type, name) => {
  expect(check(type, name)).toContain(JSON.stringify(name));
});

test('the message says which argument, what it is and what is legal', () => {
  expect(nameProblem('google_compute_network', { name: 'Foo_' })).toBe(
    'name "Foo_": 1-63 characters, lower-case letters, digits and hyphens, starting with a letter, ending with a letter or digit',
  );
  expect(nameProblem('google_service_account', { account_id: 'moshi' })).toMatch(/^account_id "moshi": 6-30 characters, /);
});

test('prefixes leave room for what Terraform appends', () => {
  const prefix = (type: string, value: string) => nameProblem(type, { name_prefix: value });
  expect(prefix('google_compute_instance_template', 'moshi-srv-')).toBeUndefined();
  expect(prefix('google_compute_instance_template', 'a'.repeat(37))).toBeUndefined();
  expect(prefix('google_compute_instance_template', 'a'.repeat(38))).toMatch(/^name_prefix "a+": 1-37 characters/);
  expect(prefix('aws_lb', 'egf2-')).toBeUndefined();
  expect(prefix('aws_lb', 'client-')).toMatch(/1-6 characters/);
  expect(prefix('aws_iam_role', 'a'.repeat(38))).toBeUndefined();
  expect(prefix('aws_iam_role', 'a'.repeat(39))).toMatch(/1-38 characters/);
});

test("a group's base name leaves room for its machines' suffix", () => {
  const base = (value: string) => nameProblem('google_compute_instance_group_manager', { name: 'igm', base_instance_name: value });
  expect(base('a'.repeat(58))).toBeUndefined();
  expect(base('scraper-###')).toBeUndefined();
  expect(base('a'.repeat(59))).toMatch(/^base_instance_name/);
});

test('display names have a limit too', () => {
  expect(nameProblem('google_iam_workload_identity_pool', { workload_identity_pool_id: 'pool', display_name: 'a'.repeat(33) })).toMatch(
    /^display_name .*0-32 characters/,
  );
});

const rules: [string, NameRule][] = Object.entries(NAME_RULES).flatMap(([type, rule]) =>
  [rule, ...(rule.also ?? [])].map((each): [string, NameRule] => [type, each]),
);
const rows: [string, string, NameRule][] = rules.map(([type, rule]) => [type, rule.argument, rule]);

describe.each(rows)('%s.%s', (type, argument, { min, max, pattern, legal, source }) => {
  test('has a sensible length, words and a source', () => {
    expect(min).toBeLessThanOrEqual(max);
    expect(legal).toMatch(/^\S.{3,}[^.]$/);
    expect(source).toMatch(/^https:\/\//);
  });

  test('is judged by the whole name, and the same every time', () => {
    expect(pattern.source.startsWith('^')).toBe(true);
    expect(pattern.flags).toBe('');
  });

  test('accepts nothing longer than its limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: max + 1, max: max + 50 }), (length) => {
        expect(nameProblem(type, { [argument]: 'a'.repeat(length) })).toMatch(`${argument} `);
      }),
      { numRuns: 5 },
    );
  });

  test('skips what is not known yet', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string().map((text) => `${text}\${google_x.y.name}`),
          fc.constant(undefined),
          fc.constant(null),
          fc.integer(),
          fc.object(),
        ),
        (value) => {
          expect(nameProblem(type, { [argument]: value })).toBeUndefined();
        },
      ),
      { numRuns: 20 },
    );
  });
});

test('any string gets a verdict, and a legal one has a legal length', () => {
  fc.assert(
    fc.property(fc.constantFrom(...rules), fc.string({ maxLength: 300 }), ([type, { argument, min, max }], name) => {
      fc.pre(!name.includes('${'));
      const problem = nameProblem(type, { [argument]: name });
      if (problem === undefined) {
        expect(name.length).toBeGreaterThanOrEqual(min);
        expect(name.length).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a long name is judged in no time', () => {
  const started = performance.now();
  for (const [type, { argument }] of rules) nameProblem(type, { [argument]: `${'a-'.repeat(5000)}!` });
  expect(performance.now() - started).toBeLessThan(1000);
});

test('a type without a row is not checked', () => {
  expect(nameProblem('google_project_iam_member', { name: '!' })).toBeUndefined();
});
