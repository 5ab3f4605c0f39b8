import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { egf2Values } from '../../../config/egf2';
import { machinesOf, type Replaceable, SHARED_MACHINE } from '../../../estates/egf2/restart';
import { EGF2_CONFIGS } from '../../../services/contracts/egf2-config';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../../services/contracts/egf2-services';
import { ROOT } from '../../support/repository';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/egf2/variants/${name}.json`), 'utf8')).egf2 as object;
const small = synthEstate('egf2');
const scalable = synthEstate('egf2', variant('scalable'));
const bigData = synthEstate('egf2', variant('bigData'));
const names = (stacks: ReadonlyMap<string, string>) => [...stacks.keys()].sort();
const services = (stacks: ReadonlyMap<string, string>) => stacks.get('egf2-services-prod');

/** Config documents as they are uploaded; what only Terraform knows is its expression. */
function documents(stacks: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(resourcesOf(services(stacks), 'aws_s3_object').map(({ key, content }) => [String(key), String(content)]));
}

test('each mode adds stacks to the one before, and takes none away', () => {
  expect(names(small)).toEqual(['egf2-data-prod', 'egf2-network-prod', 'egf2-services-prod']);
  expect(names(scalable)).toEqual([...names(small), 'egf2-queue-prod'].sort());
  expect(names(bigData)).toEqual([...names(scalable), 'egf2-lake-prod'].sort());
});

test.each(SERVICE_NAMES)('small: the document of %s is what it asks for, and it finds everybody on its own machine', (name) => {
  const document = JSON.parse(documents(small).get(`config/${name}.json`) ?? '');
  expect(EGF2_CONFIGS[name].safeParse(document)).toMatchObject({ success: true });
  for (const other of Object.keys(SERVICES[name].talksTo).filter((key) => key in SERVICES)) {
    expect(document[other]).toBe(`http://localhost:${SERVICES[other as ServiceName].port}`);
  }
});

test('scalable: a service finds others by their names inside the network, and the brokers that only Terraform knows', () => {
  const auth = documents(scalable).get('config/auth.json');
  expect(auth).toContain('http://client-data.egf2.internal:8000');
  expect(auth).toContain('http://pusher.egf2.internal:2017');
  expect(documents(scalable).get('config/logic.json')).toMatch(
    /"hosts": \[\s+\$\{trimsuffix\(trimprefix\(jsonencode\(split\(",", data\.terraform_remote_state\.[\w.-]+\)\), "\["\), "\]"\)\}\s+\]/,
  );
});

