import type { StateBucketNeed } from '../../../constructs/core/need';
import type { Answer, Tool } from '../tool';
import type { Lack } from './bucket';

type AmazonNeed = Extract<StateBucketNeed, { readonly type: 's3' }>;

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Condition?: { readonly Bool?: Readonly<Record<string, unknown>> };
}

interface Policy {
  readonly Version?: string;
  readonly Statement?: readonly Statement[];
}

/** What the bucket says when it is asked with `operation`; nothing where that was never set. */
interface Fact {
  readonly operation: string;
  readonly lacks: string;
  readonly mends: string;
  readonly holds: (answer: Readonly<Record<string, unknown>>) => boolean;
  /** The command's own part; what was answered stays in it. */
  readonly mend: (bucket: string, answer: Readonly<Record<string, unknown>>) => readonly string[];
}

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
const TLS_ONLY = 'OnlyByTls';

/** Terraform locks with an object beside the state (`use_lockfile`): that takes no setting, and no table. */
const FACTS: readonly Fact[] = [
  {
    operation: 'public-access-block',
    lacks: 'it can be opened to the public',
    mends: 'let nobody open it to the public',
    holds: ({ PublicAccessBlockConfiguration: blocks = {} }) => BLOCKS.every((name) => (blocks as Record<string, unknown>)[name] === true),
    mend: () => [`--public-access-block-configuration=${BLOCKS.map((name) => `${name}=true`).join(',')}`],
  },
  {
    operation: 'bucket-versioning',
    lacks: 'old versions are not kept',
    mends: 'keep old versions',
    holds: ({ Status: status }) => status === 'Enabled',
    mend: () => ['--versioning-configuration=Status=Enabled'],
  },
  {
    operation: 'bucket-encryption',
    lacks: 'it is not encrypted',
    mends: 'encrypt what is in it',
    holds: ({ ServerSideEncryptionConfiguration: configuration }) => configuration !== undefined,
    mend: () => [`--server-side-encryption-configuration=${JSON.stringify({ Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] })}`],
  },
  {
    operation: 'bucket-policy',
    lacks: 'it answers without TLS',
    mends: 'refuse whoever asks without TLS',
    holds: (answer) => policyOf(answer).Statement?.some(refusesPlainText) === true,
    mend: (bucket, answer) => [`--policy=${JSON.stringify(withTlsOnly(bucket, policyOf(answer)))}`],
  },
];

export function amazonLacks(need: AmazonNeed, aws: Pick<Tool, 'ask'>): Answer<readonly Lack[]> {
  const at = [`--bucket=${need.bucket}`, `--region=${need.region}`];
  const found = aws.ask('s3api', 'head-bucket', ...at, '--output=json');
  if (found.is !== 'there') return found;
  const lacks: Lack[] = [];
  for (const fact of FACTS) {
    const answer = aws.ask<Readonly<Record<string, unknown>>>('s3api', `get-${fact.operation}`, ...at, '--output=json');
    if (answer.is === 'refused' || answer.is === 'off') return answer;
    const value = (answer.is === 'there' && answer.value) || {};
    if (!fact.holds(value)) lacks.push(lackOf(need, fact, value));
  }
  return { is: 'there', value: lacks };
}

export function createAmazon(need: AmazonNeed): { readonly create: Pick<Lack, 'mends' | 'args'>; readonly after: readonly Lack[] } {
  const { bucket, region } = need;
  // the one region that must not be named: it is where buckets are made otherwise
  const place = region === 'us-east-1' ? [] : [`--create-bucket-configuration=LocationConstraint=${region}`];
  return {
    create: { mends: `make it in ${region}`, args: ['s3api', 'create-bucket', `--bucket=${bucket}`, `--region=${region}`, ...place] },
    after: FACTS.map((fact) => lackOf(need, fact, {})),
  };
}

function lackOf({ bucket, region }: AmazonNeed, { operation, lacks, mends, mend }: Fact, answer: Readonly<Record<string, unknown>>): Lack {
  return { lacks, mends, args: ['s3api', `put-${operation}`, `--bucket=${bucket}`, `--region=${region}`, ...mend(bucket, answer)] };
}

/** A policy is a text in the answer. */
function policyOf({ Policy: text }: Readonly<Record<string, unknown>>): Policy {
  return typeof text === 'string' ? (JSON.parse(text) as Policy) : {};
}

function refusesPlainText({ Effect: effect, Condition: condition }: Statement): boolean {
  return effect === 'Deny' && `${condition?.Bool?.['aws:SecureTransport']}` === 'false';
}

/** Whatever else the policy says stays. */
function withTlsOnly(bucket: string, { Statement: statements = [] }: Policy): Policy {
  const own = {
    Sid: TLS_ONLY,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return { Version: '2012-10-17', Statement: [...statements.filter(({ Sid: sid }) => sid !== TLS_ONLY), own] };
}
