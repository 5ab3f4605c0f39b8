import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { Construct } from 'constructs';
import { googleOf } from './provider';
import type { GrantCondition, ServiceIdentity } from './service-identity';

export interface CustomRoleProps {
  /** 3 to 64 letters, digits, underscores and dots. A deleted role keeps its id for 37 days. */
  readonly roleId: string;
  /** What somebody with the role does; shown in the console. */
  readonly purpose: string;
  readonly permissions: readonly string[];
}

/** A role of the project with exactly the permissions that a job needs, where the predefined ones bring more. */
export class CustomRole extends Construct {
  private readonly role: ProjectIamCustomRole;

  constructor(scope: Construct, id: string, { roleId, purpose, permissions }: CustomRoleProps) {
    super(scope, id);
    this.role = new ProjectIamCustomRole(this, 'resource', { roleId, title: purpose, permissions: [...permissions].sort() });
  }

  /** Grants it on the project, as far as the condition lets. The id of the grant is the role's own, with a number when one identity has it under several conditions. */
  grantTo(identity: ServiceIdentity, condition?: GrantCondition): void {
    const id = `role-${this.node.id}`;
    const already = identity.node.children.filter((child) => child.node.id === id || child.node.id.startsWith(`${id}#`)).length;
    identity.granted(
      new ProjectIamMember(identity, already === 0 ? id : `${id}#${already + 1}`, {
        project: googleOf(this).project,
        role: this.role.name,
        member: identity.member,
        ...(condition && { condition }),
      }),
    );
  }
}
