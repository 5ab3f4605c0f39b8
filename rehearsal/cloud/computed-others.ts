import type { Templates } from './template';

const aws = (source: string, templates: Readonly<Record<string, string>>): Templates => ({ source: `https://docs.aws.amazon.com/${source}`, ...templates });

/** An EC2 object: AWS makes up its id; the ARN ends with it. */
const ec2 = (prefix: string, resource: string, more: Readonly<Record<string, string>> = {}): Templates =>
  aws('service-authorization/latest/reference/list_amazonec2.html', {
    id: `${prefix}-{hash:17}`,
    arn: `arn:aws:ec2:{@region}:{@account}:${resource}/{id}`,
    ...more,
  });

const IAM = 'service-authorization/latest/reference/list_identityandaccessmanagement.html';
const edge = (templates: Readonly<Record<string, string>>) => aws('service-authorization/latest/reference/list_amazoncloudfront.html', templates);
const ELB = 'elasticloadbalancing/latest/APIReference/API_LoadBalancer.html';

export const AWS: Readonly<Record<string, Templates>> = {
  aws_acm_certificate: aws('acm/latest/APIReference/API_CertificateDetail.html', {
    id: '{arn}',
    arn: 'arn:aws:acm:{@region}:{@account}:certificate/{uuid}',
    'domain_validation_options.resource_record_name': '_{hash:32}.{domain_name}.',
    'domain_validation_options.resource_record_type': 'CNAME',
    'domain_validation_options.resource_record_value': '_{hash:32}.{hash:10}.acm-validations.aws.',
  }),
  aws_autoscaling_group: aws('service-authorization/latest/reference/list_amazonec2autoscaling.html', {
    id: '{name}',
    arn: 'arn:aws:autoscaling:{@region}:{@account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}',
  }),
  aws_backup_vault: aws('service-authorization/latest/reference/list_awsbackup.html', {
    id: '{name}',
    arn: 'arn:aws:backup:{@region}:{@account}:backup-vault:{name}',
  }),
  aws_cloudfront_cache_policy: edge({ id: '{uuid}', arn: 'arn:aws:cloudfront::{@account}:cache-policy/{id}' }),
  aws_cloudfront_distribution: edge({
    id: 'E{HASH:13}',
    arn: 'arn:aws:cloudfront::{@account}:distribution/{id}',
    domain_name: 'd{hash:13}.cloudfront.net',
    hosted_zone_id: 'Z2FDTNDATAQYW2',
  }),
  aws_cloudfront_function: edge({ id: '{name}', arn: 'arn:aws:cloudfront::{@account}:function/{name}' }),
  aws_cloudfront_origin_access_control: edge({ id: 'E{HASH:13}', arn: 'arn:aws:cloudfront::{@account}:origin-access-control/{id}' }),
  aws_cloudfront_response_headers_policy: edge({ id: '{uuid}', arn: 'arn:aws:cloudfront::{@account}:response-headers-policy/{id}' }),
  aws_cloudwatch_log_group: aws('service-authorization/latest/reference/list_amazoncloudwatchlogs.html', {
    id: '{name}',
    arn: 'arn:aws:logs:{@region}:{@account}:log-group:{name}',
  }),
  aws_dynamodb_table: aws('service-authorization/latest/reference/list_amazondynamodb.html', {
    id: '{name}',
    arn: 'arn:aws:dynamodb:{@region}:{@account}:table/{name}',
  }),
  aws_ebs_volume: ec2('vol', 'volume'),
  aws_eip: ec2('eipalloc', 'elastic-ip', { allocation_id: '{id}', public_ip: '{ip}' }),
  aws_iam_instance_profile: aws(IAM, { id: '{name}', arn: 'arn:aws:iam::{@account}:instance-profile/{name}', unique_id: 'AIPA{HASH:17}' }),
  aws_iam_policy: aws(IAM, { id: '{arn}', arn: 'arn:aws:iam::{@account}:policy{path=/}{name}', policy_id: 'ANPA{HASH:17}' }),
  aws_iam_openid_connect_provider: aws(IAM, { id: '{arn}', arn: 'arn:aws:iam::{@account}:oidc-provider/{hash:12}' }),
  aws_iam_role: aws(IAM, { id: '{name}', arn: 'arn:aws:iam::{@account}:role{path=/}{name}', unique_id: 'AROA{HASH:17}' }),
  aws_iam_user: aws(IAM, { id: '{name}', arn: 'arn:aws:iam::{@account}:user{path=/}{name}', unique_id: 'AIDA{HASH:17}' }),
  aws_instance: ec2('i', 'instance'),
  aws_internet_gateway: ec2('igw', 'internet-gateway'),
  aws_key_pair: ec2('key', 'key-pair', { id: '{key_name}', key_pair_id: 'key-{hash:17}', arn: 'arn:aws:ec2:{@region}:{@account}:key-pair/{key_name}' }),
  aws_keyspaces_keyspace: aws('service-authorization/latest/reference/list_amazonkeyspacesforapachecassandra.html', {
    id: '{name}',
    arn: 'arn:aws:cassandra:{@region}:{@account}:/keyspace/{name}/',
  }),
  aws_kms_key: aws('service-authorization/latest/reference/list_awskeymanagementservice.html', {
    id: '{key_id}',
    key_id: '{uuid}',
    arn: 'arn:aws:kms:{@region}:{@account}:key/{key_id}',
  }),
  aws_launch_template: ec2('lt', 'launch-template'),
  aws_lb: aws(ELB, {
    id: '{arn}',
    arn: 'arn:aws:elasticloadbalancing:{@region}:{@account}:loadbalancer/app/{name}/{hash:16}',
    arn_suffix: 'app/{name}/{hash:16}',
    dns_name: '{name}-{hash:8}.{@region}.elb.amazonaws.com',
  }),
  aws_lb_listener: aws(ELB, { id: '{arn}', arn: 'arn:aws:elasticloadbalancing:{@region}:{@account}:listener/{hash:16}' }),
  aws_lb_listener_rule: aws(ELB, { id: '{arn}', arn: 'arn:aws:elasticloadbalancing:{@region}:{@account}:listener-rule/{hash:16}' }),
  aws_lb_target_group: aws(ELB, {
    id: '{arn}',
    arn: 'arn:aws:elasticloadbalancing:{@region}:{@account}:targetgroup/{name}/{hash:16}',
    arn_suffix: 'targetgroup/{name}/{hash:16}',
  }),
  aws_msk_cluster: aws('msk/1.0/apireference/clusters.html', {
    id: '{arn}',
    arn: 'arn:aws:kafka:{@region}:{@account}:cluster/{cluster_name}/{uuid}',
    bootstrap_brokers: 'b-1.{cluster_name}.{hash:6}.c2.kafka.{@region}.amazonaws.com:9092',
    bootstrap_brokers_tls: 'b-1.{cluster_name}.{hash:6}.c2.kafka.{@region}.amazonaws.com:9094',
    bootstrap_brokers_sasl_iam: 'b-1.{cluster_name}.{hash:6}.c2.kafka.{@region}.amazonaws.com:9098',
  }),
  aws_nat_gateway: aws('AWSEC2/latest/APIReference/API_NatGateway.html', { id: 'nat-{hash:17}', public_ip: '{ip}' }),
  aws_network_interface: ec2('eni', 'network-interface'),
  aws_route53_record: aws('Route53/latest/APIReference/API_ResourceRecordSet.html', { id: '{zone_id}_{name}_{type}', fqdn: '{name}' }),
  aws_route53_zone: aws('Route53/latest/APIReference/API_HostedZone.html', {
    id: '{zone_id}',
    zone_id: 'Z{HASH:20}',
    arn: 'arn:aws:route53:::hostedzone/{zone_id}',
    name_servers: 'ns-1.awsdns-00.com',
    primary_name_server: 'ns-1.awsdns-00.com',
  }),
  aws_route_table: ec2('rtb', 'route-table'),
  aws_s3_bucket: aws('AmazonS3/latest/userguide/s3-arn-format.html', {
    id: '{bucket}',
    arn: 'arn:aws:s3:::{bucket}',
    bucket_domain_name: '{bucket}.s3.amazonaws.com',
    bucket_regional_domain_name: '{bucket}.s3.{@region}.amazonaws.com',
  }),
  aws_secretsmanager_secret: aws('secretsmanager/latest/userguide/reference_iam-permissions.html', {
    id: '{arn}',
    arn: 'arn:aws:secretsmanager:{@region}:{@account}:secret:{name}-{hash:6}',
  }),
  aws_security_group: ec2('sg', 'security-group'),
  aws_security_group_rule: aws('AWSEC2/latest/APIReference/API_SecurityGroupRule.html', { id: 'sgrule-{digits:10}' }),
  aws_sns_topic: aws('service-authorization/latest/reference/list_amazonsns.html', { id: '{arn}', arn: 'arn:aws:sns:{@region}:{@account}:{name}' }),
  aws_sqs_queue: aws('service-authorization/latest/reference/list_amazonsqs.html', {
    id: '{url}',
    url: 'https://sqs.{@region}.amazonaws.com/{@account}/{name}',
    arn: 'arn:aws:sqs:{@region}:{@account}:{name}',
  }),
  aws_subnet: ec2('subnet', 'subnet'),
  aws_vpc: ec2('vpc', 'vpc'),
  aws_vpc_endpoint: ec2('vpce', 'vpc-endpoint'),
  aws_vpc_security_group_egress_rule: ec2('sgr', 'security-group-rule', { security_group_rule_id: '{id}' }),
  aws_vpc_security_group_ingress_rule: ec2('sgr', 'security-group-rule', { security_group_rule_id: '{id}' }),
};

