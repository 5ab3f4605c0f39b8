import { FAMILIES } from '../../packer/images/families';
import { missing } from '../../rehearsal/cloud/checks';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { readData } from '../../rehearsal/cloud/data-sources';
import { identityKey } from '../../rehearsal/cloud/identities';
import { imageProblem } from '../../rehearsal/cloud/images';
import { adopted, importable } from '../../rehearsal/cloud/imports';
import { protectionProblem } from '../../rehearsal/cloud/protections';
import { replacingArguments } from '../../rehearsal/cloud/replacements';
import type { Values } from '../../rehearsal/provider/values';

const SITE = { provider: 'google', config: { project: 'p', region: 'us-central1', zone: 'us-central1-a' } };
const AWS = { provider: 'aws', config: { region: 'us-east-1' } };

function cloudWith(...objects: readonly (readonly [string, Values])[]): Cloud {
  const cloud = Cloud.open();
  for (const [type, state] of objects) cloud.put({ key: identityKey(type, state, SITE) ?? `${type}/${cloud.objects().length}`, type, state });
  return cloud;
}

describe('images', () => {
  const cloud = cloudWith(['google_compute_image', { name: 'made-1', family: 'made' }]);
  const links = [
    ...Object.values(FAMILIES).flatMap((family) => [
      `projects/p/global/images/family/${family}`,
      `projects/p/global/images/${family}-1700000000`,
      `https://www.googleapis.com/compute/v1/projects/p/global/images/family/${family}`,
    ]),
    'debian-cloud/debian-12',
    'projects/debian-cloud/global/images/family/debian-12',
    'https://www.googleapis.com/compute/v1/projects/cos-cloud/global/images/cos-stable-121-18867-90-4',
    'projects/p/global/images/family/made',
  ];
  test.each(links)('%s is there', (image) => expect(imageProblem(image, cloud)).toBeUndefined());
  test.each(['projects/p/global/images/family/python', 'debian-cloud/debian-7', 'projects/p/global/images/family/python3-2', 'moshi'])('%s is not', (image) =>
    expect(imageProblem(image, cloud)).toBeDefined(),
  );
});

test.each([
  [{ role: 'roles/logging.logWriter', member: 'robot@p.iam.gserviceaccount.com' }, 'member'],
  [{ role: 'logging.logWriter', member: 'user:me@example.org' }, 'role'],
])('a grant of %j is refused', (grant, argument) => {
  expect(missing('google_project_iam_member', { project: 'p', ...grant }, SITE, Cloud.open())).toMatchObject({ argument });
});

