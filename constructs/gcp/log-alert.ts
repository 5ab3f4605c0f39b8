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

/** Counts log lines, and alerts as soon as there is one. */
export class LogAlert extends Construct {
  constructor(scope: Construct, id: string, { name, filter, remedy, channels }: LogAlertProps) {
    super(scope, id);
    const metric = new LoggingMetric(this, 'metric', { name, filter, metricDescriptor: { metricKind: 'DELTA', valueType: 'INT64' } });
    new MonitoringAlertPolicy(this, 'resource', {
      displayName: name,
      combiner: 'OR',
      conditions: [
        {
          displayName: `${name} above zero`,
          conditionThreshold: {
            filter: `metric.type="logging.googleapis.com/user/${metric.name}" AND resource.type="cloud_run_revision"`,
            comparison: 'COMPARISON_GT',
            thresholdValue: 0,
            duration: '0s',
            aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_DELTA', crossSeriesReducer: 'REDUCE_SUM' }],
          },
        },
      ],
      documentation: { content: remedy, mimeType: 'text/markdown' },
      alertStrategy: { autoClose: '86400s' },
      notificationChannels: channels.map(({ channel }) => channel),
    });
  }
}
