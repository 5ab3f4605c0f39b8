import { LoggingMetric } from '@cdktf/provider-google/lib/logging-metric';
import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { Construct } from 'constructs';
import type { LogAlertProps } from './log-alert';

export interface LogAbsenceAlertProps extends LogAlertProps {
  /** Seconds of silence that are too long, 180 to 84,600. */
  readonly silenceSeconds: number;
}

/** Alerts when a log line that should come again and again does not come. */
export class LogAbsenceAlert extends Construct {
  constructor(scope: Construct, id: string, { name, filter, remedy, channels, silenceSeconds }: LogAbsenceAlertProps) {
    super(scope, id);
    const metric = new LoggingMetric(this, 'metric', { name, filter, metricDescriptor: { metricKind: 'DELTA', valueType: 'INT64' } });
    new MonitoringAlertPolicy(this, 'resource', {
      displayName: name,
      combiner: 'OR',
      conditions: [
        {
          displayName: `nothing for ${silenceSeconds} seconds`,
          conditionAbsent: {
            filter: `metric.type="logging.googleapis.com/user/${metric.name}" AND resource.type="cloud_run_revision"`,
            duration: `${silenceSeconds}s`,
            aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_DELTA', crossSeriesReducer: 'REDUCE_SUM' }],
          },
        },
      ],
      documentation: { content: remedy, mimeType: 'text/markdown' },
      notificationChannels: channels.map(({ channel }) => channel),
    });
  }
}
