import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { assumedBy, policyDocument, type Statement } from './policy-document';

export interface InstanceRoleProps {
  /** Unique in the account. */
  readonly name: string;
  /** Who has it; shown in the console. */
  readonly purpose: string;
}

/** What machines may do in AWS: a role with exactly what it was allowed, and a shell through Session Manager instead of ssh. */
export class InstanceRole extends Construct {
  readonly profile: string;
  /** For who hands it to machines. */
  readonly arn: string;
  private readonly statements: Statement[] = [];

  constructor(scope: Construct, id: string, { name, purpose }: InstanceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'resource', { name, description: purpose, assumeRolePolicy: assumedBy('ec2.amazonaws.com') });
    this.arn = role.arn;
    new IamRolePolicyAttachment(this, 'session-manager', { role: role.name, policyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' });
    new IamRolePolicy(this, 'allowed', {
      name: 'allowed',
      role: role.id,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
    this.node.addValidation({ validate: () => (this.statements.length > 0 ? [] : [`${name} may do nothing: allow something, or leave the role out`]) });
    this.profile = new IamInstanceProfile(this, 'profile', { name, role: role.name }).name;
  }

  allow(actions: readonly string[], resources: readonly string[], condition?: Statement['Condition']): void {
    this.statements.push({ Effect: 'Allow', Action: actions, Resource: resources, ...(condition && { Condition: condition }) });
  }
}
