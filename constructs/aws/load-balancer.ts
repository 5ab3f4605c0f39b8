import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { AlarmTopic } from './alarm-topic';
import type { Bucket } from './bucket';
import type { SecurityGroup } from './security-group';
import type { Vpc } from './vpc';

/** A port of a load balancer that has routes. */
export type Listener = LbListener;

export interface LoadBalancerProps {
  /** At most 32 characters. */
  readonly name: string;
  /** Reached from the Internet, with the reason. @default only from inside the network */
  readonly publicReason?: string;
  readonly vpc: Vpc;
  /** What may reach it, and what it may reach. */
  readonly groups: readonly SecurityGroup[];
  /** Every request is written down there. */
  readonly logs: Bucket;
  readonly alarms: AlarmTopic;
}

export interface TargetProps {
  /** Of the target group, at most 32 characters. */
  readonly name: string;
  /** Where the machines listen. */
  readonly port: number;
  /** Statuses below 500 mean that a service is there: not every service has a page that needs no login. */
  readonly healthPath: string;
}

/** ALB takes so many values in one rule. */
const VALUES_IN_A_RULE = 5;

/** An application load balancer: inside by default. */
export class LoadBalancer extends Construct {
  /** For alias records. */
  readonly alias: { readonly name: string; readonly zoneId: string };
  private readonly balancer: Lb;
  private readonly props: LoadBalancerProps;
  private priority = 0;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { name, publicReason, vpc, groups, logs } = props;
    this.props = props;
    const subnets = publicReason ? vpc.publicSubnets : vpc.privateSubnets;
    this.balancer = new Lb(this, 'resource', {
      name,
      internal: !publicReason,
      loadBalancerType: 'application',
      securityGroups: groups.map((group) => group.id.seenFrom(this)),
      subnets: [...subnets.values()].map((subnet) => subnet.seenFrom(this)),
      dropInvalidHeaderFields: true,
      accessLogs: { enabled: true, bucket: logs.name, prefix: name },
    });
    if (publicReason) EstateStack.of(this).suppress('aws-no-external-address', this.balancer, publicReason);
    this.alias = { name: this.balancer.dnsName, zoneId: this.balancer.zoneId };
  }

  /** Machines that requests may go to; returns the target group. */
  target(id: string, { name, port, healthPath }: TargetProps): string {
    const target = new LbTargetGroup(this, `${id}-targets`, {
      name,
      port,
      protocol: 'HTTP',
      vpcId: this.props.vpc.id.seenFrom(this),
      deregistrationDelay: '30',
      healthCheck: { path: healthPath, matcher: '200-499', interval: 15, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 4 },
    });
    new CloudwatchMetricAlarm(this, `${id}-unhealthy`, {
      alarmName: `${name}-unhealthy`,
      alarmDescription: `Machines behind ${name} do not answer. docs/runbooks/egf2.md, "A service is down"`,
      namespace: 'AWS/ApplicationELB',
      metricName: 'UnHealthyHostCount',
      dimensions: { TargetGroup: target.arnSuffix, LoadBalancer: this.balancer.arnSuffix },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      period: 60,
      evaluationPeriods: 10,
      treatMissingData: 'notBreaching',
      alarmActions: [this.props.alarms.arn.seenFrom(this)],
      okActions: [this.props.alarms.arn.seenFrom(this)],
    });
    return target.arn;
  }

  /** Sends what comes to `port` to one target. */
  forward(port: number, targetGroupArn: string): Listener {
    return new LbListener(this, `port-${port}`, {
      loadBalancerArn: this.balancer.arn,
      port,
      protocol: 'HTTP',
      defaultAction: [{ type: 'forward', targetGroupArn }],
    });
  }

  /** HTTPS, with answers of its own for what no route knows; HTTP leads there. */
  https(certificateArn: string): Listener {
    new LbListener(this, 'http', {
      loadBalancerArn: this.balancer.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [{ type: 'redirect', redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' } }],
    });
    return new LbListener(this, 'https', {
      loadBalancerArn: this.balancer.arn,
      port: 443,
      protocol: 'HTTPS',
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificateArn,
      defaultAction: [{ type: 'fixed-response', fixedResponse: { contentType: 'text/plain', messageBody: 'Not found', statusCode: '404' } }],
    });
  }

  /**
   * Sends these paths, and everything below them, to one target. Rules that replace each other in one deployment need different
   * priorities: `after` is added to them.
   */
  route(id: string, listener: Listener, paths: readonly string[], targetGroupArn: string, after = 0): void {
    const patterns = paths.flatMap((path) => [path, `${path}/*`]);
    for (let first = 0; first < patterns.length; first += VALUES_IN_A_RULE) {
      this.priority += 10;
      new LbListenerRule(this, `${id}-${first / VALUES_IN_A_RULE}`, {
        listenerArn: listener.arn,
        priority: this.priority + after,
        condition: [{ pathPattern: { values: patterns.slice(first, first + VALUES_IN_A_RULE) } }],
        action: [{ type: 'forward', targetGroupArn }],
      });
    }
  }
}
