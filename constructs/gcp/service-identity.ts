import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';

export interface ServiceIdentityProps {
  /** 6 to 30 characters; the address starts with it. */
  readonly accountId: string;
  /** Who acts as this account; shown in the console. */
  readonly purpose: string;
}

/** A service account: one per role, so that each has only the permissions of its role. */
export class ServiceIdentity extends Construct {
  /** The plain e-mail address, for text and for other stacks. */
  readonly address: string;
  /** The e-mail address as a reference: whatever uses it is made after the account. */
  readonly email: string;
  /** For grants: `serviceAccount:<email>`, as a reference. */
  readonly member: string;
  private readonly account: ServiceAccount;
  private readonly given: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, { accountId, purpose }: ServiceIdentityProps) {
    super(scope, id);
    this.address = `${accountId}@${googleOf(this).project}.iam.gserviceaccount.com`;
    this.account = new ServiceAccount(this, 'resource', { accountId, displayName: purpose });
    this.email = this.account.email;
    this.member = this.account.member;
  }

  /** The grants so far, for what must not start before it may do its work. */
  get grants(): ITerraformDependable[] {
    return [...this.given];
  }

  /** Records a grant that a thing has made to this account. */
  granted(grant: ITerraformDependable): void {
    this.given.push(grant);
  }

  /** A predefined role on the whole project. Prefer a grant on the one thing that is used. */
  grantOnProject(role: string): void {
    const id = `project-${role.replace(/^roles\//, '')}`;
    this.granted(new ProjectIamMember(this, id, { project: googleOf(this).project, role, member: this.member }));
  }

  /** Lets this account start machines that run as `other`, and nothing else of `other`. */
  grantActAs(other: ServiceIdentity): void {
    new ServiceAccountIamMember(this, `act-as-${other.node.id}`, {
      serviceAccountId: nameSeenFrom(this, other, other.account.name, `projects/${googleOf(other).project}/serviceAccounts/${other.address}`),
      role: 'roles/iam.serviceAccountUser',
      member: this.member,
    });
  }

  /** Lets federated identities, such as a workload identity pool's, act as this account. */
  grantFederation(id: string, member: string): void {
    new ServiceAccountIamMember(this, id, { serviceAccountId: this.account.name, role: 'roles/iam.workloadIdentityUser', member });
  }
}