describe('references', () => {
  const cloud = cloudWith([
    'google_compute_network',
    { project: 'p', name: 'net', id: 'projects/p/global/networks/net', self_link: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/net' },
  ]);
  const problem = (network: string) => missing('google_compute_subnetwork', { network, project: 'p' }, SITE, cloud)?.problem;
  test.each([
    'net',
    'global/networks/net',
    'projects/p/global/networks/net',
    'https://www.googleapis.com/compute/v1/projects/p/global/networks/net',
    '//compute.googleapis.com/projects/p/global/networks/net',
    'projects/123456789012/global/networks/net',
    'default',
    'projects/somebody-elses/global/networks/shared',
  ])('%s is found', (network) => expect(problem(network)).toBeUndefined());
  test.each(['ne', 'net2', 'projects/p/global/networks/other', 'networks/nothing'])('%s is not', (network) =>
    expect(problem(network)).toMatch(/was not found/),
  );
});

describe('accounts in grants', () => {
  const account: readonly [string, Values] = ['google_service_account', { project: 'p', account_id: 'robot', email: 'robot@p.iam.gserviceaccount.com' }];
  const service: readonly [string, Values] = ['google_project_service', { project: 'p', service: 'pubsub.googleapis.com' }];
  const problem = (member: string, cloud: Cloud) => missing('google_project_iam_member', { member, project: 'p' }, SITE, cloud)?.problem;
  test.each([
    'serviceAccount:robot@p.iam.gserviceaccount.com',
    'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com',
    'serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com',
    'serviceAccount:123456789012@cloudservices.gserviceaccount.com',
    'serviceAccount:bot@elsewhere.iam.gserviceaccount.com',
    'serviceAccount:p.svc.id.goog[namespace/name]',
    'user:somebody@example.com',
    'allUsers',
    'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/attribute.repository/o/r',
  ])('%s is known', (member) => expect(problem(member, cloudWith(account, service))).toBeUndefined());

  test('an account that nobody made is refused, with those that exist', () => {
    expect(problem('serviceAccount:nobody@p.iam.gserviceaccount.com', cloudWith(account))).toBe(
      'service account nobody@p.iam.gserviceaccount.com does not exist; p has robot',
    );
  });
  test("an agent of a service that is not enabled is refused, unless the project's services are somebody else's", () => {
    const agent = 'serviceAccount:service-123456789012@gcp-sa-eventarc.iam.gserviceaccount.com';
    expect(problem(agent, cloudWith(service))).toMatch(/only once eventarc\.googleapis\.com is enabled in p; enabled are pubsub/);
    expect(problem(agent, cloudWith())).toBeUndefined();
  });
  test("a machine's account is checked as well", () => {
    expect(missing('google_compute_instance', { service_account: [{ email: 'nobody@p.iam.gserviceaccount.com' }] }, SITE, cloudWith(account))).toMatchObject({
      argument: 'service_account.email',
    });
  });
});

describe('identity', () => {
  test('a bucket is unique in the world, a topic in its project, a load balancer in its region', () => {
    expect(identityKey('google_storage_bucket', { name: 'b', project: 'p' }, SITE)).toBe('google_storage_bucket/b');
    expect(identityKey('google_pubsub_topic', { name: 't', project: 'q' }, SITE)).toBe('google_pubsub_topic/q/t');
    expect(identityKey('aws_lb', { name: 'l' }, AWS)).toBe('aws_lb/us-east-1/l');
  });
  test('a scope may be a link', () => {
    expect(identityKey('google_compute_router', { project: 'p', region: 'projects/p/regions/r', name: 'n' }, SITE)).toBe('google_compute_router/p/r/n');
  });
  test('identity cannot change in place, but for names that are only labels', () => {
    expect(replacingArguments('google_firestore_database')).toEqual(expect.arrayContaining(['project', 'name', 'location_id']));
    expect(replacingArguments('linode_instance')).not.toContain('label');
  });
});

describe('deletion protection', () => {
  test.each([
    ['google_compute_instance', { deletion_protection: true }, true],
    ['google_compute_instance', { deletion_protection: null }, false],
    ['google_sql_database_instance', { deletion_protection: null }, true],
    ['google_sql_database_instance', { deletion_protection: false, settings: [{ deletion_protection_enabled: true }] }, true],
    ['google_sql_database_instance', { deletion_protection: false, settings: [{ deletion_protection_enabled: null }] }, false],
    ['google_firestore_database', { delete_protection_state: 'DELETE_PROTECTION_DISABLED' }, false],
    ['aws_lb', { enable_deletion_protection: true }, true],
    ['google_pubsub_topic', {}, false],
  ])('%s %j: %s', (type, state, refused) => expect(protectionProblem(type, state) !== undefined).toBe(refused));
});

describe('data sources', () => {
  const values = (type: string, config: Values, cloud = cloudWith(), site = SITE as typeof SITE | typeof AWS) => readData(type, config, site, cloud);
  test('find what was made', () => {
    const zone = { project: 'p', name: 'zone', dns_name: 'example.com.' };
    expect(values('google_dns_managed_zone', { project: null, name: 'zone' }, cloudWith(['google_dns_managed_zone', zone]))).toEqual({ values: zone });
    expect(values('google_dns_managed_zone', { project: 'p', name: 'other' }, cloudWith(['google_dns_managed_zone', zone]))).toEqual({
      problem: expect.stringContaining('there is google_dns_managed_zone/p/zone'),
    });
  });
  test('take things of other projects and things that come with an account on trust', () => {
    expect(values('google_dns_managed_zone', { project: 'elsewhere', name: 'zone' })).toEqual({ values: {} });
    expect(values('aws_ssm_parameter', { name: '/aws/service/ami-amazon-linux-latest/al2023' }, undefined, AWS)).toEqual({ values: {} });
    expect(values('aws_ssm_parameter', { name: '/own' }, undefined, AWS)).toHaveProperty('problem');
  });
  test('an image family must have been baked', () => {
    expect(values('google_compute_image', { family: 'moshi-srv', name: null, project: null })).toEqual({ values: {} });
    expect(values('google_compute_image', { family: 'moshi', name: null, project: null })).toHaveProperty('problem');
  });
  test('answer from the provider', () => {
    expect(values('aws_availability_zones', {}, undefined, AWS)).toMatchObject({ values: { names: ['us-east-1a', 'us-east-1b', 'us-east-1c'] } });
    expect(values('google_project', { project_id: null })).toMatchObject({ values: { project_id: 'p', number: expect.stringMatching(/^\d{12}$/) } });
  });
  test('a policy document is the JSON that IAM takes', () => {
    const statement = [
      {
        sid: 'Read',
        effect: null,
        actions: ['s3:Get*', 's3:List*'],
        resources: ['*'],
        principals: [{ type: 'AWS', identifiers: ['1', '2'] }],
        condition: [{ test: 'StringEquals', variable: 'aws:a', values: ['x'] }],
      },
      { sid: null, effect: 'Deny', actions: ['s3:*'], resources: ['arn:aws:s3:::b'], principals: [{ type: '*', identifiers: ['*'] }], condition: [] },
    ];
    const answer = values(
      'aws_iam_policy_document',
      { version: null, policy_id: null, statement, source_policy_documents: null, override_policy_documents: null },
      undefined,
      AWS,
    );
    expect(JSON.parse(String('values' in answer && answer.values.json))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Read',
          Effect: 'Allow',
          Action: ['s3:Get*', 's3:List*'],
          Resource: '*',
          Principal: { AWS: ['1', '2'] },
          Condition: { StringEquals: { 'aws:a': 'x' } },
        },
        { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b', Principal: '*' },
      ],
    });
  });
});

