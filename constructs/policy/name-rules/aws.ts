import { ANY, type Characters, LOWER_PREFIX, type NameRule } from './name-rule';

const EC2_API = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';

/** What Terraform appends to a `name_prefix`: a time stamp and a counter. */
const SUFFIX = 26;

const iam = (max: number): NameRule => ({
  argument: 'name',
  min: 1,
  max,
  pattern: /^[\w+=,.@-]+$/,
  legal: 'letters, digits and +=,.@_-',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
  also: [
    {
      argument: 'name_prefix',
      min: 1,
      max: max - SUFFIX,
      pattern: /^[\w+=,.@-]+$/,
      legal: 'letters, digits and +=,.@_-',
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    },
  ],
});

const elb = (source: string): NameRule => ({
  argument: 'name',
  min: 1,
  max: 32,
  pattern: /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
  legal: "letters, digits and hyphens, starting and ending with a letter or digit, not starting with 'internal-'",
  source,
  also: [
    {
      argument: 'name_prefix',
      min: 1,
      max: 32 - SUFFIX,
      pattern: /^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*$/,
      legal: 'letters, digits and hyphens, starting with a letter or digit',
      source,
    },
  ],
});

const rdsIdentifier = (argument: string): NameRule => ({
  argument,
  min: 1,
  max: 63,
  pattern: /^(?!.*--)[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
  legal: 'lower-case letters, digits and single hyphens, starting with a letter, ending with a letter or digit',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints',
});

const keyspaces = (argument: string): NameRule => ({
  argument,
  min: 1,
  max: 48,
  pattern: /^[A-Za-z0-9]\w*$/,
  legal: 'letters, digits and underscores, starting with a letter or digit',
  source: 'https://docs.aws.amazon.com/keyspaces/latest/APIReference/API_CreateTable.html',
});

const securityGroup: Characters = {
  pattern: /^(?!sg-)[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]+$/,
  legal: "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not starting with 'sg-'",
};
/** What EC2 takes as a description, of a group and of each of its rules: no apostrophe, for instance. */
const inGroups = (type: string): NameRule => ({
  argument: 'description',
  min: 0,
  max: 255,
  pattern: /^[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]*$/,
  legal: 'letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*',
  source: `${EC2_API}/API_${type}.html`,
});
/** Of what belongs to distributions. */
const edge = (type: string, max: number): NameRule => ({
  argument: 'name',
  min: 1,
  max,
  pattern: /^[A-Za-z0-9_-]+$/,
  legal: 'letters, digits, underscores and hyphens',
  source: `https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_${type}.html`,
});
const launchTemplate: Characters = { pattern: /^[A-Za-z0-9()./_-]+$/, legal: 'letters, digits and ()./_-' };

export const AWS_NAMES: Readonly<Record<string, NameRule>> = {
  aws_autoscaling_group: {
    argument: 'name',
    min: 1,
    max: 255,
    ...ANY,
    source: 'https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html',
    also: [
      {
        argument: 'name_prefix',
        min: 1,
        max: 255 - SUFFIX,
        ...ANY,
        source: 'https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html',
      },
    ],
  },
  aws_cloudfront_cache_policy: edge('CachePolicyConfig', 128),
  aws_cloudfront_function: edge('CreateFunction', 64),
  aws_cloudfront_origin_access_control: edge('OriginAccessControlConfig', 64),
  aws_cloudfront_response_headers_policy: edge('ResponseHeadersPolicyConfig', 128),
  aws_cloudwatch_log_group: {
    argument: 'name',
    min: 1,
    max: 512,
    pattern: /^[A-Za-z0-9_./#-]+$/,
    legal: 'letters, digits and _-/.#',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html',
  },
  aws_db_instance: rdsIdentifier('identifier'),
  aws_docdb_cluster: rdsIdentifier('cluster_identifier'),
  aws_dynamodb_table: {
    argument: 'name',
    min: 3,
    max: 255,
    pattern: /^[A-Za-z0-9_.-]+$/,
    legal: 'letters, digits and _.-',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html',
  },
  aws_ecr_repository: {
    argument: 'name',
    min: 2,
    max: 256,
    pattern: /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/,
    legal: 'lower-case letters, digits and single ._-/ between them',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html',
  },
  aws_dlm_lifecycle_policy: {
    argument: 'description',
    min: 1,
    max: 500,
    pattern: /^[0-9A-Za-z _-]+$/,
    legal: 'letters, digits, spaces, underscores and hyphens',
    source: 'https://docs.aws.amazon.com/dlm/latest/APIReference/API_CreateLifecyclePolicy.html',
  },
  aws_iam_instance_profile: iam(128),
  aws_iam_policy: iam(128),
  aws_iam_role: iam(64),
  aws_iam_user: { ...iam(64), also: [] },
  aws_key_pair: { argument: 'key_name', min: 1, max: 255, pattern: /^[\x20-\x7e]+$/, legal: 'ASCII', source: `${EC2_API}/API_CreateKeyPair.html` },
  aws_keyspaces_keyspace: keyspaces('name'),
  aws_keyspaces_table: keyspaces('table_name'),
  aws_kms_alias: {
    argument: 'name',
    min: 7,
    max: 256,
    pattern: /^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/,
    legal: "'alias/' and letters, digits and /_-, not 'alias/aws/'",
    source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html',
  },
  aws_launch_template: {
    argument: 'name',
    min: 3,
    max: 125,
    ...launchTemplate,
    source: `${EC2_API}/API_CreateLaunchTemplate.html`,
    also: [{ argument: 'name_prefix', min: 3, max: 99, ...launchTemplate, source: `${EC2_API}/API_CreateLaunchTemplate.html` }],
  },
  aws_lb: elb('https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html'),
  aws_lb_target_group: elb('https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html'),
  aws_msk_cluster: {
    argument: 'cluster_name',
    min: 1,
    max: 64,
    pattern: /^[A-Za-z0-9-]+$/,
    legal: 'letters, digits and hyphens',
    source: 'https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html',
  },
  aws_opensearch_domain: {
    argument: 'domain_name',
    min: 3,
    max: 28,
    ...LOWER_PREFIX,
    source: 'https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html',
  },
  aws_s3_bucket: {
    argument: 'bucket',
    min: 3,
    max: 63,
    pattern: /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    legal:
      'lower-case letters, digits, hyphens and single dots, starting and ending with a letter or digit, not an IP address, no reserved prefix or suffix (xn--, sthree-, -s3alias, --x-s3 ...)',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
    also: [
      {
        argument: 'bucket_prefix',
        min: 1,
        max: 63 - SUFFIX,
        pattern: /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)[a-z0-9][a-z0-9.-]*$/,
        legal: 'lower-case letters, digits, hyphens and single dots, starting with a letter or digit',
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
      },
    ],
  },
  aws_secretsmanager_secret: {
    argument: 'name',
    min: 1,
    max: 512,
    pattern: /^[A-Za-z0-9/_+=.@-]+$/,
    legal: 'letters, digits and /_+=.@-',
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html',
  },
  aws_security_group: {
    argument: 'name',
    min: 1,
    max: 255,
    ...securityGroup,
    source: `${EC2_API}/API_CreateSecurityGroup.html`,
    also: [
      {
        argument: 'name_prefix',
        min: 1,
        max: 100,
        ...securityGroup,
        source: 'https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group#name_prefix',
      },
      inGroups('CreateSecurityGroup'),
    ],
  },
  aws_sns_topic: {
    argument: 'name',
    min: 1,
    max: 256,
    pattern: /^[\w-]+(?:\.fifo)?$/,
    legal: 'letters, digits, underscores and hyphens',
    source: 'https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html',
  },
  aws_sqs_queue: {
    argument: 'name',
    min: 1,
    max: 80,
    pattern: /^[\w-]+(?:\.fifo)?$/,
    legal: 'letters, digits, underscores and hyphens',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html',
  },
  aws_vpc_security_group_egress_rule: inGroups('IpRange'),
  aws_vpc_security_group_ingress_rule: inGroups('IpRange'),
};
