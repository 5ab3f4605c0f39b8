import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TerraformOutput } from 'cdktf';
import { EstateStack, type EstateStackProps } from '../../../constructs/core/estate-stack';
import { COMPUTED_CREDENTIALS, credentialsNotLocal } from '../../../constructs/policy/credentials';
import { ROOT } from '../../support/repository';
import { testApp } from '../../support/synth';
import { context } from './cases';
import { type SchemaBlock, schemaOf } from './schemas';

interface Attribute {
  readonly computed?: boolean;
  readonly optional?: boolean;
  readonly sensitive?: boolean;
}

/** Paths of attributes that a provider itself calls sensitive, and that it fills in. */
function sensitiveIn({ attributes = {}, block_types = {} }: SchemaBlock, path = ''): string[] {
  const own = Object.entries(attributes as Record<string, Attribute>).flatMap(([name, { computed, sensitive }]) =>
    computed && sensitive ? [`${path}${name}`] : [],
  );
  return [...own, ...Object.entries(block_types).flatMap(([name, { block }]) => sensitiveIn(block, `${path}${name}.`))];
}

test.each(Object.entries(COMPUTED_CREDENTIALS))('%s computes what the table says, and its provider calls it sensitive', (type, { attributes, source }) => {
  expect(sensitiveIn(schemaOf(type) ?? {})).toEqual(expect.arrayContaining([...attributes]));
  expect(source).toMatch(/^https:..registry\.terraform\.io.providers.\S+\/docs\/resources\/\S+$/);
});

/** Sensitive by name, and nothing that opens anything; or what somebody wrote down himself, which other rules look at. */
const NO_CREDENTIAL: Readonly<Record<string, string>> = {
  aws_api_gateway_api_key: 'it counts requests, and opens nothing by itself',
  aws_cloudcontrolapi_resource: 'a schema',
  aws_kms_grant: 'a token of a few minutes',
  aws_redshiftserverless_namespace: "a user's name",
  aws_s3_object_copy: 'names of keys',
  aws_ssm_parameter: 'what somebody wrote',
  aws_wafv2_api_key: 'every visitor of the page reads it',
  google_app_engine_application: 'a hash',
  google_compute_backend_service: 'a hash',
  google_compute_instance_from_template: 'what somebody wrote',
  google_compute_region_backend_service: 'a hash',
  google_edgecontainer_cluster: 'a public certificate',
  google_iap_client: 'shut down by Google',
  google_identity_platform_config: 'every visitor of the page reads it',
  google_sql_database_instance: 'a public certificate',
  google_storage_bucket_object: 'what somebody wrote',
  kubernetes_secret: 'has a rule of its own',
  kubernetes_secret_v1: 'has a rule of its own',
  linode_instance: 'what somebody wrote',
  tfe_organization_run_task: 'what somebody wrote',
  tfe_policy_set_parameter: 'what somebody wrote',
  tfe_saml_settings: 'what somebody wrote',
  tfe_test_variable: 'what somebody wrote',
  tfe_variable: 'what somebody wrote',
};

test('every type of every provider that fills in something sensitive has been judged', () => {
  const folder = join(ROOT, 'rehearsal/schemas');
  const types = readdirSync(folder)
    .filter((file) => file.endsWith('.json.gz'))
    .flatMap(
      (file) => Object.values(JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString('utf8')).provider_schemas) as { resource_schemas: object }[],
    )
    .flatMap(({ resource_schemas }) => Object.entries(resource_schemas as Record<string, { block: SchemaBlock }>));
  const sensitive = types.filter(([, { block }]) => sensitiveIn(block).length > 0).map(([type]) => type);
  expect(sensitive.filter((type) => !(type in COMPUTED_CREDENTIALS) && !(type in NO_CREDENTIAL))).toEqual([]);
  expect(Object.keys(NO_CREDENTIAL).filter((type) => !sensitive.includes(type) || type in COMPUTED_CREDENTIALS)).toEqual([]);
});

test('in development, and in a state that is not local, it may be', () => {
  const cluster = { path: 'a/cluster', type: 'linode_lke_cluster', config: {} };
  const here = { ...context, hasLocalState: true };
  expect(credentialsNotLocal.check(cluster, here, [])).toContain('local file');
  expect(credentialsNotLocal.check(cluster, { ...here, labels: { ...here.labels, environment: 'shared' } }, [])).toContain('local file');
  expect(credentialsNotLocal.check(cluster, { ...here, labels: { ...here.labels, environment: 'dev' } }, [])).toBeUndefined();
  expect(credentialsNotLocal.check(cluster, context, [])).toBeUndefined();
});

describe('a stack that reads what opens something', () => {
  const props = { estate: 'test', environment: 'prod', protection: 'on', providers: [] } as const;
  /** What is wrong with two stacks, of which the second reads of the first. */
  function problems(
    backend: EstateStackProps['backend'],
    publish: 'publish' | 'publishCredential',
    reason?: string,
  ): { found: string[]; output: TerraformOutput } {
    const app = testApp();
    const [first, second] = ['first', 'second'].map((id) => new EstateStack(app, id, { ...props, backend })) as [EstateStack, EstateStack];
    const value = second.read(first[publish]('DOOR', 'value', 'x'));
    second.output('READ', value, 'x');
    if (reason !== undefined) second.suppress('any-credentials-not-local', second.node.findChild('state-of-test-first-prod'), reason);
    return { found: app.validate(), output: first.node.findChild('DOOR') as TerraformOutput };
  }

  test('has it in its own state, which may not be local', () => {
    const { found, output } = problems({ type: 'local' }, 'publishCredential');
    expect(found).toEqual([
      expect.stringMatching(/^test-second-prod\/state-of-test-first-prod: \[any-credentials-not-local\] set the estate's shared\.backend to gcs or s3/),
    ]);
    expect(output.sensitive).toBe(true);
    expect(problems({ type: 's3', bucket: 'b', region: 'us-east-1', prefix: 'p' }, 'publishCredential').found).toEqual([]);
  });

  test('does not when what it reads opens nothing', () => {
    const { found, output } = problems({ type: 'local' }, 'publish');
    expect([found, output.sensitive]).toEqual([[], undefined]);
  });

  test('may with a reason, wherever the state then is; not without', () => {
    expect(problems({ type: 'local' }, 'publishCredential', 'nobody is in there').found).toEqual([]);
    expect(problems({ type: 'gcs', bucket: 'b', prefix: 'p' }, 'publishCredential', 'nobody is in there').found).toEqual([]);
    expect(problems({ type: 'local' }, 'publishCredential', ' ').found).toEqual([expect.stringContaining('give the reason')]);
    expect(problems({ type: 'local' }, 'publish', 'for nothing').found).toEqual([expect.stringContaining('nothing to suppress')]);
  });
});
