import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { Environment } from '../../../constructs/core/naming';
import { type Pictured, picturedAs, picturedBelow } from '../../../constructs/core/picture';
import { graphOf } from '../../../scripts/support/picture/build';
import type { PicturedStack } from '../../../scripts/support/picture/resources';

type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A stack with these resources: `<type> <construct path>` and their arguments. An id is the path with `_` for `/`. */
function stack(name: string, resources: Resources, more: Record<string, unknown> = {}, pictured?: ReadonlyMap<string, Pictured>): PicturedStack {
  const resource: Record<string, Record<string, unknown>> = {};
  for (const [key, config] of Object.entries(resources)) {
    const [type, path] = key.split(' ') as [string, string];
    resource[type] = { ...resource[type], [path.replaceAll('/', '_')]: { ...config, '//': { metadata: { path: `${name}/${path}` } } } };
  }
  const environment = name.split('-').at(-1) as Environment;
  return { name, environment, json: { '//': { metadata: { stackName: name } }, resource, ...more }, ...(pictured && { pictured }) };
}

/** What is drawn, as lines: boxes `title, what`, with a lock `!` and arrows `a -> b: label`. */
function drawn(...stacks: PicturedStack[]): { boxes: string[]; arrows: string[] } {
  const { nodes, edges } = graphOf('shop', stacks);
  const title = (id: string) => nodes.find((node) => node.id === id)?.title;
  return {
    boxes: nodes.map(({ title: is, what, count, isProtected }) => `${is}${count > 1 ? ` x${count}` : ''}, ${what}${isProtected ? '!' : ''}`),
    arrows: edges.map(({ from, to, label }) => `${title(from)} -> ${title(to)}${label === '' ? '' : `: ${label}`}`).sort(),
  };
}

const arrows = (...stacks: PicturedStack[]) => drawn(...stacks).arrows;

/** A machine `servers` that runs as the account `identity`. */
const MACHINE: Resources = {
  'google_service_account identity/resource': { account_id: 'shop-srv' },
  'google_compute_instance_template servers/template': { service_account: { email: '${google_service_account.identity_resource.email}' } },
  'google_compute_instance_group_manager servers/resource': { version: [{ instance_template: '${google_compute_instance_template.servers_template.id}' }] },
};
const MEMBER = '${google_service_account.identity_resource.member}';

test('a construct is one box, with everything that stands in it', () => {
  const network = stack('shop-net-prod', {
    'google_compute_network network/resource': { name: 'shop', lifecycle: { prevent_destroy: true } },
    'google_compute_subnetwork network/subnetwork': { network: '${google_compute_network.network_resource.id}' },
  });
  expect(drawn(network)).toEqual({ boxes: ['network, network!'], arrows: [] });
});

test('several constructs in one are boxes of their own', () => {
  const hosts = stack('shop-hosts-prod', { 'linode_instance hosts/web/resource': {}, 'linode_instance hosts/db/resource': { tags: ['x'] } });
  expect(drawn(hosts).boxes).toEqual(['hosts/web, host', 'hosts/db, host']);
});

test('an account is not shown: what it is granted is an arrow from what runs as it, across stacks, by plain name', () => {
  const data = stack('shop-data-prod', { 'google_pubsub_topic orders/resource': { name: 'shop-orders' } });
  const server = stack('shop-server-prod', {
    ...MACHINE,
    'google_pubsub_topic_iam_member identity/publish': { topic: 'shop-orders', role: 'roles/pubsub.publisher', member: MEMBER },
  });
  expect(drawn(data, server)).toEqual({ boxes: ['orders, topic', 'servers, instance group'], arrows: ['servers -> orders: publishes'] });
});

test('an account that nothing here runs as is a box', () => {
  const github = stack('shop-github-shared', {
    'google_service_account writer/resource': { account_id: 'writer' },
    'google_artifact_registry_repository pypi/resource': { repository_id: 'pypi' },
    'google_artifact_registry_repository_iam_member writer/write': {
      repository: 'pypi',
      role: 'roles/artifactregistry.writer',
      member: '${google_service_account.writer_resource.member}',
    },
  });
  expect(drawn(github)).toEqual({ boxes: ['writer, account', 'pypi, registry'], arrows: ['writer -> pypi: pushes'] });
});

test('a role in the project is about the databases there, or the one that its condition names', () => {
  const data = stack('shop-data-shared', {
    'google_firestore_database users/resource': { name: 'users' },
    'google_firestore_database bills/resource': { name: 'bills' },
  });
  const may = (condition: object) =>
    stack('shop-server-prod', { ...MACHINE, 'google_project_iam_member identity/role': { role: 'roles/datastore.user', member: MEMBER, ...condition } });
  expect(arrows(data, may({}))).toEqual(['servers -> bills: reads, writes', 'servers -> users: reads, writes']);
  expect(arrows(data, may({ condition: { expression: "resource.name == 'projects/p/databases/bills'", title: 'x' } }))).toEqual([
    'servers -> bills: reads, writes',
  ]);
});

