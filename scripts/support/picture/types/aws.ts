import { type Arguments, argument, EVERYBODY, type Mention, nameIn, part, type Treatment } from '../treatment';

/** What the actions of a policy's statement amount to. */
const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/:(Get|List|Describe|Select|Read)/, 'reads'],
  [/:(Put|Post|Delete|Write|Modify|Insert|Update|Upload)/, 'writes'],
];

interface Statement {
  readonly Action?: string | readonly string[];
}

/** Of all statements in one policy. */
function policySays({ policy }: Arguments): string | undefined {
  if (typeof policy !== 'string' || !policy.startsWith('{')) return undefined;
  const { Statement: statements = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  const actions = [statements].flat().flatMap(({ Action = [] }) => Action);
  const words = ACTIONS.filter(([pattern]) => actions.some((action) => pattern.test(action))).map(([, word]) => word);
  return words.length > 0 ? words.join(', ') : undefined;
}

const nothing = () => 'none' as const;

export const AWS: Readonly<Record<string, Treatment>> = {
  aws_acm_certificate: { shown: 'names', what: 'certificate' },
  aws_acm_certificate_validation: { part: true, flow: ({ at }: Mention) => (at === 'certificate_arn' ? 'to' : 'none') },
  aws_autoscaling_group: {
    shown: 'compute',
    what: 'machines, replaced when unwell',
    flow: ({ at }: Mention) => (at.startsWith('target_group_arns') ? 'back' : 'to'),
  },
  aws_autoscaling_policy: part,
  aws_cloudfront_cache_policy: part,
  aws_cloudfront_distribution: { shown: 'entry', what: 'CDN', open: () => true },
  aws_cloudfront_function: part,
  aws_cloudfront_origin_access_control: part,
  aws_cloudfront_origin_request_policy: part,
  aws_cloudfront_response_headers_policy: part,
  aws_cloudwatch_log_group: part,
  aws_cloudwatch_metric_alarm: { part: true, says: ({ target }: Mention) => (target.type === 'aws_sns_topic' ? 'alarms' : undefined) },
  aws_default_security_group: part,
  aws_dlm_lifecycle_policy: { shown: 'watch', what: 'daily snapshots' },
  aws_ebs_volume: part,
  aws_eip: part,
  aws_emr_cluster: { shown: 'compute', what: 'Spark (EMR)' },
  aws_iam_access_key: part,
  aws_iam_instance_profile: { standsForUsers: true, usedAt: /iam_instance_profile|instance_profile$/, what: 'account' },
  aws_iam_role: { standsForUsers: true, usedAt: /^(role|service_role|execution_role_arn|iam_role)$|instance_profile/, what: 'account' },
  aws_iam_role_policy: { from: 'role', says: policySays },
  aws_iam_role_policy_attachment: { leftOut: 'a policy of AWS itself' },
  aws_iam_user: { standsForUsers: true, usedAt: /^$/, what: 'account' },
  aws_iam_user_policy: { from: 'user', says: policySays },
  aws_instance: { shown: 'compute', what: 'machine' },
  aws_internet_gateway: part,
  aws_keyspaces_keyspace: { shown: 'database', what: 'Keyspaces' },
  aws_keyspaces_table: part,
  aws_kms_key: part,
  aws_launch_template: part,
  aws_lb: {
    shown: 'entry',
    what: 'load balancer',
    open: ({ internal }: Arguments) => internal !== true,
    says: ({ at }: Mention) => (at.startsWith('access_logs') ? 'logs' : undefined),
  },
  aws_lb_listener: part,
  aws_lb_listener_rule: part,
  aws_lb_target_group: part,
  aws_msk_cluster: { shown: 'queue', what: 'Kafka (MSK)' },
  aws_msk_configuration: part,
  aws_nat_gateway: { part: true, leadsOut: () => true },
  aws_route: part,
  aws_route53_record: nameIn('zone_id'),
  aws_route53_zone: { shown: 'names', what: 'DNS zone', flow: nothing },
  aws_route_table: part,
  aws_route_table_association: part,
  aws_s3_bucket: { shown: 'storage', what: 'bucket', called: { own: 'bucket', as: ['bucket=', ':::'] } },
  aws_s3_bucket_cors_configuration: part,
  aws_s3_bucket_lifecycle_configuration: part,
  aws_s3_bucket_ownership_controls: part,
  aws_s3_bucket_policy: { part: true, flow: nothing },
  aws_s3_bucket_public_access_block: part,
  aws_s3_bucket_server_side_encryption_configuration: part,
  aws_s3_bucket_versioning: part,
  aws_s3_object: part,
  aws_secretsmanager_secret: { shown: 'security', what: 'secret', gathered: 'secrets' },
  aws_security_group: { standsForUsers: true, usedAt: /security_group|managed_(master|slave)|service_access/, what: 'security group' },
  aws_sns_topic: { shown: 'watch', what: 'alarms' },
  aws_sns_topic_subscription: { leftOut: 'where an alarm goes: a person' },
  aws_subnet: part,
  aws_volume_attachment: part,
  aws_vpc: { shown: 'entry', what: 'network' },
  aws_vpc_endpoint: { part: true, flow: nothing },
  aws_vpc_security_group_egress_rule: { leftOut: 'the way in says who talks to whom' },
  aws_vpc_security_group_ingress_rule: {
    from: 'referenced_security_group_id',
    says: ({ from_port: port }: Arguments) => (typeof port === 'number' ? String(port) : undefined),
    fromEverybody: (config: Arguments) => EVERYBODY.test(String(argument(config, 'cidr_ipv4'))),
  },
};
