import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { Namespace } from './namespace';
import { type PodProps, podSpec } from './pod';
import { type Labels, labelsOf } from './provider';

export interface ScheduledJobProps extends Omit<PodProps, 'check' | 'restartsWhenUnwell' | 'ports'> {
  readonly namespace: Namespace;
  /** By which its pod is found. */
  readonly labels: Labels;
  /** When, in UTC: minute, hour, day, month, weekday. */
  readonly schedule: string;
  /** Seconds after its time when it is not begun any more. */
  readonly beginSeconds: number;
  /** Seconds after which it is ended. */
  readonly deadlineSeconds: number;
  /** Labels of a pod on whose node it runs, for a disk that is that one's. @default any node */
  readonly beside?: Labels;
  /** Another one when a file of its config maps is. */
  readonly filesHash?: string;
}

/** Runs again and again, never twice at once. One that failed is not tried again before its next time. */
export class ScheduledJob extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledJobProps) {
    super(scope, id);
    const { name, namespace, labels, schedule, beginSeconds, deadlineSeconds, beside, filesHash } = props;
    const all = { ...labelsOf(EstateStack.of(this)), ...labels };
    const neighbour = beside && [{ labelSelector: [{ matchLabels: { ...beside } }], topologyKey: 'kubernetes.io/hostname' }];
    new CronJobV1(this, 'resource', {
      metadata: { name, namespace: namespace.reference, labels: all },
      spec: {
        schedule,
        timezone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: beginSeconds,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: all },
          spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: deadlineSeconds,
            template: {
              metadata: { labels: all, ...(filesHash !== undefined && { annotations: { 'files-hash': filesHash } }) },
              spec: {
                ...podSpec({ ...props, restartsWhenUnwell: false }),
                restartPolicy: 'Never',
                ...(neighbour && { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: neighbour } } }),
              },
            },
          },
        },
      },
    });
  }
}