test('a role of our own is what its permissions do', () => {
  const build = stack('shop-build-prod', {
    ...MACHINE,
    'google_service_account build/resource': { account_id: 'build' },
    'google_project_iam_custom_role roll/resource': { permissions: ['compute.instanceGroupManagers.get', 'compute.instanceGroupManagers.update'] },
    'google_project_iam_member build/roll': {
      role: '${google_project_iam_custom_role.roll_resource.name}',
      member: '${google_service_account.build_resource.member}',
    },
  });
  expect(arrows(build)).toEqual(['build -> servers: rolls']);
});

test('a subscription is an arrow from its topic to what it calls; what it cannot deliver goes on', () => {
  const stream = stack('shop-stream-prod', {
    'google_pubsub_topic orders/resource': { name: 'orders' },
    'google_pubsub_topic lost/resource': { name: 'lost' },
    'google_cloudfunctions2_function bill/resource': { name: 'bill' },
    'google_service_account caller/resource': { account_id: 'caller' },
    'google_pubsub_subscription push/resource': {
      topic: 'projects/p/topics/orders',
      dead_letter_policy: { dead_letter_topic: 'projects/p/topics/lost' },
      push_config: {
        push_endpoint: '${google_cloudfunctions2_function.bill_resource.service_config[0].uri}',
        oidc_token: { service_account_email: '${google_service_account.caller_resource.email}' },
      },
    },
  });
  expect(drawn(stream)).toEqual({ boxes: ['orders, topic', 'lost, topic', 'bill, function'], arrows: ['orders -> bill: calls', 'orders -> lost: what fails'] });
});

test('who reads a subscription receives from its topic', () => {
  const messaging = stack('shop-messaging-prod', {
    'google_pubsub_topic orders/topic/resource': { name: 'orders' },
    'google_pubsub_subscription orders/servers': { name: 'orders-servers', topic: '${google_pubsub_topic.orders_topic_resource.id}' },
  });
  const server = stack('shop-server-prod', {
    ...MACHINE,
    'google_pubsub_subscription_iam_member identity/read': { subscription: 'orders-servers', role: 'roles/pubsub.subscriber', member: MEMBER },
  });
  expect(arrows(messaging, server)).toEqual(['servers -> orders: receives']);
});

test('what another stack publishes leads to what it was made of', () => {
  const network = stack('shop-net-prod', { 'aws_vpc vpc/resource': {}, 'aws_subnet vpc/a': {} }, { output: { SUBNET: { value: '${aws_subnet.vpc_a.id}' } } });
  const state = { 'state-of-shop-net-prod': { '//': { metadata: { path: 'shop-app-prod/state-of-shop-net-prod' } } } };
  const app = stack(
    'shop-app-prod',
    { 'aws_instance web/resource': { subnet_id: '${data.terraform_remote_state.state-of-shop-net-prod.outputs.SUBNET}' } },
    { data: { terraform_remote_state: state } },
  );
  expect(arrows(network, app)).toEqual(['web -> vpc']);
});

test('who is in a security group talks to who is in the other; the port is on the arrow', () => {
  const app = stack('shop-app-prod', {
    'aws_security_group access/web': {},
    'aws_security_group access/db': {},
    'aws_vpc_security_group_ingress_rule access/db-from-web': {
      security_group_id: '${aws_security_group.access_db.id}',
      referenced_security_group_id: '${aws_security_group.access_web.id}',
      from_port: 5432,
    },
    'aws_vpc_security_group_ingress_rule access/from-all': { security_group_id: '${aws_security_group.access_web.id}', cidr_ipv4: '0.0.0.0/0', from_port: 443 },
    'aws_instance web/resource': { vpc_security_group_ids: ['${aws_security_group.access_web.id}'] },
    'aws_instance db/resource': { vpc_security_group_ids: ['${aws_security_group.access_db.id}'] },
  });
  expect(drawn(app)).toEqual({ boxes: ['Internet, who calls', 'web, machine', 'db, machine'], arrows: ['Internet -> web: 443', 'web -> db: 5432'] });
});

