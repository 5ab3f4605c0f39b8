import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { Construct } from 'constructs';
import type { EmailChannel } from './email-channel';

export interface BacklogAlertProps {
  readonly name: string;
  /** Name of the subscription that should be empty. */
  readonly subscription: string;
  /** What to do about it. Markdown. */
  readonly remedy: string;
  readonly channels: readonly EmailChannel[];
}

/** Alerts while messages lie in a subscription that nobody reads by itself. */
export class BacklogAlert extends Construct {
  constructor(scope: Construct, id: string, { name, subscription, remedy, channels }: BacklogAlertProps) {
    super(scope, id);
    new MonitoringAlertPolicy(this, 'resource', {
      displayName: name,
      combiner: 'OR',
      conditions: [
        {
          displayName: `messages in ${subscription}`,
          conditionThreshold: {
            filter: `metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.type="pubsub_subscription" AND resource.labels.subscription_id="${subscription}"`,
            comparison: 'COMPARISON_GT',
            thresholdValue: 0,
            duration: '0s',
            aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MAX' }],
          },
        },
      ],
      documentation: { content: remedy, mimeType: 'text/markdown' },
      notificationChannels: channels.map(({ channel }) => channel),
    });
  }
}
