import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import type { EstateStack } from '../core/estate-stack';
import { shortName } from '../core/short-name';
import { askedOf } from '../core/stack-graph';
import { PHASES, type Phase } from '../core/terraform-run';
import { CustomRole } from './custom-role';
import { namesAskedFor, onlyNamed } from './named-things';
import { googleOf } from './provider';
import { type GrantCondition, ServiceIdentity } from './service-identity';
import { EVERYWHERE, GOOGLE_ACCESS, type GoogleAccess, type NamedAccess, WRITE_GRANTS } from './terraform-access';

const LONGEST_ACCOUNT_ID = 30;

/** IAM takes no longer list in a condition. cloud.google.com/iam/docs/setting-limits-on-granting-roles */
const LONGEST_ROLE_LIST = 10;

const DOES = { read: 'Looks at', write: 'Changes' } as const;

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
    const { apply } = this.accounts;
    const byType = this.rowsByType();
    const rows = [...byType.values()];
    const read = this.role('read', DOES.read, [...EVERYWHERE, ...rows.flatMap((row) => row.read)]);
    for (const phase of PHASES) read.grantTo(this.accounts[phase]);

    const write = rows.flatMap((row) => row.write ?? []);
    if (write.length > 0) this.role('write', DOES.write, write).grantTo(apply);
    for (const role of new Set(rows.flatMap((row) => row.roles ?? []))) apply.grantOnProject(role);

    const granted = this.grantedRoles();
    if (granted.length > 0) this.role('grants', 'Grants roles of', WRITE_GRANTS).grantTo(apply, onlyRoles(granted));

    for (const [type, { named = [] }] of byType) for (const access of named) this.grantNamed(type, access);
  }

  /** On exactly the things that the stack names: its project has those of other stacks too. */
  private grantNamed(type: string, { thing, permissions, to, what }: NamedAccess): void {
    const granted = this.role(to === 'read' ? `${what}-read` : what, `${DOES[to]} ${what.replace('-', ' ')} of`, permissions);
    for (const condition of onlyNamed(thing, namesAskedFor(this.of, type))) granted.grantTo(this.accounts[to === 'read' ? 'plan' : 'apply'], condition);
  }

  private rowsByType(): ReadonlyMap<string, GoogleAccess> {
    const types = new Set(askedOf(this.of, 'google').map(({ type }) => type));
    return new Map(
      [...types].map((type) => {
        const row = GOOGLE_ACCESS[type];
        if (!row) throw new Error(`${this.node.path}: nobody has said what planning and applying ${type} takes; add it to constructs/gcp/terraform-access.ts`);
        return [type, row];
      }),
    );
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
