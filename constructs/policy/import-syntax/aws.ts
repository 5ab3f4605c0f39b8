import { NETWORK } from './aws-network';
import { regional, row } from './aws-rows';
import type { Importable, ImportSyntaxes } from './syntax';

const arn = (service: string, resource: string) => `arn:aws:${service}:{region}:<account>:${resource}`;

/** What belongs to a bucket is called by the bucket. */
const bucket = (name: string, get: string): Importable => row(name, '{bucket}', `s3api ${get} --bucket={bucket}`);

const EDGE: ImportSyntaxes = {
  aws_cloudfront_cache_policy: row(
    'cloudfront_cache_policy',
    '<uuid>',
    "cloudfront list-cache-policies --type=custom --query='CachePolicyList.Items[].CachePolicy.[Id,CachePolicyConfig.Name]'",
  ),
  aws_cloudfront_distribution: row(
    'cloudfront_distribution',
    '<distribution>',
    "cloudfront list-distributions --query='DistributionList.Items[].[Id,Comment]'",
  ),
  aws_cloudfront_function: row('cloudfront_function', '{name}', "cloudfront list-functions --query='FunctionList.Items[].Name'"),
  aws_cloudfront_origin_access_control: row(
    'cloudfront_origin_access_control',
    '<control>',
    "cloudfront list-origin-access-controls --query='OriginAccessControlList.Items[].[Id,Name]'",
  ),
  aws_cloudfront_response_headers_policy: row(
    'cloudfront_response_headers_policy',
    '<uuid>',
    "cloudfront list-response-headers-policies --type=custom --query='ResponseHeadersPolicyList.Items[].ResponseHeadersPolicy.[Id,ResponseHeadersPolicyConfig.Name]'",
  ),
  aws_route53_record: row(
    'route53_record',
    '{zone_id}_{name}_{type}',
    "route53 list-resource-record-sets --hosted-zone-id={zone_id} --query='ResourceRecordSets[].[Name,Type]'",
    'zone, name and type with underscores between; with a set identifier, that behind them',
  ),
  aws_route53_zone: row(
    'route53_zone',
    '<zone>',
    "route53 list-hosted-zones-by-name --dns-name={name} --query='HostedZones[].[Id,Name]'",
    'without the "/hostedzone/" before it',
  ),
  aws_acm_certificate: regional(
    'acm_certificate',
    arn('acm', 'certificate/<uuid>'),
    "acm list-certificates --query='CertificateSummaryList[].[CertificateArn,DomainName]'",
    'one for CloudFront is in us-east-1',
  ),
  aws_acm_certificate_validation: {
    never: 'there is no such object: it only waits until the certificate is valid',
    source: 'https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/acm_certificate_validation',
  },
  aws_lb: regional(
    'lb',
    arn('elasticloadbalancing', 'loadbalancer/app/{name}/<hex>'),
    "elbv2 describe-load-balancers --names={name} --query='LoadBalancers[].LoadBalancerArn'",
  ),
  aws_lb_listener: regional(
    'lb_listener',
    arn('elasticloadbalancing', 'listener/<listener*>'),
    "elbv2 describe-listeners --load-balancer-arn={load_balancer_arn} --query='Listeners[].[ListenerArn,Port]'",
  ),
  aws_lb_listener_rule: regional(
    'lb_listener_rule',
    arn('elasticloadbalancing', 'listener-rule/<rule*>'),
    "elbv2 describe-rules --listener-arn={listener_arn} --query='Rules[].[RuleArn,Priority]'",
  ),
  aws_lb_target_group: regional(
    'lb_target_group',
    arn('elasticloadbalancing', 'targetgroup/{name}/<hex>'),
    "elbv2 describe-target-groups --names={name} --query='TargetGroups[].TargetGroupArn'",
  ),
};

const IDENTITIES: ImportSyntaxes = {
  aws_iam_instance_profile: row('iam_instance_profile', '{name}', "iam list-instance-profiles --query='InstanceProfiles[].InstanceProfileName'"),
  aws_iam_openid_connect_provider: row(
    'iam_openid_connect_provider',
    'arn:aws:iam::<account>:oidc-provider/<host*>',
    "iam list-open-id-connect-providers --query='OpenIDConnectProviderList[].Arn'",
  ),
  aws_iam_policy: row('iam_policy', 'arn:aws:iam::<account>:policy/<name*>', "iam list-policies --scope=Local --query='Policies[].Arn'"),
  aws_iam_role: row('iam_role', '{name}', "iam list-roles --query='Roles[].RoleName'"),
  aws_iam_role_policy: row('iam_role_policy', '{role}:{name}', "iam list-role-policies --role-name={role} --query='PolicyNames'"),
  aws_iam_role_policy_attachment: row(
    'iam_role_policy_attachment',
    '{role}/{policy_arn*}',
    "iam list-attached-role-policies --role-name={role} --query='AttachedPolicies[].PolicyArn'",
  ),
  aws_iam_user: row('iam_user', '{name}', "iam list-users --query='Users[].UserName'"),
  aws_iam_user_policy: row('iam_user_policy', '{user}:{name}', "iam list-user-policies --user-name={user} --query='PolicyNames'"),
};

