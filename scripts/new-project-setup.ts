import { BORROWING_APIS } from '../config/base-apis';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { moshiConfig } from './support/config';
import { carryOut, type Step } from './support/steps';
import { TERRAFORM_ROLES } from './support/terraform-roles';
import { gcloud, googleAccount } from './support/tool';

const HELP = `Prepares a new Google Cloud project for its first deployment: billing, the APIs that Terraform itself needs, and the
account that Terraform acts as. Nobody gets a key: you borrow the account (impersonation), and only while you are logged in.

  make new-project-setup                           what is missing; asks before it changes anything
  make new-project-setup BILLING=0X0X0X-0X0X0X-0X0X0X   names the billing account, where you may use several
  make new-project-setup DRY_RUN=1                 only says what it would do
  make new-project-setup YES=1                     does not ask

The same without make: npx tsx scripts/new-project-setup.ts [--dry-run] [--yes] [--billing-account ID]
The project is shared.project of config/moshi.ts or estates.json.`;

interface Policy {
  readonly bindings?: readonly { readonly role: string; readonly members?: readonly string[]; readonly condition?: object }[];
}

command(
  HELP,
  (line) => {
    const { project } = moshiConfig().shared;
    const me = googleAccount();
    if (!gcloud.readVisible('projects', 'describe', project, '--format=json')) {
      throw new UsageError(
        `There is no project ${project}, or ${me} may not see it.\nMake it with gcloud projects create ${project}, or set shared.project in estates.json.`,
      );
    }
    const terraform = `terraform@${project}.iam.gserviceaccount.com`;
    const enabled = enabledApis(project);
    const steps = [...billing(project, line.options['billing-account']), ...apis(project, enabled), ...identity(project, enabled, terraform, me)];
    return carryOut(
      steps,
      line,
      `let Terraform borrow the account, and deploy the APIs:\n  gcloud auth application-default login\n  export GOOGLE_IMPERSONATE_SERVICE_ACCOUNT=${terraform}\n  make deploy STACKS='moshi-apis-shared'`,
    );
  },
  { 'billing-account': 'value' },
);

function billing(project: string, wanted: string | boolean | undefined): Step[] {
  const linked = gcloud.read<{ billingEnabled?: boolean; billingAccountName?: string }>('billing', 'projects', 'describe', project, '--format=json');
  const asked = wanted === undefined ? undefined : `billingAccounts/${String(wanted).replace(/^billingAccounts\//, '')}`;
  if (linked?.billingEnabled) {
    if (asked && linked.billingAccountName !== asked)
      throw new UsageError(
        `${project} is billed to ${linked.billingAccountName} already, not to ${asked}. Move it by hand if you mean it: gcloud billing projects link`,
      );
    return [];
  }
  const open = gcloud.read<{ name: string; displayName: string }[]>('billing', 'accounts', 'list', '--filter=open=true', '--format=json') ?? [];
  const chosen = asked ? open.filter(({ name }) => name === asked) : open;
  const listing = open.map(({ name, displayName }) => `  ${name.replace('billingAccounts/', '')}  ${displayName}`).join('\n');
  if (open.length === 0)
    throw new UsageError(
      'You may use no open billing account. Make one at https://console.cloud.google.com/billing, or ask its administrator for roles/billing.user.',
    );
  if (chosen.length === 0) throw new UsageError(`${wanted} is none of the open billing accounts that you may use:\n${listing}`);
  if (chosen.length > 1) throw new UsageError(`Which billing account pays for ${project}? You may use several; name one with BILLING=:\n${listing}`);
  const account = (chosen[0] as { name: string }).name.replace('billingAccounts/', '');
  return [{ says: `bill ${project} to ${account}`, run: () => gcloud.write(['billing', 'projects', 'link', project, `--billing-account=${account}`]) }];
}

function enabledApis(project: string): ReadonlySet<string> {
  const enabled = gcloud.read<{ config: { name: string } }[]>('services', 'list', '--enabled', `--project=${project}`, '--format=json') ?? [];
  return new Set(enabled.map(({ config }) => config.name));
}

function apis(project: string, enabled: ReadonlySet<string>): Step[] {
  const missing = BORROWING_APIS.filter((api) => !enabled.has(api));
  if (missing.length === 0) return [];
  return [{ says: `enable ${missing.join(', ')}`, run: () => gcloud.write(['services', 'enable', ...missing, `--project=${project}`]) }];
}

function identity(project: string, enabled: ReadonlySet<string>, terraform: string, me: string): Step[] {
  const steps: Step[] = [];
  // Before its API is enabled nothing can be asked of it, and nothing of ours is there.
  const ask = <T>(api: string, ...args: string[]) => (enabled.has(`${api}.googleapis.com`) ? gcloud.read<T>(...args) : undefined);
  const exists = ask<object[]>('iam', 'iam', 'service-accounts', 'list', `--filter=email=${terraform}`, `--project=${project}`, '--format=json') ?? [];
  const isThere = exists.length > 0;
  if (!isThere) {
    const create = ['iam', 'service-accounts', 'create', 'terraform', `--project=${project}`, '--display-name=Terraform: borrowed by people, has no key'];
    steps.push({ says: `make the account ${terraform}`, run: () => gcloud.write(create) });
  }
  const held = ask<Policy>('cloudresourcemanager', 'projects', 'get-iam-policy', project, '--format=json');
  for (const [role, purpose] of Object.entries(TERRAFORM_ROLES)) {
    const member = `serviceAccount:${terraform}`;
    if (grants(held, role, member)) continue;
    const add = ['projects', 'add-iam-policy-binding', project, `--member=${member}`, `--role=${role}`, '--condition=None', '--format=none'];
    steps.push({ says: `give it ${role} (${purpose})`, run: () => gcloud.write(add) });
  }
  const mine = `${me.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${me}`;
  const borrow = 'roles/iam.serviceAccountTokenCreator';
  const lent = isThere ? gcloud.read<Policy>('iam', 'service-accounts', 'get-iam-policy', terraform, `--project=${project}`, '--format=json') : undefined;
  if (!grants(lent, borrow, mine)) {
    const add = [
      'iam',
      'service-accounts',
      'add-iam-policy-binding',
      terraform,
      `--member=${mine}`,
      `--role=${borrow}`,
      `--project=${project}`,
      '--format=none',
    ];
    steps.push({ says: `let ${me} borrow it`, run: () => gcloud.write(add) });
  }
  return steps;
}

function grants(policy: Policy | undefined, role: string, member: string): boolean {
  return (policy?.bindings ?? []).some((binding) => binding.role === role && !binding.condition && binding.members?.includes(member));
}