test('a policy of AWS says what its role does with a bucket, named or referred to', () => {
  const policy = (actions: string[], resource: string) => JSON.stringify({ Statement: [{ Action: actions, Resource: [resource] }] });
  const app = stack('shop-app-prod', {
    'aws_s3_bucket media/resource': { bucket: 'shop-media' },
    'aws_s3_bucket config/resource': { bucket: 'shop-config' },
    'aws_iam_role role/resource': {},
    'aws_iam_instance_profile role/profile': { role: '${aws_iam_role.role_resource.name}' },
    'aws_iam_role_policy role/media': {
      role: '${aws_iam_role.role_resource.id}',
      policy: policy(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::shop-media/*'),
    },
    'aws_iam_role_policy role/config': { role: '${aws_iam_role.role_resource.id}', policy: policy(['s3:GetObject'], '${aws_s3_bucket.config_resource.arn}/*') },
    'aws_instance web/resource': { iam_instance_profile: '${aws_iam_instance_profile.role_profile.name}' },
  });
  expect(arrows(app)).toEqual(['web -> config: reads', 'web -> media: reads, writes']);
});

test('in an internal network callers reach who has a name there; by the other one what is published comes in, and the rest goes out', () => {
  const on = (network: string, more = {}) => ({ name: `\${docker_network.${network}_resource.name}`, ...more });
  const containers = stack('shop-containers-prod', {
    'docker_network external/resource': { internal: false },
    'docker_network data/resource': { internal: true },
    'docker_container nginx/resource': { networks_advanced: [on('external')], ports: [{ external: 443 }] },
    'docker_container web/resource': { networks_advanced: [on('external'), on('data')] },
    'docker_container db/resource': { networks_advanced: [on('data', { aliases: ['db'] })] },
  });
  expect(arrows(containers)).toEqual(['data -> db', 'external -> nginx', 'web -> Internet: external', 'web -> data']);
});

test('what differs by a number and does the same is one box; what does something else stays apart', () => {
  const app = stack('shop-app-prod', {
    'docker_volume media/resource': {},
    'docker_container worker-1/resource': { mounts: [{ source: '${docker_volume.media_resource.name}' }] },
    'docker_container worker-2/resource': { mounts: [{ source: '${docker_volume.media_resource.name}' }] },
    'docker_container worker-3/resource': {},
  });
  expect(drawn(app)).toEqual({ boxes: ['media, volume', 'worker x2, container', 'worker-3, container'], arrows: ['worker -> media'] });
});

test('secrets of a stack are one box', () => {
  const secrets = stack('shop-data-shared', {
    'google_secret_manager_secret key/resource': { secret_id: 'KEY', lifecycle: { prevent_destroy: true } },
    'google_secret_manager_secret token/resource': { secret_id: 'TOKEN' },
  });
  expect(drawn(secrets).boxes).toEqual(['secrets x2, secret!']);
});

test('production is drawn, and what is shared but for what it holds of others', () => {
  const shared = stack('shop-base-shared', {
    'google_artifact_registry_repository images/resource': { repository_id: 'shop' },
    'google_artifact_registry_repository images-dev/resource': { repository_id: 'shop-dev' },
  });
  const bucket = { 'google_storage_bucket files/resource': { name: 'x' } };
  const { groups, nodes } = graphOf('shop', [shared, stack('shop-app-dev', bucket), stack('shop-app-prod', bucket)]);
  expect(groups.map(({ title }) => title)).toEqual(['shop-base-shared', 'shop-app-prod']);
  expect(nodes.map(({ title }) => title)).toEqual(['images', 'files']);
});

test("an estate's name is not said again in its boxes", () => {
  expect(drawn(stack('shop-app-prod', { 'docker_container shop-web/resource': {} })).boxes).toEqual(['web, container']);
});

test('a group says what it runs on', () => {
  const host = stack('shop-host-prod', { 'linode_instance smith/resource': {} }, { output: { IPV4: { value: '${linode_instance.smith_resource.ipv4}' } } });
  const state = { 'state-of-shop-host-prod': { '//': { metadata: { path: 'shop-app-prod/state-of-shop-host-prod' } } } };
  const app = stack(
    'shop-app-prod',
    { 'docker_container web/resource': {} },
    {
      data: { terraform_remote_state: state },
      provider: { docker: [{ host: 'ssh://admin@${data.terraform_remote_state.state-of-shop-host-prod.outputs.IPV4}' }] },
    },
  );
  expect(graphOf('shop', [host, app]).groups[1]).toEqual({ id: 'shop-app-prod', title: 'shop-app-prod', subtitle: 'on smith' });
});

test('a construct may stand for what comes and goes', () => {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'pictured-')), skipValidation: true });
  const tree = new TerraformStack(app, 'shop-app-prod');
  const [account, network] = [new Construct(tree, 'identity'), new Construct(tree, 'network')];
  picturedAs(account, { type: 'google_compute_instance', title: 'task machine', uses: [network] });
  const resources: Resources = {
    'google_compute_network network/resource': {},
    'google_service_account identity/resource': { account_id: 'vm' },
    'google_storage_bucket files/resource': { name: 'files' },
    'google_storage_bucket_iam_member identity/read': { bucket: 'files', role: 'roles/storage.objectViewer', member: MEMBER },
    'google_service_account create/resource': { account_id: 'create' },
    'google_project_iam_custom_role role/resource': { permissions: ['compute.instances.create'] },
    'google_project_iam_member create/may': {
      role: '${google_project_iam_custom_role.role_resource.name}',
      member: '${google_service_account.create_resource.member}',
    },
  };
  expect(drawn(stack('shop-app-prod', resources, {}, picturedBelow(app)))).toEqual({
    boxes: ['network, network', 'task machine, machine', 'create, account', 'files, bucket'],
    arrows: ['create -> task machine: starts', 'task machine -> files: reads', 'task machine -> network'],
  });
});

test('a type that nobody has decided about is refused by name', () => {
  expect(() => graphOf('shop', [stack('shop-app-prod', { 'aws_rocket big/resource': {}, 'aws_s3_bucket media/resource': {} })])).toThrow(
    'aws_rocket: say in scripts/support/picture/types what the picture makes of it',
  );
});