describe('imports', () => {
  const topic = { project: 'p', name: 't', id: 'projects/p/topics/t' };
  test.each(['projects/p/topics/t', 'p/t', 't'])('%s is an id of the topic', (id) =>
    expect(importable('google_pubsub_topic', id, cloudWith(['google_pubsub_topic', topic]), SITE)?.state).toEqual(topic),
  );
  test('what the cloud numbers, and who may do what, are found by their documented forms', () => {
    const record = { id: '77', domain_id: 1234, name: 'www' };
    const grant = { id: 'made-up', bucket: 'b', role: 'roles/storage.objectViewer', member: 'user:me@example.org' };
    const cloud = cloudWith(['linode_domain_record', record], ['google_storage_bucket_iam_member', grant]);
    expect(importable('linode_domain_record', '1234,77', cloud, SITE)?.state).toEqual(record);
    expect(importable('linode_domain_record', '1235,77', cloud, SITE)).toBeUndefined();
    const named = (role: string) => importable('google_storage_bucket_iam_member', `b/b ${role} user:me@example.org`, cloud, SITE)?.state;
    expect([named('roles/storage.objectViewer'), named('roles/storage.admin')]).toEqual([grant, undefined]);
  });
  test('what runs already is adopted with what its id tells', () => {
    const empty = { id: null, name: null, project: null, labels: null };
    const object = { key: 'google_pubsub_topic/p/t', type: 'google_pubsub_topic', adopted: true };
    expect(adopted('google_pubsub_topic', 'projects/p/topics/t', empty, SITE)).toEqual({ ...object, state: { ...topic, labels: null } });
    for (const id of ['t', 'p/t']) expect(adopted('google_pubsub_topic', id, empty, SITE)).toMatchObject(object);
    expect(adopted('google_pubsub_topic', 'projects/p/subscriptions/t', empty, SITE)).toBeUndefined();
    expect(adopted('linode_instance', '12345', { id: null, label: null }, { provider: 'linode', config: {} })).toMatchObject({
      state: { id: '12345', label: null },
    });
  });
});
