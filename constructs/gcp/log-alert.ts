import { LoggingMetric } from '@cdktf/provider-google/lib/logging-metric';
import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { Construct } from 'constructs';
import type { EmailChannel } from './email-channel';

export interface LogAlertProps {
  /** Name of the metric and of the alert. */
  readonly name: string;
  /** Which log lines: a filter of Cloud Logging. */
  readonly filter: string;
  /** What to do about it, for whoever is woken up. Markdown. */
  readonly remedy: string;
  readonly channels: readonly EmailChannel[];
}

/** Alerts for every log line of a kind, five minutes apart at least, and counts them. */
export class LogAlert extends Construct {
  constructor(scope: Construct, id: string, { name, filter, remedy, channels }: LogAlertProps) {
    super(scope, id);
    new LoggingMetric(this, 'metric', { name, filter, metricDescriptor: { metricKind: 'DELTA', valueType: 'INT64' } });
    // Not on the metric: an incident of a counter that says nothing more stays open, and a second line within it would tell nobody.
    new MonitoringAlertPolicy(this, 'resource', {
      displayName: name,
      combiner: 'OR',
      conditions: [{ displayName: name, conditionMatchedLog: { filter } }],
      documentation: { content: remedy, mimeType: 'text/markdown' },
      alertStrategy: { autoClose: '1800s', notificationRateLimit: { period: '300s' } },
      notificationChannels: channels.map(({ channel }) => channel),
    });
  }
}
