import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import type { EstateStack } from '../core/estate-stack';
import { shortName } from '../core/short-name';
import { askedOf } from '../core/stack-graph';
import { PHASES, type Phase } from '../core/terraform-run';
import { CustomRole } from './custom-role';
import { googleOf } from './provider';
import { type GrantCondition, ServiceIdentity } from './service-identity';
import { EVERYWHERE, GOOGLE_ACCESS, type GoogleAccess, READ_OBJECTS, WRITE_GRANTS, WRITE_OBJECTS } from './terraform-access';

const LONGEST_ACCOUNT_ID = 30;

/** IAM takes no longer list in a condition. cloud.google.com/iam/docs/setting-limits-on-granting-roles */
const LONGEST_ROLE_LIST = 10;

/** The accounts that plan and apply one stack: the one may look at its types of resources, the other may change them. */
export class TerraformIdentities extends Construct {
  private readonly accounts: Readonly<Record<Phase, ServiceIdentity>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly of: EstateStack,
  ) {
    super(scope, id);
    const account = (phase: Phase) =>
      new ServiceIdentity(this, phase, {
        accountId: `tf-${phase}-${shortName(of.node.id, LONGEST_ACCOUNT_ID - `tf-${phase}-`.length)}`,
        purpose: `Terraform Cloud: ${phase} of ${of.node.id}`,
      });
    this.accounts = { plan: account('plan'), apply: account('apply') };
    this.grant();
  }

  identity(phase: Phase): ServiceIdentity {
    return this.accounts[phase];
  }

  private grant(): void {
    const { plan, apply } = this.accounts;
    const rows = this.rows();
    const read = this.role('read', 'Looks at', [...EVERYWHERE, ...rows.flatMap((row) => row.read)]);
    for (const phase of PHASES) read.grantTo(this.accounts[phase]);

    const write = rows.flatMap((row) => row.write ?? []);
    if (write.length > 0) this.role('write', 'Changes', write).grantTo(apply);
    for (const role of new Set(rows.flatMap((row) => row.roles ?? []))) apply.grantOnProject(role);

    const granted = this.grantedRoles();
    if (granted.length > 0) this.role('grants', 'Grants roles of', WRITE_GRANTS).grantTo(apply, onlyRoles(granted));

    const buckets = this.bucketsWithObjects();
    if (buckets.length === 0) return;
    this.role('objects-read', 'Looks at objects of', READ_OBJECTS).grantTo(plan, onlyBuckets(buckets));
    this.role('objects', 'Puts objects of', WRITE_OBJECTS).grantTo(apply, onlyBuckets(buckets));
  }

  private rows(): GoogleAccess[] {
    return [...new Set(askedOf(this.of, 'google').map(({ type }) => type))].map((type) => {
      const row = GOOGLE_ACCESS[type];
      if (!row) throw new Error(`${this.node.path}: nobody has said what planning and applying ${type} takes; add it to constructs/gcp/terraform-access.ts`);
      return row;
    });
  }

  private role(id: string, does: string, permissions: readonly string[]): CustomRole {
    const roleId = `terraform.${id}.${this.of.node.id}`.replaceAll('-', '_');
    return new CustomRole(this, id, { roleId, purpose: `${does} ${this.of.node.id}`, permissions: [...new Set(permissions)] });
  }

  /** The roles that the stack grants on the project: predefined ones by their name, and its own. */
  private grantedRoles(): string[] {
    const own = this.constructs(ProjectIamCustomRole).map(({ roleIdInput }) => `projects/${googleOf(this.of).project}/roles/${roleIdInput}`);
    const granted = this.constructs(ProjectIamMember).map(({ roleInput }) => roleInput ?? '');
    if (granted.length === 0) return [];
    return [...new Set([...granted.filter((role) => !Token.isUnresolved(role)), ...own])].sort();
  }

  private bucketsWithObjects(): string[] {
    const asked = askedOf(this.of, 'google').some(({ type }) => type === 'google_storage_bucket_object');
    return asked ? this.constructs(StorageBucket).map(({ nameInput }) => nameInput ?? '') : [];
  }

  private constructs<T extends Construct>(type: new (...args: never[]) => T): T[] {
    return askedOf(this.of, 'google').flatMap(({ construct }) => (construct instanceof type ? [construct] : []));
  }
}

/** Whoever may grant every role has every role. */
function onlyRoles(roles: readonly string[]): GrantCondition {
  const lists = Array.from({ length: Math.ceil(roles.length / LONGEST_ROLE_LIST) }, (_, i) => roles.slice(i * LONGEST_ROLE_LIST, (i + 1) * LONGEST_ROLE_LIST));
  const only = (list: readonly string[]) =>
    `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${list.map((role) => `'${role}'`).join(', ')}])`;
  return { title: 'only the roles that the stack grants', expression: lists.map(only).join(' || ') };
}

function onlyBuckets(buckets: readonly string[]): GrantCondition {
  const within = (bucket: string) => `resource.name.startsWith('projects/_/buckets/${bucket}/objects/')`;
  return { title: "only in the stack's buckets", expression: buckets.map(within).join(' || ') };
}
