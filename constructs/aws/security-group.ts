import { SecurityGroup as AwsSecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';
import type { Vpc } from './vpc';

export interface SecurityGroupProps {
  /** Unique in the network. */
  readonly name: string;
  /** What has it; shown in the console, and never changed: another text is another group. */
  readonly purpose: string;
  readonly vpc: Vpc;
  /** @default none but its name */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Who may talk to whom: nothing comes in or goes out but what is allowed here, on both ends. */
export class SecurityGroup extends Construct {
  readonly name: string;
  readonly id: SharedValue;
  private readonly group: AwsSecurityGroup;

  constructor(scope: Construct, id: string, { name, purpose, vpc, tags }: SecurityGroupProps) {
    super(scope, id);
    this.name = name;
    this.group = new AwsSecurityGroup(this, 'resource', {
      name,
      description: purpose,
      vpcId: vpc.id.seenFrom(this),
      tags: { Name: name, ...tags },
      revokeRulesOnDelete: true,
    });
    this.id = new SharedValue(this, `GROUP_${name.toUpperCase().replaceAll('-', '_')}`, this.group.id, `Security group: ${purpose}`);
  }

  /** TCP to one port of `to`: out of here, and in there. The groups stand in one stack, as their rules refer to each other. */
  allowTo(to: SecurityGroup, port: number, what: string): void {
    const rule = { fromPort: port, toPort: port, ipProtocol: 'tcp', description: what };
    new VpcSecurityGroupEgressRule(this, `to-${to.name}-${port}`, { ...rule, securityGroupId: this.group.id, referencedSecurityGroupId: to.group.id });
    new VpcSecurityGroupIngressRule(to, `from-${this.name}-${port}`, { ...rule, securityGroupId: to.group.id, referencedSecurityGroupId: this.group.id });
  }

  /** Whatever machines of this group say to each other. */
  allowWithin(what: string): void {
    const rule = { ipProtocol: '-1', description: what, securityGroupId: this.group.id, referencedSecurityGroupId: this.group.id };
    new VpcSecurityGroupEgressRule(this, 'to-itself', rule);
    new VpcSecurityGroupIngressRule(this, 'from-itself', rule);
  }

  /** HTTPS to anywhere: AWS's own services, packages, third parties. */
  allowHttpsOut(): void {
    new VpcSecurityGroupEgressRule(this, 'https-out', {
      securityGroupId: this.group.id,
      cidrIpv4: '0.0.0.0/0',
      fromPort: 443,
      toPort: 443,
      ipProtocol: 'tcp',
      description: 'Services of AWS, packages, third parties',
    });
  }

  /** Opens a port to everybody. The reason says why, for the policy. */
  allowFromInternet(port: number, reason: string): void {
    const rule = new VpcSecurityGroupIngressRule(this, `from-internet-${port}`, {
      securityGroupId: this.group.id,
      cidrIpv4: '0.0.0.0/0',
      fromPort: port,
      toPort: port,
      ipProtocol: 'tcp',
      description: 'The Internet',
    });
    EstateStack.of(this).suppress('aws-no-open-ingress', rule, reason);
  }
}