const REST: ImportSyntaxes = {
  aws_autoscaling_group: regional('autoscaling_group', '{name}', "autoscaling describe-auto-scaling-groups --query='AutoScalingGroups[].AutoScalingGroupName'"),
  aws_autoscaling_policy: regional(
    'autoscaling_policy',
    '{autoscaling_group_name}/{name}',
    "autoscaling describe-policies --auto-scaling-group-name={autoscaling_group_name} --query='ScalingPolicies[].PolicyName'",
  ),
  aws_cloudwatch_log_group: regional('cloudwatch_log_group', '{name*}', "logs describe-log-groups --query='logGroups[].logGroupName'"),
  aws_cloudwatch_metric_alarm: regional('cloudwatch_metric_alarm', '{alarm_name}', "cloudwatch describe-alarms --query='MetricAlarms[].AlarmName'"),
  aws_dlm_lifecycle_policy: regional('dlm_lifecycle_policy', 'policy-<hex>', "dlm get-lifecycle-policies --query='Policies[].[PolicyId,Description]'"),
  aws_emr_cluster: regional('emr_cluster', 'j-<cluster>', "emr list-clusters --active --query='Clusters[].[Id,Name]'"),
  aws_keyspaces_keyspace: regional('keyspaces_keyspace', '{name}', "keyspaces list-keyspaces --query='keyspaces[].keyspaceName'"),
  aws_keyspaces_table: regional(
    'keyspaces_table',
    '{keyspace_name}/{table_name}',
    "keyspaces list-tables --keyspace-name={keyspace_name} --query='tables[].tableName'",
  ),
  aws_kms_key: regional('kms_key', '<uuid>', "kms list-keys --query='Keys[].KeyId'"),
  aws_msk_cluster: regional(
    'msk_cluster',
    arn('kafka', 'cluster/{cluster_name}/<id>'),
    "kafka list-clusters-v2 --cluster-name-filter={cluster_name} --query='ClusterInfoList[].ClusterArn'",
  ),
  aws_msk_configuration: regional('msk_configuration', arn('kafka', 'configuration/{name}/<id>'), "kafka list-configurations --query='Configurations[].Arn'"),
  aws_secretsmanager_secret: regional(
    'secretsmanager_secret',
    arn('secretsmanager', 'secret:{name*}-<suffix>'),
    "secretsmanager list-secrets --filters='Key=name,Values={name}' --query='SecretList[].ARN'",
  ),
  aws_sns_topic_subscription: regional(
    'sns_topic_subscription',
    arn('sns', '<topic>:<uuid>'),
    "sns list-subscriptions-by-topic --topic-arn={topic_arn} --query='Subscriptions[].[SubscriptionArn,Endpoint]'",
  ),
  aws_sns_topic: regional('sns_topic', arn('sns', '{name}'), "sns list-topics --query='Topics[].TopicArn'"),
};

const BUCKETS: ImportSyntaxes = {
  aws_s3_bucket: row('s3_bucket', '{bucket}', "s3api list-buckets --query='Buckets[].Name'"),
  aws_s3_bucket_cors_configuration: bucket('s3_bucket_cors_configuration', 'get-bucket-cors'),
  aws_s3_bucket_lifecycle_configuration: bucket('s3_bucket_lifecycle_configuration', 'get-bucket-lifecycle-configuration'),
  aws_s3_bucket_ownership_controls: bucket('s3_bucket_ownership_controls', 'get-bucket-ownership-controls'),
  aws_s3_bucket_policy: bucket('s3_bucket_policy', 'get-bucket-policy'),
  aws_s3_bucket_public_access_block: bucket('s3_bucket_public_access_block', 'get-public-access-block'),
  aws_s3_bucket_server_side_encryption_configuration: bucket('s3_bucket_server_side_encryption_configuration', 'get-bucket-encryption'),
  aws_s3_bucket_versioning: bucket('s3_bucket_versioning', 'get-bucket-versioning'),
  aws_s3_object: row('s3_object', '{bucket}/{key*}', "s3api list-objects-v2 --bucket={bucket} --query='Contents[].Key'"),
};

export const AWS: ImportSyntaxes = { ...NETWORK, ...EDGE, ...IDENTITIES, ...REST, ...BUCKETS };
