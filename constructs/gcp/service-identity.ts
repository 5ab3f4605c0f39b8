import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';
import { type ServiceAgent, serviceAgent } from './service-agent';

/** Narrows a grant. IAM calls it a condition. */
export interface GrantCondition {
  /** Shown in the console. */
  readonly title: string;
  /** CEL over `resource.name`, `resource.type` and `request.time`. Not every type of resource has a name here: cloud.google.com/iam/docs/conditions-resource-attributes. */
  readonly expression: string;
}

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
  /** `projects/P/serviceAccounts/<email>`, as a reference. */
  readonly id: string;
  private readonly account: ServiceAccount;
  private readonly given: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, { accountId, purpose }: ServiceIdentityProps) {
    super(scope, id);
    this.address = `${accountId}@${googleOf(this).project}.iam.gserviceaccount.com`;
    this.account = new ServiceAccount(this, 'resource', { accountId, displayName: purpose });
    this.email = this.account.email;
    this.member = this.account.member;
    this.id = this.account.id;
  }

  /** The grants so far, for what must not start before it may do its work. */
  get grants(): ITerraformDependable[] {
    return [...this.given];
  }

  /** Records a grant that a thing has made to this account. */
  granted(grant: ITerraformDependable): void {
    this.given.push(grant);
  }

  /** A predefined role on the whole project, as far as the condition lets. Prefer a grant on the one thing that is used. */
  grantOnProject(role: string, condition?: GrantCondition): void {
    const id = `project-${role.replace(/^roles\//, '')}`;
    this.granted(new ProjectIamMember(this, id, { project: googleOf(this).project, role, member: this.member, ...(condition && { condition }) }));
  }

  /** Lets this account start machines that run as `other`, and nothing else of `other`. */
  grantActAs(other: ServiceIdentity): void {
    this.granted(
      new ServiceAccountIamMember(this, `act-as-${other.node.id}`, {
        serviceAccountId: nameSeenFrom(this, other, other.account.name, `projects/${googleOf(other).project}/serviceAccounts/${other.address}`),
        role: 'roles/iam.serviceAccountUser',
        member: this.member,
      }),
    );
  }

  /** Lets one of Google's service agents make identity tokens of this account, to call a function as it. Granted once, however often it is asked for. */
  grantImpersonation(agent: ServiceAgent): ServiceAccountIamMember {
    const granted = this.node.tryFindChild(agent) as ServiceAccountIamMember | undefined;
    return (
      granted ??
      new ServiceAccountIamMember(this, agent, {
        serviceAccountId: this.account.name,
        role: 'roles/iam.serviceAccountTokenCreator',
        member: serviceAgent(this, agent),
      })
    );
  }

  /** Lets federated identities, such as a workload identity pool's, act as this account. */
  grantFederation(id: string, member: string): void {
    new ServiceAccountIamMember(this, id, { serviceAccountId: this.account.name, role: 'roles/iam.workloadIdentityUser', member });
  }
}
