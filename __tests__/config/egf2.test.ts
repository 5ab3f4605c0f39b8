import { egf2Schema, egf2Values } from '../../config/egf2';
import { mergePatch } from '../../config/merge';
import { SERVICE_NAMES } from '../../services/contracts/egf2-services';
import { onlyResource, parse, resourcesOf, synthEstate } from '../support/synth';

const problems = (override: object): string[] =>
  (egf2Schema.safeParse(mergePatch(egf2Values, override)).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
const member = { zone: 'a', instanceType: 't3.medium', dataGb: 50 };
const source = (more: object) => ({ shared: { sources: { auth: more } } });

test.each<[string, object, string]>([
  ['ARM for data', { prod: { members: { 'data-1': { instanceType: 't4g.medium' } } } }, 'prod.members.data-1.instanceType: has ARM processors'],
  ['ARM for a service', { prod: { services: { auth: { instanceType: 'm7gd.large' } } } }, 'prod.services.auth.instanceType: has ARM processors'],
  ['ARM for all services', { prod: { subsystems: { instanceType: 'a1.large' } } }, 'prod.subsystems.instanceType: has ARM processors'],
  ['a member named as a service', { prod: { members: { 'data-1': null, auth: member } } }, 'prod.members: has a member with a name that is taken'],
  [
    'a member named as the shared machine',
    { prod: { members: { 'data-1': null, subsystems: member } } },
    'prod.members: has a member with a name that is taken',
  ],
  ['a network of the Internet', { prod: { network: '8.8.0.0/16' } }, 'prod.network: not a private network'],
  ['loopback', { prod: { network: '127.0.0.0/16' } }, 'prod.network: not a private network'],
  ['link-local', { prod: { network: '169.254.0.0/16' } }, 'prod.network: not a private network'],
  ['a bucket name that becomes too long', { shared: { bucketSuffix: 'x'.repeat(51) } }, 'shared.bucketSuffix: must be 1 to 50'],
  ['a bucket name that S3 refuses', { shared: { bucketSuffix: 'my_company' } }, 'shared.bucketSuffix: must be'],
  ['a bucket name that no certificate of S3 covers', { shared: { bucketSuffix: 'my.company' } }, 'shared.bucketSuffix: must be'],
  ['a name too long for a certificate', { shared: { domain: `${'x'.repeat(57)}.org` } }, 'shared.host: makes a name of more than 64'],
  ['one zone inside and outside', { shared: { domain: 'egf2.internal' } }, 'prod.internalDomain: is the name that clients call, or above it'],
  ['a zone inside that hides the one outside', { prod: { internalDomain: 'example.org' } }, 'prod.internalDomain: is the name that clients call, or above it'],
  ['a page as an origin', { prod: { uploadOrigins: ['https://app.example.org/'] } }, 'prod.uploadOrigins.0: must be an origin'],
  ['every origin', { prod: { uploadOrigins: ['https://*'] } }, 'prod.uploadOrigins.0: must be an origin'],
  ['machines of Spark without end', { prod: { spark: { workers: 10_000 } } }, 'prod.spark.workers: must be 100 or less'],
  ['an address twice', { prod: { alarmEmails: ['a@x.org', 'a@x.org'] } }, 'prod.alarmEmails: names an address twice'],
  ['a graph that no launcher takes', { shared: { graph: { text: 'ü'.repeat(520_000) } } }, 'shared.graph: is larger than 1008 KiB'],
  ['a login in a source', source({ repository: 'https://me:hunter2@github.com/x/auth.git' }), 'shared.sources.auth.repository: must be the https address'],
  ['a command in a source', source({ repository: 'https://github.com/x/$(id).git' }), 'shared.sources.auth.repository: must be the https address'],
])('%s is refused', (_, override, message) => {
  expect(problems(override)).toEqual([expect.stringContaining(message)]);
});

test.each<[string, object]>([
  ['GPUs of Intel', { prod: { services: { job: { instanceType: 'g4dn.xlarge' } } } }],
  ['ARM for Spark, which brings its own image', { prod: { spark: { instanceType: 'm6g.xlarge' } } }],
  ['the longest suffix of buckets', { shared: { bucketSuffix: 'x'.repeat(50) } }],
  ['a zone inside that is part of the one outside', { prod: { internalDomain: 'inside.egf2.example.org' } }],
  ['two origins', { prod: { uploadOrigins: ['https://app.example.org', 'https://localhost.example.org:8443'] } }],
  ['a large graph', { shared: { graph: { text: 'x'.repeat(1_000_000) } } }],
  ['a source at a port', source({ repository: 'https://git.example.org:8443/egf2/auth' })],
])('%s: is accepted', (_, override) => {
  expect(problems(override)).toEqual([]);
});

describe('what is accepted can be synthesized', () => {
  test('the longest names', () => {
    const long = { shared: { bucketSuffix: 'x'.repeat(50), domain: `${'x'.repeat(56)}.org` } };
    expect(problems(long)).toEqual([]);
    const names = [...synthEstate('egf2', long).values()].flatMap((json) => resourcesOf(json, 'aws_s3_bucket').map(({ bucket }) => String(bucket)));
    expect(Math.max(...names.map(({ length }) => length))).toBe(63);
  });

  test('a member may have no name that another thing of its stack has', () => {
    const ids = Object.values(parse(synthEstate('egf2', { prod: { mode: 'bigData' } }).get('egf2-data-prod')).resource ?? {})
      .flatMap((resources) => Object.values(resources))
      .map((resource) => (resource['//'] as { metadata: { path: string } }).metadata.path.split('/')[1] ?? '');
    const taken = [...new Set(ids), ...SERVICE_NAMES, 'aws'].filter((id) => id !== 'data-1');
    expect(taken.length).toBeGreaterThan(15);
    for (const name of taken)
      expect([name, problems({ prod: { members: { 'data-1': null, [name]: member } } })]).toEqual([name, [expect.stringContaining('is taken')]]);
  });

  test('two addresses that look alike', () => {
    const stacks = synthEstate('egf2', { prod: { alarmEmails: ['a.b@x.org', 'a-b@x.org', 'a+b@x.org'] } });
    expect(resourcesOf(stacks.get('egf2-network-prod'), 'aws_sns_topic_subscription')).toHaveLength(3);
  });
});

test('a zone keeps its ranges, whichever others there are: other subnets would be without its machines', () => {
  const subnets = (zones: readonly string[]) =>
    new Map(
      resourcesOf(synthEstate('egf2', { prod: { zones } }).get('egf2-network-prod'), 'aws_subnet').map(({ tags, cidr_block }) => [
        (tags as { Name: string }).Name,
        cidr_block,
      ]),
    );
  const three = subnets(['a', 'b', 'c']);
  expect(three.get('egf2-private-a')).toBe('10.3.0.0/20');
  expect(three.get('egf2-public-c')).toBe('10.3.160.0/20');
  for (const other of [subnets(['c', 'a']), subnets(['f', 'e', 'd', 'c', 'b', 'a'])]) {
    expect(new Set(other.values()).size).toBe(other.size);
    for (const [name, range] of other) expect(three.get(name) ?? range).toBe(range);
  }
});

test('brokers stand in three zones at most, as MSK wants it', () => {
  const queue = synthEstate('egf2', { prod: { mode: 'scalable', zones: ['a', 'b', 'c', 'd'] } }).get('egf2-queue-prod');
  const cluster = onlyResource(queue, 'aws_msk_cluster');
  expect(cluster.number_of_broker_nodes).toBe(3);
  expect((cluster.broker_node_group_info as { client_subnets: string[] }).client_subnets).toHaveLength(3);
});
