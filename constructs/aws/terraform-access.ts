/** What narrows a row's actions to some things of the service. */
export type Narrowed = 'estate-buckets' | 'estate-identities' | 'own-objects';

/** What Terraform does with types of resources, as AWS's IAM says it. docs.aws.amazon.com/service-authorization/latest/reference */
export interface AwsAccess {
  readonly types: readonly string[];
  /** Actions of a plan: it looks at settings, never at what is inside. */
  readonly read: readonly string[];
  /** Actions of an apply besides. */
  readonly write: readonly string[];
  /** To what has the estate's name, or to what the stack itself has put into a bucket. @default everything of the service: ids are not known before */
  readonly narrowed?: Narrowed;
}

const of = (service: string, actions: string): string[] => actions.split(' ').map((action) => `${service}:${action}`);

/** What the provider itself asks. */
export const EVERYWHERE = ['sts:GetCallerIdentity'] as const;

/** A type without a row stops the synth: nobody could deploy it. */
export const AWS_ACCESS: readonly AwsAccess[] = [
  { types: ['data.aws_caller_identity', 'aws_acm_certificate_validation'], read: of('acm', 'DescribeCertificate'), write: [] },
  {
    types: ['aws_acm_certificate'],
    read: of('acm', 'DescribeCertificate ListTagsForCertificate'),
    write: of('acm', 'RequestCertificate DeleteCertificate AddTagsToCertificate RemoveTagsFromCertificate UpdateCertificateOptions'),
  },
  {
    types: ['aws_autoscaling_group', 'aws_autoscaling_policy'],
    read: [...of('autoscaling', 'Describe*'), ...of('ec2', 'DescribeInstances')],
    write: [
      ...of('autoscaling', 'CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup CreateOrUpdateTags DeleteTags PutScalingPolicy DeletePolicy'),
      ...of('autoscaling', 'StartInstanceRefresh CancelInstanceRefresh SetInstanceProtection EnableMetricsCollection DisableMetricsCollection'),
      ...of('autoscaling', 'AttachLoadBalancerTargetGroups DetachLoadBalancerTargetGroups AttachTrafficSources DetachTrafficSources'),
      ...of('ec2', 'RunInstances CreateTags'),
    ],
  },
  {
    types: [
      'aws_cloudfront_cache_policy',
      'aws_cloudfront_distribution',
      'aws_cloudfront_function',
      'aws_cloudfront_origin_access_control',
      'aws_cloudfront_response_headers_policy',
    ],
    read: of('cloudfront', 'Get* List* DescribeFunction'),
    write: [
      ...of('cloudfront', 'CreateCachePolicy UpdateCachePolicy DeleteCachePolicy CreateFunction UpdateFunction PublishFunction DeleteFunction'),
      ...of('cloudfront', 'CreateDistribution CreateDistributionWithTags UpdateDistribution DeleteDistribution TagResource UntagResource'),
      ...of('cloudfront', 'CreateOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl'),
      ...of('cloudfront', 'CreateResponseHeadersPolicy UpdateResponseHeadersPolicy DeleteResponseHeadersPolicy'),
    ],
  },
  {
    types: ['aws_cloudwatch_log_group'],
    read: of('logs', 'DescribeLogGroups ListTagsForResource'),
    write: of('logs', 'CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource'),
  },
  {
    types: ['aws_cloudwatch_metric_alarm'],
    read: of('cloudwatch', 'DescribeAlarms ListTagsForResource'),
    write: of('cloudwatch', 'PutMetricAlarm DeleteAlarms TagResource UntagResource'),
  },
  {
    types: ['aws_dlm_lifecycle_policy'],
    read: of('dlm', 'GetLifecyclePolicy GetLifecyclePolicies ListTagsForResource'),
    write: of('dlm', 'CreateLifecyclePolicy UpdateLifecyclePolicy DeleteLifecyclePolicy TagResource UntagResource'),
  },
  {
    types: ['aws_emr_cluster'],
    read: of('elasticmapreduce', 'Describe* List* GetAutoTerminationPolicy GetBlockPublicAccessConfiguration'),
    write: of('elasticmapreduce', 'RunJobFlow TerminateJobFlows ModifyInstanceGroups SetTerminationProtection AddTags RemoveTags PutAutoTerminationPolicy'),
  },
  {
    types: ['aws_default_security_group', 'aws_security_group', 'aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'],
    read: of('ec2', 'DescribeSecurityGroups DescribeSecurityGroupRules DescribeNetworkInterfaces'),
    write: [
      ...of('ec2', 'CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateTags DeleteTags'),
      ...of('ec2', 'RevokeSecurityGroupEgress RevokeSecurityGroupIngress ModifySecurityGroupRules'),
    ],
  },
  {
    types: ['aws_ebs_volume', 'aws_instance', 'aws_launch_template', 'aws_volume_attachment'],
    read: of('ec2', 'Describe*'),
    write: [
      ...of(
        'ec2',
        'CreateVolume DeleteVolume ModifyVolume AttachVolume DetachVolume RunInstances TerminateInstances StopInstances StartInstances CreateTags DeleteTags',
      ),
      ...of(
        'ec2',
        'ModifyInstanceAttribute ModifyInstanceMetadataOptions ModifyInstanceMaintenanceOptions AssociateIamInstanceProfile ReplaceIamInstanceProfileAssociation',
      ),
      ...of('ec2', 'CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate DeleteLaunchTemplateVersions'),
    ],
  },
  {
    types: [
      'aws_eip',
      'aws_internet_gateway',
      'aws_nat_gateway',
      'aws_route',
      'aws_route_table',
      'aws_route_table_association',
      'aws_subnet',
      'aws_vpc',
      'aws_vpc_endpoint',
    ],
    read: of('ec2', 'Describe*'),
    write: [
      ...of('ec2', 'AllocateAddress ReleaseAddress AssociateAddress DisassociateAddress CreateNatGateway DeleteNatGateway CreateTags DeleteTags'),
      ...of('ec2', 'CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway CreateRoute ReplaceRoute DeleteRoute'),
      ...of('ec2', 'CreateRouteTable DeleteRouteTable AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation'),
      ...of('ec2', 'CreateSubnet ModifySubnetAttribute DeleteSubnet CreateVpc ModifyVpcAttribute DeleteVpc'),
      ...of('ec2', 'CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints'),
    ],
  },
  {
    types: ['aws_iam_instance_profile', 'aws_iam_role', 'aws_iam_role_policy', 'aws_iam_role_policy_attachment', 'aws_iam_user', 'aws_iam_user_policy'],
    narrowed: 'estate-identities',
    read: [
      ...of('iam', 'GetRole GetRolePolicy GetInstanceProfile GetUser GetUserPolicy ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole'),
      ...of('iam', 'ListRoleTags ListUserTags ListInstanceProfileTags'),
    ],
    write: [
      ...of('iam', 'CreateRole DeleteRole UpdateRole UpdateAssumeRolePolicy TagRole UntagRole PutRolePolicy DeleteRolePolicy PassRole'),
      ...of('iam', 'AttachRolePolicy DetachRolePolicy CreateInstanceProfile DeleteInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile'),
      ...of('iam', 'TagInstanceProfile UntagInstanceProfile CreateUser DeleteUser UpdateUser TagUser UntagUser PutUserPolicy DeleteUserPolicy'),
      ...of('iam', 'ListGroupsForUser ListAccessKeys ListMFADevices ListSSHPublicKeys ListVirtualMFADevices ListSigningCertificates'),
    ],
  },
  {
    types: ['aws_keyspaces_keyspace', 'aws_keyspaces_table'],
    read: of('cassandra', 'Select ListTagsForResource'),
    write: of('cassandra', 'Create Alter Drop TagResource UntagResource'),
  },
  {
    types: ['aws_kms_key'],
    read: of('kms', 'DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags'),
    write: of('kms', 'CreateKey PutKeyPolicy EnableKeyRotation DisableKeyRotation ScheduleKeyDeletion UpdateKeyDescription TagResource UntagResource'),
  },
  {
    types: ['aws_lb', 'aws_lb_listener', 'aws_lb_listener_rule', 'aws_lb_target_group'],
    read: [...of('elasticloadbalancing', 'Describe*'), ...of('ec2', 'DescribeSubnets DescribeSecurityGroups DescribeVpcs GetSecurityGroupsForVpc')],
    write: [
      ...of('elasticloadbalancing', 'CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets AddTags RemoveTags'),
      ...of('elasticloadbalancing', 'CreateListener ModifyListener ModifyListenerAttributes DeleteListener CreateRule ModifyRule SetRulePriorities DeleteRule'),
      ...of('elasticloadbalancing', 'CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup RegisterTargets DeregisterTargets'),
    ],
  },
  {
    types: ['aws_msk_cluster', 'aws_msk_configuration'],
    read: [...of('kafka', 'Describe* List* GetBootstrapBrokers'), ...of('ec2', 'DescribeSubnets DescribeSecurityGroups DescribeVpcs')],
    write: [
      ...of('kafka', 'CreateCluster DeleteCluster UpdateBrokerCount UpdateBrokerStorage UpdateBrokerType UpdateClusterConfiguration UpdateClusterKafkaVersion'),
      ...of('kafka', 'UpdateMonitoring UpdateSecurity CreateConfiguration UpdateConfiguration DeleteConfiguration TagResource UntagResource'),
    ],
  },
  {
    types: ['aws_route53_record', 'aws_route53_zone'],
    read: of('route53', 'GetHostedZone GetChange ListResourceRecordSets ListTagsForResource ListHostedZones'),
    write: of('route53', 'ChangeResourceRecordSets CreateHostedZone DeleteHostedZone UpdateHostedZoneComment AssociateVPCWithHostedZone ChangeTagsForResource'),
  },
  {
    types: [
      'aws_s3_bucket',
      'aws_s3_bucket_cors_configuration',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_policy',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
    ],
    narrowed: 'estate-buckets',
    read: of('s3', 'GetBucket* GetLifecycleConfiguration GetEncryptionConfiguration GetReplicationConfiguration GetAccelerateConfiguration ListBucket'),
    write: [
      ...of('s3', 'CreateBucket DeleteBucket PutBucketTagging PutBucketCORS PutLifecycleConfiguration PutBucketOwnershipControls PutBucketPolicy'),
      ...of('s3', 'DeleteBucketPolicy PutBucketPublicAccessBlock PutEncryptionConfiguration PutBucketVersioning PutBucketAcl'),
    ],
  },
  {
    types: ['aws_s3_object'],
    narrowed: 'own-objects',
    read: of('s3', 'GetObject GetObjectTagging'), // there is no other way to look at what Terraform has put there
    write: of('s3', 'PutObject PutObjectTagging DeleteObject DeleteObjectVersion ListBucketVersions'),
  },
  {
    types: ['aws_secretsmanager_secret'],
    read: of('secretsmanager', 'DescribeSecret GetResourcePolicy'),
    write: of('secretsmanager', 'CreateSecret UpdateSecret DeleteSecret RestoreSecret TagResource UntagResource'),
  },
  {
    types: ['aws_sns_topic', 'aws_sns_topic_subscription'],
    read: of('sns', 'GetTopicAttributes GetSubscriptionAttributes ListTagsForResource'),
    write: of('sns', 'CreateTopic SetTopicAttributes DeleteTopic Subscribe Unsubscribe SetSubscriptionAttributes TagResource UntagResource'),
  },
];
