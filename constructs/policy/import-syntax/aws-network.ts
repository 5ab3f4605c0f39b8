import { regional } from './aws-rows';
import type { ImportSyntaxes } from './syntax';

/** Of EC2, which makes up the ids: found by what the tag `Name` says, if somebody set it. */
const ec2 = (name: string, prefix: string, describe: string, query: string, filter = '') =>
  regional(name, `${prefix}-<hex>`, `ec2 ${describe}${filter && ` --filters ${filter}`} --query='${query}'`);
const IN_VPC = "'Name=vpc-id,Values={vpc_id}'";

/** Machines, disks and networks. */
export const NETWORK: ImportSyntaxes = {
  aws_default_security_group: ec2(
    'default_security_group',
    'sg',
    'describe-security-groups',
    'SecurityGroups[].GroupId',
    `${IN_VPC} 'Name=group-name,Values=default'`,
  ),
  aws_ebs_volume: ec2('ebs_volume', 'vol', 'describe-volumes', 'Volumes[].[VolumeId,AvailabilityZone,Size]'),
  aws_eip: ec2('eip', 'eipalloc', 'describe-addresses', 'Addresses[].[AllocationId,PublicIp]'),
  aws_instance: ec2('instance', 'i', 'describe-instances', 'Reservations[].Instances[].[InstanceId,PrivateIpAddress]', "'Name=tag:Name,Values={tags.Name}'"),
  aws_internet_gateway: ec2(
    'internet_gateway',
    'igw',
    'describe-internet-gateways',
    'InternetGateways[].InternetGatewayId',
    "'Name=attachment.vpc-id,Values={vpc_id}'",
  ),
  aws_launch_template: ec2(
    'launch_template',
    'lt',
    'describe-launch-templates',
    'LaunchTemplates[].LaunchTemplateId',
    "'Name=launch-template-name,Values={name}'",
  ),
  aws_nat_gateway: regional('nat_gateway', 'nat-<hex>', "ec2 describe-nat-gateways --query='NatGateways[].[NatGatewayId,SubnetId]'"),
  aws_route: regional(
    'route',
    '{route_table_id}_{destination_cidr_block*}',
    "ec2 describe-route-tables --query='RouteTables[].[RouteTableId,Routes[].DestinationCidrBlock]'",
    'the table and where to, with an underscore between',
  ),
  aws_route_table: ec2('route_table', 'rtb', 'describe-route-tables', 'RouteTables[].RouteTableId', IN_VPC),
  aws_route_table_association: regional(
    'route_table_association',
    '{subnet_id}/{route_table_id}',
    "ec2 describe-route-tables --query='RouteTables[].Associations[].[SubnetId,RouteTableId]'",
  ),
  aws_security_group: ec2('security_group', 'sg', 'describe-security-groups', 'SecurityGroups[].GroupId', `${IN_VPC} 'Name=group-name,Values={name}'`),
  aws_subnet: ec2('subnet', 'subnet', 'describe-subnets', 'Subnets[].SubnetId', `${IN_VPC} 'Name=cidr-block,Values={cidr_block}'`),
  aws_volume_attachment: regional(
    'volume_attachment',
    '{device_name*}:{volume_id}:{instance_id}',
    "ec2 describe-volumes --query='Volumes[].Attachments[].[Device,VolumeId,InstanceId]'",
  ),
  aws_vpc: ec2('vpc', 'vpc', 'describe-vpcs', 'Vpcs[].VpcId', "'Name=cidr,Values={cidr_block}'"),
  aws_vpc_endpoint: ec2(
    'vpc_endpoint',
    'vpce',
    'describe-vpc-endpoints',
    'VpcEndpoints[].VpcEndpointId',
    `${IN_VPC} 'Name=service-name,Values={service_name}'`,
  ),
  aws_vpc_security_group_egress_rule: ec2(
    'vpc_security_group_egress_rule',
    'sgr',
    'describe-security-group-rules',
    'SecurityGroupRules[?IsEgress].[SecurityGroupRuleId,Description]',
    "'Name=group-id,Values={security_group_id}'",
  ),
  aws_vpc_security_group_ingress_rule: ec2(
    'vpc_security_group_ingress_rule',
    'sgr',
    'describe-security-group-rules',
    'SecurityGroupRules[?!IsEgress].[SecurityGroupRuleId,Description]',
    "'Name=group-id,Values={security_group_id}'",
  ),
};
