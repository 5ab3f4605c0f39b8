import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GOOGLE_ACCESS } from '../../../constructs/gcp/terraform-access';
import { cel } from '../../support/cel';
import { admits, googleGrants, namesIn } from '../../support/google-grants';
import { ROOT } from '../../support/repository';
import { parse, resourcesOf, synthWithTerraformCloud } from '../../support/synth';

const variant = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, object>;
/** The largest set-up of each estate, so that every type of resource at Google and AWS is asked for. */
const stacks = synthWithTerraformCloud({
  ...variant('estates/egf2/variants/bigData.json'),
  moshi: { dev: { protection: 'off' } },
});
const names = [...stacks.keys()];
const GOOGLE = names.filter((name) => name.startsWith('terraform-cloud-gcp-'));
const AMAZON = 'terraform-cloud-aws-shared';

const grants = GOOGLE.flatMap((name) => googleGrants(stacks.get(name)));
const plans = grants.filter(({ account }) => account.startsWith('tf-plan-'));
const applies = grants.filter(({ account }) => account.startsWith('tf-apply-'));

/** Looking, but not at what is inside; the second charges a request to the project. */
const LOOKS = /\.(get|list|getIamPolicy|getMetadata)$|^serviceusage\.services\.use$/;
const INSIDE = /^(storage\.objects|secretmanager\.versions|datastore\.entities|pubsub\.messages|logging\.logEntries|artifactregistry\.(files|packages))/;

const bucketNamed = (name: string) => `projects/_/buckets/${name}`;
/** IAM says the project's number, which nobody knows at synth. */
const secretNamed = (name: string) => `projects/123456789012/secrets/${name}`;
/** Buckets and secrets. */
const made = (stack: string) => [
  ...namesIn(stacks.get(stack), 'google_storage_bucket', 'name'),
  ...namesIn(stacks.get(stack), 'google_secret_manager_secret', 'secret_id'),
];

