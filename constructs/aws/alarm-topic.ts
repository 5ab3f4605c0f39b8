import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { SharedValue } from '../core/shared-value';

/** Who is told when something is wrong. Each address has to confirm by a link that AWS sends. */
export class AlarmTopic extends Construct {
  readonly arn: SharedValue;

  constructor(scope: Construct, id: string, { name, emails }: { readonly name: string; readonly emails: readonly string[] }) {
    super(scope, id);
    const topic = new SnsTopic(this, 'resource', { name, kmsMasterKeyId: 'alias/aws/sns' });
    this.arn = new SharedValue(this, 'ALARMS', topic.arn, 'Alarms are published here');
    for (const address of emails) {
      new SnsTopicSubscription(this, address.replaceAll(/[^a-zA-Z0-9-]+/g, '-'), { topicArn: topic.arn, protocol: 'email', endpoint: address });
    }
  }
}