const linode = (page: string, templates: Readonly<Record<string, string>>): Templates => ({
  source: `https://registry.terraform.io/providers/linode/linode/3.12.0/docs/resources/${page}#attributes-reference`,
  ...templates,
});

/** Linode numbers its objects; Terraform takes the numbers as text. */
const numbered = (page: string, templates: Readonly<Record<string, string>> = {}) => linode(page, { id: '{digits:8}', ...templates });

/** As Linode writes it, of a cluster that is nowhere. */
const KUBECONFIG = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'lke1', cluster: { server: 'https://rehearsal.example.com:443', 'certificate-authority-data': Buffer.from('rehearsal').toString('base64') } },
  ],
  users: [{ name: 'lke1-admin', user: { token: 'rehearsal' } }],
  contexts: [{ name: 'lke1-ctx', context: { cluster: 'lke1', namespace: 'default', user: 'lke1-admin' } }],
  'current-context': 'lke1-ctx',
});

export const LINODE: Readonly<Record<string, Templates>> = {
  linode_domain: numbered('domain'),
  linode_domain_record: numbered('domain_record'),
  linode_firewall: numbered('firewall'),
  linode_instance: numbered('instance', { ip_address: '{ip}', ipv4: '{ip}', ipv6: '2001:db8::{hash:4}/128' }),
  linode_ipv6_range: linode('ipv6_range', { id: '2001:db8:{hash:4}::', range: '2001:db8:{hash:4}::' }),
  linode_lke_cluster: numbered('lke_cluster', { kubeconfig: Buffer.from(KUBECONFIG).toString('base64') }),
  linode_nodebalancer: numbered('nodebalancer', { ipv4: '{ip}', ipv6: '2001:db8::{hash:4}' }),
  linode_nodebalancer_config: numbered('nodebalancer_config'),
  linode_nodebalancer_node: numbered('nodebalancer_node'),
  linode_rdns: linode('rdns', { id: '{address}' }),
  linode_stackscript: numbered('stackscript'),
  linode_volume: numbered('volume'),
  linode_vpc: numbered('vpc'),
  linode_vpc_subnet: numbered('vpc_subnet'),
};

const docker = (page: string, templates: Readonly<Record<string, string>>): Templates => ({
  source: `https://registry.terraform.io/providers/kreuzwerker/docker/3.6.2/docs/resources/${page}#read-only`,
  ...templates,
});

export const DOCKER: Readonly<Record<string, Templates>> = {
  docker_container: docker('container', { id: '{hash:64}' }),
  docker_image: docker('image', { id: 'sha256:{hash:64}{name}', image_id: 'sha256:{hash:64}', repo_digest: '{name}@sha256:{hash:64}' }),
  docker_network: docker('network', { id: '{hash:64}' }),
  docker_volume: docker('volume', { id: '{name}', mountpoint: '/var/lib/docker/volumes/{name}/_data' }),
};
