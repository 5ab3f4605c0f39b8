import { fail, type Printed, print } from './gcloud';
import type { CloudState } from './project';

const error = (code: string, operation: string, message: string): Printed => ({
  status: 254,
  stdout: '',
  stderr: `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`,
});

/** Call by call what the AWS CLI does to `state`, in its own words where the scripts read them. */
export function aws(args: readonly string[], input: string, state: CloudState): Printed {
  const option = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
  const [service = '', operation = ''] = args;
  const call = `${service} ${operation}`;
  if (state.denied.some((start) => call.startsWith(start)))
    return service === 's3api'
      ? error('403', 'HeadBucket', 'Forbidden')
      : error('AccessDeniedException', operation, `User: me is not authorized to perform: ${service}:${operation}`);
  if (service === 's3api') return bucketAnswer(operation, option, state);
  if (!state.awsAccount) return fail('Unable to locate credentials. You can configure credentials by running "aws configure".');
  if (service === 'sts') return print({ Account: state.awsAccount, Arn: `arn:aws:iam::${state.awsAccount}:user/me` });
  const zones = state.zones ?? {};
  if (operation === 'list-hosted-zones-by-name') {
    const own = Object.keys(zones).map((name) => ({ Id: `/hostedzone/Z-${name}`, Name: `${name}.`, Config: { PrivateZone: false } }));
    return print({ HostedZones: [{ Id: '/hostedzone/Z-other', Name: `${option('dns-name')}.`, Config: { PrivateZone: true } }, ...own] });
  }
  if (operation === 'get-hosted-zone') return print({ DelegationSet: { NameServers: zones[option('id').replace('Z-', '')] } });
  const versions = state.awsSecrets?.[option('secret-id')];
  if (!versions) return error('ResourceNotFoundException', 'DescribeSecret', "Secrets Manager can't find the specified secret.");
  if (operation === 'describe-secret') {
    const stages = versions.map((_, i) => [`v${i + 1}`, i === versions.length - 1 ? ['AWSCURRENT'] : []]);
    return print({
      ...(stages.length > 0 && { VersionIdsToStages: Object.fromEntries(stages) }),
      ...(state.deleted?.includes(option('secret-id')) && { DeletedDate: '2026-11-01' }),
    });
  }
  if (operation !== 'put-secret-value') return fail(`the stand-in aws does not know: ${args.join(' ')}`);
  versions.push(input);
  return print({ VersionId: `v${versions.length}` });
}

/** What Amazon says of a setting that nobody has made, by operation. */
const UNSET: Readonly<Record<string, Printed>> = {
  'public-access-block': error('NoSuchPublicAccessBlockConfiguration', 'GetPublicAccessBlock', 'The public access block configuration was not found'),
  'bucket-versioning': print(),
  'bucket-encryption': error('ServerSideEncryptionConfigurationNotFoundError', 'GetBucketEncryption', 'The server side encryption configuration was not found'),
  'bucket-policy': error('NoSuchBucketPolicy', 'GetBucketPolicy', 'The bucket policy does not exist'),
};

const ALL = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
const SET: Readonly<Record<string, object>> = {
  'public-access-block': { PublicAccessBlockConfiguration: Object.fromEntries(ALL.map((name) => [name, true])) },
  'bucket-versioning': { Status: 'Enabled' },
  'bucket-encryption': { ServerSideEncryptionConfiguration: { Rules: [] } },
  'bucket-policy': { Policy: JSON.stringify({ Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] }) },
};

function bucketAnswer(operation: string, option: (name: string) => string, state: CloudState): Printed {
  const bucket = option('bucket');
  if (operation === 'create-bucket') {
    state.buckets.push(bucket);
    state.bucketFacts = { ...state.bucketFacts, [bucket]: [] };
  }
  if (!state.buckets.includes(bucket)) return error('404', 'HeadBucket', 'Not Found');
  const facts = state.bucketFacts?.[bucket];
  const [verb, setting = ''] = operation.split(/-(.*)/);
  if (verb === 'put') facts?.push(setting);
  if (verb !== 'get') return print({ BucketRegion: 'x' });
  return facts === undefined || facts.includes(setting) ? print(SET[setting]) : (UNSET[setting] ?? fail(`the stand-in aws does not know: ${operation}`));
}