describe('at Google', () => {
  test('a plan has roles of listed permissions only, which look and change nothing', () => {
    expect(plans.length).toBeGreaterThan(10);
    expect(plans.filter(({ role }) => role.startsWith('roles/'))).toEqual([]);
    expect(plans.flatMap(({ permissions }) => permissions).filter((permission) => !LOOKS.test(permission))).toEqual([]);
  });

  test("a plan looks at nothing that is inside, but at files in its own stack's buckets", () => {
    const inside = plans.flatMap(({ account, permissions, condition }) =>
      permissions.filter((permission) => INSIDE.test(permission)).map((permission) => ({ account, permission, condition })),
    );
    expect(inside.map(({ permission }) => permission)).toEqual(inside.map(() => 'storage.objects.get'));
    const { condition = 'false' } = inside.find(({ account }) => account.startsWith('tf-plan-docker-worker-f')) ?? {};
    const bucket = resourcesOf(stacks.get('docker-worker-functions-prod'), 'google_storage_bucket')[0]?.name;
    const within = (name: string) => cel(condition, { resource: { name: `projects/_/buckets/${name}` } });
    expect(within(`${bucket}/objects/functions.zip`)).toBe(true);
    expect(within(`${bucket}2/objects/functions.zip`)).toBe(false);
    expect(within('moshi-3/objects/functions.zip')).toBe(false);
  });

  test('nobody has a basic role, nor one that is all others', () => {
    const broad =
      /^roles\/(owner|editor|viewer|iam\.securityAdmin|resourcemanager\.projectIamAdmin|iam\.serviceAccount(TokenCreator|User|KeyAdmin)|storage\.admin|secretmanager\.(admin|secretAccessor)|pubsub\.\w+|artifactregistry\.\w+|datastore\.(owner|user|viewer))$/;
    expect(grants.filter(({ role }) => broad.test(role))).toEqual([]);
  });

  test('an apply grants on the project only the roles that its stack grants', () => {
    const granting = applies.filter(({ permissions }) => permissions.includes('resourcemanager.projects.setIamPolicy'));
    const stacksThatGrant = names.filter(
      (name) => !name.startsWith('terraform-cloud') && resourcesOf(stacks.get(name), 'google_project_iam_member').length > 0,
    );
    expect(granting).toHaveLength(stacksThatGrant.length);
    for (const { condition } of granting) expect(condition).toBeDefined();
    const may = (account: string, ...roles: string[]) => {
      const { condition = 'true' } = granting.find((grant) => grant.account === account) ?? {};
      return cel(condition, { api: { 'iam.googleapis.com/modifiedGrantsByRole': roles } });
    };
    expect(may('tf-apply-moshi-server-prod', 'roles/logging.logWriter', 'roles/datastore.user')).toBe(true);
    expect(may('tf-apply-moshi-server-prod', 'roles/owner')).toBe(false);
    expect(may('tf-apply-moshi-server-prod', 'roles/logging.logWriter', 'roles/owner')).toBe(false);
    expect(may('tf-apply-moshi-github-shared', 'projects/moshi-3/roles/moshiBake')).toBe(true);
    expect(may('tf-apply-moshi-github-shared', 'roles/iam.serviceAccountTokenCreator')).toBe(false);
  });

  /** By type: where it names the thing, what an apply does with it there, and what IAM calls such a thing. */
  const NAMED: readonly (readonly [type: string, argument: string, permissions: readonly string[], full: (name: string) => string])[] = [
    ['google_storage_bucket', 'name', ['storage.buckets.delete', 'storage.buckets.update'], bucketNamed],
    ['google_storage_bucket_iam_member', 'bucket', ['storage.buckets.setIamPolicy'], bucketNamed],
    ['google_storage_bucket_object', 'bucket', ['storage.objects.create', 'storage.objects.delete'], (name) => `${bucketNamed(name)}/objects/file`],
    ['google_secret_manager_secret', 'secret_id', ['secretmanager.secrets.delete', 'secretmanager.secrets.update'], secretNamed],
    ['google_secret_manager_secret_iam_member', 'secret_id', ['secretmanager.secrets.setIamPolicy'], secretNamed],
  ];

  test.each(NAMED)('an apply changes of %s those of its own stack, by their whole name', (type, argument, permissions, full) => {
    const asked = (of: string) => namesIn(stacks.get(of), type, argument);
    const all = [...new Set(names.flatMap((of) => [...asked(of), ...made(of)]))].flatMap((name) => [name, `${name}2`, `a${name}`, `${name}/versions/1`]);
    const found = new Set(applies.map(({ of }) => of));
    expect([...found].filter((of) => asked(of).length > 0).length).toBeGreaterThan(1);
    for (const of of found) {
      const own = applies.filter((grant) => grant.of === of);
      for (const permission of permissions) {
        expect({ of, permission, on: all.filter((name) => admits(own, permission, full(name))).sort() }).toEqual({ of, permission, on: asked(of) });
      }
    }
  });

  test("an apply of dev's changes no bucket and no secret that a stack of prod's has made", () => {
    const ofProd = names.filter((name) => name.endsWith('-prod')).flatMap((name) => made(name).flatMap((thing) => [bucketNamed(thing), secretNamed(thing)]));
    expect(ofProd).toEqual(expect.arrayContaining([bucketNamed('moshi-moshi-3'), secretNamed('DISCORD_PROD_BOT_TOKEN')]));
    const dev = applies.filter(({ of }) => of.endsWith('-dev'));
    expect(new Set(dev.map(({ of }) => of)).size).toBeGreaterThan(3);
    const changing = [...new Set(NAMED.flatMap(([, , permissions]) => permissions))];
    expect(ofProd.flatMap((name) => changing.filter((permission) => admits(dev, permission, name)).map((permission) => `${permission} ${name}`))).toEqual([]);
  });

  test('a condition has no more operators than Google takes', () => {
    for (const { condition = '' } of grants) expect(condition.split(/&&|\|\|/).length - 1).toBeLessThanOrEqual(12);
  });

  test('what runs as an account may only be started by a stack that has such a thing', () => {
    const acting = applies.filter(({ permissions }) => permissions.includes('iam.serviceAccounts.actAs')).map(({ account }) => account);
    expect(acting).toContain('tf-apply-moshi-server-prod');
    for (const account of ['tf-apply-moshi-dns-shared', 'tf-apply-moshi-storage-prod', 'tf-apply-moshi-apis-shared', 'tf-apply-filmlinkd-data-shared']) {
      expect(applies.map((grant) => grant.account)).toContain(account);
      expect(acting).not.toContain(account);
    }
  });

  test("ids are what Google takes, and a project's hundred accounts are not used up", () => {
    for (const stack of GOOGLE) {
      const accounts = resourcesOf(stacks.get(stack), 'google_service_account').map(({ account_id }) => account_id as string);
      for (const id of accounts) expect(id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
      expect(new Set(accounts).size).toBe(accounts.length);
      expect(accounts.length).toBeLessThanOrEqual(50);
      for (const { role_id } of resourcesOf(stacks.get(stack), 'google_project_iam_custom_role')) expect(role_id).toMatch(/^[\w.]{3,64}$/);
    }
  });

  test('the table says what every type takes once, and a plan of each looks only', () => {
    for (const [type, { read }] of Object.entries(GOOGLE_ACCESS)) {
      expect(type).toMatch(/^(data\.)?google_/);
      expect(read.filter((permission) => !LOOKS.test(permission))).toEqual([]);
    }
  });
});

interface RoleStatement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

const allowed = Object.values(parse(stacks.get(AMAZON)).resource?.aws_iam_role_policy ?? {}).map(({ role, policy }) => {
  const id = /^\$\{aws_iam_role\.(.+)\.name\}$/.exec(role as string)?.[1] ?? '';
  const name = parse(stacks.get(AMAZON)).resource?.aws_iam_role?.[id]?.name as string;
  return { name, text: policy as string, statements: (JSON.parse(policy as string) as { Statement: RoleStatement[] }).Statement };
});

describe('at AWS', () => {
  test('a plan looks and changes nothing', () => {
    const actions = allowed.filter(({ name }) => name.startsWith('terraform-plan-')).flatMap(({ statements }) => statements.flatMap(({ Action }) => Action));
    expect(actions.length).toBeGreaterThan(50);
    // Keyspaces has one action for a table's settings and its rows
    expect([...new Set(actions.filter((action) => !/^[a-z0-9-]+:(Get|List|Describe)/.test(action)))]).toEqual(['cassandra:Select']);
  });

  test('a plan reads no secret, no message, and of objects only those that the stack has put there', () => {
    for (const { name, statements } of allowed.filter((one) => one.name.startsWith('terraform-plan-'))) {
      for (const { Action, Resource } of statements) {
        expect(
          Action.filter(
            (action) => /^(secretsmanager:GetSecretValue|kms:Decrypt|ssm:Get|s3:Get(\*|O\*)|s3:\*|.*:Get\*$)/.test(action) && !action.startsWith('cloudfront:'),
          ),
        ).toEqual([]);
        if (!Action.includes('s3:GetObject')) continue;
        expect(name).toMatch(/egf2/);
        for (const arn of Resource) expect(arn).toMatch(/^arn:aws:s3:::egf2-[a-z0-9*-]+\/[^*]+$/);
      }
    }
  });

  test('identities and buckets are those with the name of the estate, never a role of a run', () => {
    for (const { name, statements } of allowed) {
      const estate = /^terraform-(?:plan|apply)-([a-z0-9]+)-/.exec(name)?.[1];
      for (const { Action, Resource } of statements) {
        if (!Action.some((action) => action.startsWith('iam:') || action.startsWith('s3:'))) continue;
        for (const arn of Resource) expect(arn.split(/:::|\//).at(arn.startsWith('arn:aws:s3') ? 1 : -1)).toMatch(new RegExp(`^${estate}-`));
      }
    }
  });

  test('what the stacks make has such a name', () => {
    for (const stack of names.filter((name) => /^(egf2|vulpine)-/.test(name))) {
      const estate = stack.split('-')[0];
      for (const type of ['aws_iam_role', 'aws_iam_instance_profile', 'aws_iam_user']) {
        for (const { name } of resourcesOf(stacks.get(stack), type)) expect(name).toMatch(new RegExp(`^${estate}-`));
      }
      for (const { bucket } of resourcesOf(stacks.get(stack), 'aws_s3_bucket')) expect(bucket).toMatch(new RegExp(`^${estate}-`));
    }
  });

  test('no action is a wildcard of a service, and no role has more text than AWS keeps', () => {
    for (const { text, statements } of allowed) {
      expect(statements.flatMap(({ Action }) => Action).filter((action) => /:\*|^\*/.test(action))).toEqual([]);
      expect(text.length).toBeLessThanOrEqual(10_240);
    }
  });
});
