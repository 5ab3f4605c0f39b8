import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Construct } from 'constructs';
import type { CloudFunction } from './cloud-function';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';
import type { Topic } from './topic';

export interface ScheduleProps {
  readonly name: string;
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** @default 'Etc/UTC' */
  readonly timeZone?: string;
  readonly target:
    | { readonly publish: Topic; readonly message: string; readonly attributes?: Readonly<Record<string, string>> }
    /** Calls the function by POST, as `caller`. */
    | { readonly invoke: CloudFunction<never>; readonly caller: ServiceIdentity };
}

/** Does something at given times. A message that cannot be published is tried again; a call is not, the next one comes anyway. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { name, cron, timeZone = 'Etc/UTC', target }: ScheduleProps) {
    super(scope, id);
    const common = { name, region: googleOf(this).region, schedule: cron, timeZone };
    if ('publish' in target) {
      new CloudSchedulerJob(this, 'resource', {
        ...common,
        retryConfig: { retryCount: 3 },
        pubsubTarget: {
          topicName: target.publish.idSeenFrom(this),
          attributes: { ...target.attributes },
          data: Buffer.from(target.message).toString('base64'),
        },
      });
    } else {
      const { invoke, caller } = target;
      new CloudSchedulerJob(this, 'resource', {
        ...common,
        attemptDeadline: `${invoke.timeoutSeconds}s`, // three minutes otherwise
        httpTarget: { httpMethod: 'POST', uri: invoke.uri, oidcToken: { serviceAccountEmail: caller.email, audience: invoke.uri } },
        dependsOn: [invoke.grantInvoke(caller)],
      });
    }
  }
}
