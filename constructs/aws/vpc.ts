import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc as AwsVpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct } from 'constructs';
import { SharedValue } from '../core/shared-value';
import { policyDocument } from './policy-document';
import { awsOf } from './provider';

export interface VpcProps {
  /** First part of all names. */
  readonly stem: string;
  /** A /16, such as 10.3.0.0/16: each zone gets two /20 of it. */
  readonly cidr: string;
  /** Letters of the availability zones, a to h: two at least where there is a load balancer. */
  readonly zones: readonly string[];
  /** Names of the buckets that machines may write to, as far as their roles allow; `*` at the end stands for the rest of a name. From others they only get objects. */
  readonly buckets: readonly string[];
  /** Of the private subnets. @default none but their names */
  readonly privateTags?: Readonly<Record<string, string>>;
}

/** A network of private and public subnets in each zone. What is private gets out through one NAT gateway, and to S3 directly. */
export class Vpc extends Construct {
  readonly id: SharedValue;
  /** By zone. */
  readonly privateSubnets: ReadonlyMap<string, SharedValue>;
  readonly publicSubnets: ReadonlyMap<string, SharedValue>;
  readonly zones: readonly string[];

  constructor(scope: Construct, id: string, props: VpcProps) {
    super(scope, id);
    const { stem, cidr, zones, privateTags } = props;
    const { region } = awsOf(this);
    this.zones = zones;
    const named = (name: string) => ({ tags: { Name: name } });
    const vpc = new AwsVpc(this, 'resource', { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, ...named(stem) });
    this.id = new SharedValue(this, 'VPC_ID', vpc.id, "The network's id");
    new DefaultSecurityGroup(this, 'default-group', { vpcId: vpc.id, ...named(`${stem}-default-unused`) }); // admits nobody: without rules here it admits itself

    const subnet = (kind: 'private' | 'public', zone: string, part: number) =>
      new Subnet(this, `${kind}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: `${region}${zone}`,
        cidrBlock: part20(cidr, part),
        mapPublicIpOnLaunch: false,
        tags: { Name: `${stem}-${kind}-${zone}`, ...(kind === 'private' && privateTags) },
      });
    const privates = new Map(zones.map((zone) => [zone, subnet('private', zone, ordinal(zone))]));
    const publics = new Map(zones.map((zone) => [zone, subnet('public', zone, 8 + ordinal(zone))]));
    const shared = (kind: string, all: ReadonlyMap<string, Subnet>) =>
      new Map(
        [...all].map(([zone, { id: subnetId }]) => [
          zone,
          new SharedValue(this, `${kind}_SUBNET_${zone.toUpperCase()}`, subnetId, `The ${kind.toLowerCase()} subnet in zone ${zone}`),
        ]),
      );
    this.privateSubnets = shared('PRIVATE', privates);
    this.publicSubnets = shared('PUBLIC', publics);

    const gateway = new InternetGateway(this, 'internet', { vpcId: vpc.id, ...named(stem) });
    const address = new Eip(this, 'nat-address', { domain: 'vpc', ...named(`${stem}-nat`) });
    const [first] = publics.values();
    if (!first) throw new Error(`${this.node.path}: a network without zones; name one at least`);
    const nat = new NatGateway(this, 'nat', { allocationId: address.id, subnetId: first.id, dependsOn: [gateway], ...named(stem) });

    const table = (kind: 'private' | 'public', subnets: Iterable<[string, Subnet]>, out: { gatewayId: string } | { natGatewayId: string }) => {
      const routes = new RouteTable(this, `${kind}-routes`, { vpcId: vpc.id, ...named(`${stem}-${kind}`) });
      new Route(this, `${kind}-out`, { routeTableId: routes.id, destinationCidrBlock: '0.0.0.0/0', ...out });
      for (const [zone, { id: subnetId }] of subnets) new RouteTableAssociation(this, `${kind}-routes-${zone}`, { routeTableId: routes.id, subnetId });
      return routes.id;
    };
    const tables = [table('private', privates, { natGatewayId: nat.id }), table('public', publics, { gatewayId: gateway.id })];
    new VpcEndpoint(this, 's3', {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: tables,
      policy: policyDocument([
        {
          Effect: 'Allow',
          Principal: '*',
          Action: [
            's3:GetObject',
            's3:GetObjectVersion',
            's3:PutObject',
            's3:DeleteObject',
            's3:AbortMultipartUpload',
            's3:ListBucket',
            's3:GetBucketLocation',
          ],
          Resource: props.buckets.flatMap((bucket) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]),
        },
        // every request to the region's S3 takes this way, those for public downloads too: AWS's agents, what EMR installs
        { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::*/*'] },
      ]),
      ...named(`${stem}-s3`),
    });
  }

  privateSubnetIn(zone: string): SharedValue {
    const subnet = this.privateSubnets.get(zone);
    if (!subnet) throw new Error(`${this.node.path}: no zone ${zone}; there is ${this.zones.join(', ')}`);
    return subnet;
  }
}

/** 0 for a: whatever other zones there are, a zone keeps its ranges. Others would be other subnets, without the machines of these. */
const ordinal = (zone: string): number => zone.charCodeAt(0) - 'a'.charCodeAt(0);

/** The n-th /20 of a /16. */
function part20(cidr: string, part: number): string {
  const [a, b] = cidr.split('.');
  return `${a}.${b}.${part * 16}.0/20`;
}