test.each([
  ['small', {}],
  ['scalable', variant('scalable')],
])('%s: whatever stands in the graph comes to client-data as it is, also what Terraform would take for its own', (_, mode) => {
  const graph = { a: '${file("/etc/passwd")}', b: '%{ if true }', c: 'a "quoted" \\d+ word\nand a line', '${d}': '$${e}', brokers: 'brokers:9094' };
  const { shared = {} } = mode as { shared?: object };
  const text = documents(synthEstate('egf2', { ...mode, shared: { ...shared, graph } })).get('config/client-data.json') ?? '';
  // as Terraform reads a template: an expression of its own becomes text, a doubled mark a single one
  const read = text.replaceAll(/(?<!\$)\$\{trimsuffix[^}]*\}/g, '"b-1:9094"').replaceAll(/([$%])\1\{/g, '$1{');
  expect(text).not.toMatch(/(?<![$%])[$%]\{(?!trimsuffix)/);
  expect(JSON.parse(read)).toMatchObject({ graph });
});

test('big data: what needs a login has a reference to it, and no value', () => {
  const document = documents(bigData).get('config/client-data.json') ?? '';
  expect(document).toContain('secretsmanager:egf2/keyspaces#password');
  expect(document).toContain('cassandra.us-east-1.amazonaws.com:9142');
  // Keyspaces: TLS, port 9142 on every peer, LOCAL_QUORUM for writes
  expect(document).toMatch(/"protocolOptions": \{\s*"port": 9142/);
  expect(document).toMatch(/"sslOptions": \{\s*"servername": "cassandra\.us-east-1\.amazonaws\.com",\s*"rejectUnauthorized": true/);
  expect(document).toMatch(/"queryOptions": \{\s*"consistency": 6/);
});

test("big data: EMR's managed policy, which sees only what is tagged for it, may make the cluster where it shall stand", () => {
  const tag = { 'for-use-with-amazon-emr-managed-policies': 'true' };
  const [network, lake] = ['egf2-network-prod', 'egf2-lake-prod'].map((name) => bigData.get(name));
  const tagged = (type: string) =>
    resourcesOf(network, type)
      .filter(({ tags }) => (tags as Record<string, string>)[Object.keys(tag)[0] as string] === 'true')
      .map(({ tags }) => (tags as { Name: string }).Name)
      .sort();
  expect(tagged('aws_subnet')).toEqual(['egf2-private-a', 'egf2-private-b', 'egf2-private-c']);
  expect(tagged('aws_security_group')).toEqual(['egf2-spark', 'egf2-spark-service']);
  expect(onlyResource(lake, 'aws_emr_cluster').tags).toMatchObject(tag);
  const passes = resourcesOf(lake, 'aws_iam_role_policy').find(({ policy }) => String(policy).includes('iam:PassRole'));
  expect(passes?.role).toMatch(/steering/);
  expect(JSON.parse(String(passes?.policy)).Statement).toMatchObject([{ Resource: [expect.stringMatching(/^\$\{aws_iam_role\.role_.*\.arn\}$/)] }]);
});

test('scalable: brokers stand in three zones at most, however many the network has', () => {
  const { prod } = variant('scalable') as { prod: object };
  const wide = synthEstate('egf2', { prod: { ...prod, zones: ['a', 'b', 'c', 'd'] } }).get('egf2-queue-prod');
  const { number_of_broker_nodes, broker_node_group_info } = onlyResource(wide, 'aws_msk_cluster');
  expect(number_of_broker_nodes).toBe(3);
  expect((broker_node_group_info as { client_subnets: string[] }).client_subnets).toHaveLength(3);
});

test.each(SERVICE_NAMES)("scalable: %s has a group of machines that have its security group, read its own document, and nothing of the others'", (name) => {
  const json = services(scalable);
  const template = resourcesOf(json, 'aws_launch_template').find((one) => one.name === `egf2-${name}`) as Record<string, unknown>;
  expect(JSON.stringify(template.vpc_security_group_ids)).toContain(`GROUP_EGF2_${name.toUpperCase().replace('-', '_')}}`);
  const policy = resourcesOf(json, 'aws_iam_role_policy').find(({ role }) => String(role).includes(`egf2-${name}-role`));
  const resources = (JSON.parse(String(policy?.policy)).Statement as { Resource: string[] }[]).flatMap(({ Resource }) => Resource);
  expect(resources.filter((arn) => arn.includes('/config/'))).toEqual([`arn:aws:s3:::egf2-example-config/config/${name}.json*`]);
  expect(resources.some((arn) => arn.includes('uploads'))).toBe(name === 'file');
});

test('make egf2-restart replaces the groups that there are, and keeps as many of their machines as a deployment does', () => {
  const deployed = (stacks: ReadonlyMap<string, string>) =>
    resourcesOf(services(stacks), 'aws_autoscaling_group').map(({ name, instance_refresh }) => [
      name,
      (instance_refresh as { preferences: { min_healthy_percentage: number } }).preferences.min_healthy_percentage,
    ]);
  const restarted = (all: readonly Replaceable[]) => all.map(({ group, minHealthyPercentage }) => [group, minHealthyPercentage]);
  expect(deployed(small)).toEqual(restarted([SHARED_MACHINE]));
  expect(deployed(scalable).sort()).toEqual(restarted(SERVICE_NAMES.map((name) => machinesOf(name, egf2Values.prod))).sort());
});

test('one name for each service with a port, and one load balancer for it, or one for all', () => {
  const withPort = SERVICE_NAMES.filter((name) => SERVICES[name].port);
  const balancers = (json: string | undefined) => resourcesOf(json, 'aws_lb').map(({ name }) => name);
  const records = (json: string | undefined) => resourcesOf(json, 'aws_route53_record').map(({ name }) => name);
  expect(balancers(services(scalable)).sort()).toEqual(['egf2-entry', ...withPort.map((name) => `egf2-${name}`)].sort());
  const shared = services(synthEstate('egf2', { prod: { ...(variant('scalable') as { prod: object }).prod, loadBalancing: 'shared' } }));
  expect(balancers(shared).sort()).toEqual(['egf2-entry', 'egf2-inside']);
  for (const json of [services(scalable), shared]) expect(records(json)).toEqual(expect.arrayContaining(withPort.map((name) => `${name}.egf2.internal`)));
});

test("a change of the mode meets no rule of the entry's that has the same priority", () => {
  const priorities = (stacks: ReadonlyMap<string, string>) => resourcesOf(services(stacks), 'aws_lb_listener_rule').map(({ priority }) => priority);
  const [before, after] = [priorities(small), priorities(scalable)];
  expect(new Set([...before, ...after]).size).toBe(before.length + after.length);
});

test('the entry speaks HTTPS, sends public paths to their service, and answers the rest itself', () => {
  const json = services(scalable);
  const https = resourcesOf(json, 'aws_lb_listener').find(({ protocol }) => protocol === 'HTTPS');
  expect(https).toMatchObject({ ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', default_action: [{ type: 'fixed-response' }] });
  const paths = resourcesOf(json, 'aws_lb_listener_rule').flatMap(
    ({ condition }) => (condition as { path_pattern: { values: string[] } }[])[0]?.path_pattern.values ?? [],
  );
  const wanted = Object.values(SERVICES).flatMap(({ publicPaths = [], publicWebSocketPaths = [] }) => [...publicPaths, ...publicWebSocketPaths]);
  expect(paths.sort()).toEqual(wanted.flatMap((path) => [path, `${path}/*`]).sort());
  expect(paths.filter((path) => path.includes('internal'))).toEqual([]);
});

test('data nodes are machines by name, each with an encrypted volume of its own, protected', () => {
  expect(resourcesOf(small.get('egf2-data-prod'), 'aws_instance').map(({ tags }) => (tags as { Name: string }).Name)).toEqual(['egf2-data-1']);
  const volumes = resourcesOf(scalable.get('egf2-data-prod'), 'aws_ebs_volume');
  expect(volumes.map(({ availability_zone }) => availability_zone)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  for (const volume of volumes) expect(volume).toMatchObject({ encrypted: true, lifecycle: { prevent_destroy: true } });
});

test('each volume of data is copied every night, by a policy that finds it', () => {
  const data = scalable.get('egf2-data-prod');
  const { policy_details } = onlyResource(data, 'aws_dlm_lifecycle_policy') as unknown as { policy_details: Record<string, object> };
  expect(policy_details).toMatchObject({ resource_types: ['VOLUME'], target_tags: { 'egf2-snapshots': 'daily' }, schedule: [{ retain_rule: { count: 7 } }] });
  for (const { tags } of resourcesOf(data, 'aws_ebs_volume')) expect(tags).toMatchObject(policy_details.target_tags ?? {});
});

test('alarms may use the key of their topic: with the one that SNS brings nobody would be told', () => {
  const network = small.get('egf2-network-prod');
  expect(onlyResource(network, 'aws_sns_topic').kms_master_key_id).toMatch(/^\$\{aws_kms_key\.alarms_key_\w+\.arn\}$/);
  const { Statement } = JSON.parse(String(onlyResource(network, 'aws_kms_key').policy)) as { Statement: Record<string, unknown>[] };
  expect(Statement.filter(({ Principal }) => JSON.stringify(Principal).includes('cloudwatch.amazonaws.com'))).toEqual([
    expect.objectContaining({ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
  ]);
});

test('user data fits, unpacks, and starts what it should', () => {
  const template = onlyResource(services(small), 'aws_launch_template');
  const packed = Buffer.from(String(template.user_data), 'base64');
  expect(packed.length).toBeLessThan(16_384);
  const text = gunzipSync(packed).toString();
  for (const name of SERVICE_NAMES) expect(text).toContain(`s3://egf2-example-config/config/${name}.json`);
});

test('Spark follows the queue into the lake, with the code of this revision', () => {
  const { resource } = parse(bigData.get('egf2-lake-prod'));
  const [cluster] = Object.values(resource?.aws_emr_cluster ?? {});
  const step = JSON.stringify(cluster?.step);
  expect(step).toMatch(/spark-submit.*s3:\/\/egf2-example-lake\/code\/[0-9a-f]{16}\/stream\.py/);
  expect(step).toContain('s3://egf2-example-lake/checkpoints/stream');
  expect(step).not.toContain('brokers:9094');
});

test('what is uploaded waits until its bucket keeps versions: without one it cannot be had back', () => {
  const uploaded = [bigData.get('egf2-data-prod'), bigData.get('egf2-lake-prod')].flatMap((stack) => resourcesOf(stack, 'aws_s3_object'));
  expect(uploaded.length).toBeGreaterThan(1);
  for (const object of uploaded) {
    const [bucket] = /(?<=aws_s3_bucket\.)\w+(?=_resource)/.exec(String(object.bucket)) ?? [];
    expect(object.depends_on).toEqual([expect.stringMatching(`^aws_s3_bucket_versioning\\.${bucket}_`)]);
  }
});
