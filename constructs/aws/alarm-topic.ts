import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';
import { policyDocument } from './policy-document';

/** Who keeps the key in order, by Terraform or by hand, reads nothing with it. */
const ADMINISTRATION = [
  'CancelKeyDeletion',
  'DescribeKey',
  'DisableKey',
  'DisableKeyRotation',
  'EnableKey',
  'EnableKeyRotation',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'ListKeyPolicies',
  'ListResourceTags',
  'PutKeyPolicy',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'UpdateKeyDescription',
].map((action) => `kms:${action}`);

/**
 * Who is told when something is wrong. Each address has to confirm by a link that AWS sends. Encrypted with a key of its own:
 * SNS's own one lets no alarm in.
 */
export class AlarmTopic extends Construct {
  readonly arn: SharedValue;

  constructor(scope: Construct, id: string, { name, emails }: { readonly name: string; readonly emails: readonly string[] }) {
    super(scope, id);
    const isProtected = EstateStack.of(this).protected;
    const account = new DataAwsCallerIdentity(this, 'account').accountId;
    const key = new KmsKey(this, 'key', {
      description: `What is told by ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: isProtected ? 30 : 7,
      policy: policyDocument([
        { Sid: 'Account', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: ADMINISTRATION, Resource: ['*'] },
        {
          Sid: 'Alarms',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: ['*'],
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ]),
      lifecycle: { preventDestroy: isProtected },
    });
    const topic = new SnsTopic(this, 'resource', { name, kmsMasterKeyId: key.arn });
    this.arn = new SharedValue(this, 'ALARMS', topic.arn, 'Alarms are published here');
    for (const address of emails) {
      new SnsTopicSubscription(this, address, { topicArn: topic.arn, protocol: 'email', endpoint: address });
    }
  }
}
