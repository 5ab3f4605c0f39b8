import type { StateBucketNeed } from '../../../constructs/core/need';
import type { World } from '../../../scripts/support/preflight/finding';
import { checkStateBucket } from '../../../scripts/support/preflight/project';
import { bucketSteps, surveyBucket } from '../../../scripts/support/state/bucket';
import { placeSteps } from '../../../scripts/support/state/places';
import { Person } from '../../support/cloud/person';
import { newProject, nothing } from '../../support/cloud/project';

const GOOGLE: StateBucketNeed = { kind: 'state-bucket', environment: 'shared', type: 'gcs', bucket: 'our-states', project: 'films', location: 'europe-west4' };
const AMAZON: StateBucketNeed = { kind: 'state-bucket', environment: 'shared', type: 's3', bucket: 'our-states', region: 'eu-central-1' };
const person = () => new Person({ ...nothing(), account: 'me', awsAccount: '123456789012', projects: { films: { ...newProject(), billing: true } } });

const mend = (need: StateBucketNeed, who: Person) => {
  const found = surveyBucket(need, who);
  for (const { run } of bucketSteps(need, found.is === 'there' ? (found.value ?? []) : undefined, who)) run();
};

test.each([
  ['Google', GOOGLE],
  ['Amazon', AMAZON],
])('at %s one that is not there is made as it must be, in one go', (_, need) => {
  const who = person();
  expect(surveyBucket(need, who)).toEqual({ is: 'absent' });
  mend(need, who);
  expect(surveyBucket(need, who)).toEqual({ is: 'there', value: [] });
  who.gcloudCalls.length = 0;
  mend(need, who);
  expect(who.gcloudCalls.filter((call) => / create-| update | put-/.test(call))).toEqual([]);
});

test.each([
  ['Google', GOOGLE, ['--versioning', '--uniform-bucket-level-access']],
  ['Amazon', AMAZON, ['bucket-versioning', 'bucket-policy']],
])('at %s one that somebody made is mended where it is not right, and left alone where it is', (_, need, right) => {
  const who = person();
  Object.assign(who.state, { buckets: ['our-states'], bucketFacts: { 'our-states': [...right] } });
  const found = surveyBucket(need, who);
  expect(found.is === 'there' && found.value?.map(({ lacks }) => lacks)).toHaveLength(2);
  mend(need, who);
  expect(surveyBucket(need, who)).toEqual({ is: 'there', value: [] });
  expect(who.gcloudCalls.filter((call) => call.includes('create'))).toEqual([]);
  expect(who.gcloudCalls.filter((call) => / update | put-/.test(call))).toHaveLength(2);
});

test('in us-east-1 no place is named: Amazon refuses its name', () => {
  const args = (region: string) => {
    const calls: string[] = [];
    const aws = { write: (words: readonly string[]) => void calls.push(words.join(' ')) as unknown as string };
    bucketSteps({ ...AMAZON, region } as StateBucketNeed, undefined, { aws, gcloud: aws })[0]?.run();
    return calls[0];
  };
  expect(args('us-east-1')).toBe('s3api create-bucket --bucket=our-states --region=us-east-1');
  expect(args('eu-central-1')).toMatch(/--create-bucket-configuration=LocationConstraint=eu-central-1$/);
});

test('what else its policy says stays, when whoever asks without TLS is refused', () => {
  const own = { Sid: 'Auditors', Effect: 'Allow', Principal: { AWS: '210987654321' }, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::our-states' };
  const answer = (args: readonly string[]) => (args[1] === 'get-bucket-policy' ? { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [own] }) } : {});
  const aws = { ask: <T>(...args: string[]) => ({ is: 'there', value: answer(args) as T }) as const };
  const found = surveyBucket(AMAZON, { aws, gcloud: aws });
  const policy = found.is === 'there' && found.value?.flatMap(({ args }) => args).find((arg) => arg.startsWith('--policy='));
  expect(JSON.parse(`${policy}`.replace('--policy=', '')).Statement).toEqual([
    own,
    expect.objectContaining({ Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  ]);
});

test.each([
  ['Allow', 'false'],
  ['Deny', 'true'],
])('a policy that says %s where TLS is %s does not refuse whoever asks without it', (effect, tls) => {
  const policy = { Statement: [{ Effect: effect, Condition: { Bool: { 'aws:SecureTransport': tls } } }] };
  const aws = {
    ask: <T>(...args: string[]) => ({ is: 'there', value: (args[1] === 'get-bucket-policy' ? { Policy: JSON.stringify(policy) } : {}) as T }) as const,
  };
  const found = surveyBucket(AMAZON, { aws, gcloud: aws });
  expect(found.is === 'there' && found.value?.map(({ lacks }) => lacks)).toContain('it answers without TLS');
});

const ALL_BLOCKS = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
test.each([
  ['get-public-access-block', { PublicAccessBlockConfiguration: { ...ALL_BLOCKS, IgnorePublicAcls: false } }, 'it can be opened to the public'],
  ['get-public-access-block', { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }, 'it can be opened to the public'],
  ['get-bucket-versioning', { Status: 'Suspended' }, 'old versions are not kept'],
])('half of it is not enough: %s answers %j', (operation, half, lacks) => {
  const answers: Readonly<Record<string, object>> = {
    'get-public-access-block': { PublicAccessBlockConfiguration: ALL_BLOCKS },
    'get-bucket-versioning': { Status: 'Enabled' },
    'get-bucket-encryption': { ServerSideEncryptionConfiguration: { Rules: [] } },
    'get-bucket-policy': { Policy: JSON.stringify({ Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] }) },
  };
  const lacksOf = (all: typeof answers) => {
    const aws = { ask: <T>(_: string, what: string) => ({ is: 'there', value: (all[what] ?? {}) as T }) as const };
    const found = surveyBucket(AMAZON, { aws, gcloud: aws });
    return found.is === 'there' && found.value?.map((one) => one.lacks);
  };
  expect(lacksOf(answers)).toEqual([]);
  expect(lacksOf({ ...answers, [operation]: half })).toEqual([lacks]);
});

test.each([
  ['Google', GOOGLE, 'storage', 'roles/storage.bucketViewer on films'],
  ['Amazon', AMAZON, 's3api head-bucket', 's3:ListBucket on our-states'],
])('at %s nobody takes one for right that they may not look at', (_, need, denied, takes) => {
  const who = person();
  Object.assign(who.state, { buckets: ['our-states'], denied: [denied] });
  expect(surveyBucket(need, who)).toEqual({ is: 'refused' });
  expect(() => placeSteps([need], who as unknown as Parameters<typeof placeSteps>[1])).toThrow(`You may not look at the bucket our-states: it takes ${takes}`);
  expect(checkStateBucket(need, { ...who, env: {} } as unknown as World, 'films')).toMatchObject({ state: 'cannot be told', mend: [] });
});

test('who may not look at all of it is told nothing wrong', () => {
  const who = person();
  Object.assign(who.state, { buckets: ['our-states'], denied: ['s3api get-bucket-policy'] });
  expect(surveyBucket(AMAZON, who)).toEqual({ is: 'refused' });
});
