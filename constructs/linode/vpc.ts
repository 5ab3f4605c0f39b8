import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Vpc as LinodeVpc } from '../../.gen/providers/linode/vpc';
import { VpcSubnet } from '../../.gen/providers/linode/vpc-subnet';

export interface VpcProps {
  /** Unique in the account. */
  readonly label: string;
  /** Its hosts are there too. */
  readonly region: string;
  /** IPv4, such as 10.0.0.0/24. */
  readonly range: string;
}

/** A private network of hosts in one region. Cloud firewalls of its hosts hold in it too. */
export class Vpc extends Construct {
  readonly subnetId: string;

  constructor(scope: Construct, id: string, { label, region, range }: VpcProps) {
    super(scope, id);
    const vpc = new LinodeVpc(this, 'resource', { label, region });
    this.subnetId = new VpcSubnet(this, 'subnet', { vpcId: Token.asNumber(vpc.id), label: 'hosts', ipv4: range }).id;
  }
}
