import { cel } from './cel';
import { parse, resourcesOf } from './synth';

/** What one of Terraform Cloud's accounts was granted on a project of Google's. */
export interface GoogleGrant {
  readonly account: string;
  /** The stack whose runs have the account. */
  readonly of: string;
  readonly role: string;
  /** Of a custom role; a predefined one has nobody's list. */
  readonly permissions: readonly string[];
  readonly condition?: string;
}

/** What every account in the JSON of one trust stack was granted. */
export function googleGrants(json: string | undefined): GoogleGrant[] {
  const { google_service_account: accounts = {}, google_project_iam_custom_role: roles = {} } = parse(json).resource ?? {};
  return resourcesOf(json, 'google_project_iam_member').map(({ member, role, condition }) => {
    const account = accounts[/^\$\{google_service_account\.(.+)\.member\}$/.exec(member as string)?.[1] ?? ''];
    const own = roles[/^\$\{google_project_iam_custom_role\.(.+)\.name\}$/.exec(role as string)?.[1] ?? ''];
    const expression = (condition as { expression?: string } | undefined)?.expression;
    return {
      account: String(account?.account_id),
      of: String(account?.display_name).split(' of ')[1] ?? '',
      role: String(own?.role_id ?? role),
      permissions: (own?.permissions ?? []) as string[],
      ...(expression && { condition: expression }),
    };
  });
}

/** Whether the grants admit `permission` on what IAM calls `name`. */
export function admits(grants: readonly GoogleGrant[], permission: string, name: string): boolean {
  return grants.some(({ permissions, condition = '' }) => permissions.includes(permission) && (!condition || cel(condition, { resource: { name } }) === true));
}

/** The names in one argument of a type's resources; a reference to a thing of the same stack counts as that thing's name. */
export function namesIn(json: string | undefined, type: string, argument: string): string[] {
  const names = resourcesOf(json, type).map((resource) => {
    const [, target, id, attribute] = /^\$\{(\w+)\.(.+)\.(\w+)\}$/.exec(resource[argument] as string) ?? [];
    return String(target ? parse(json).resource?.[target]?.[id as string]?.[attribute as string] : resource[argument]);
  });
  return [...new Set(names)].sort();
}
