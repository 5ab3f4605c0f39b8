import { type Grant, grantsOf } from '../../support/granted';
import { parse, resourcesOf, synthEstate } from '../../support/synth';

const stacks = synthEstate('filmlinkd');
const said = (grants: readonly Grant[]) => grants.map(({ role, on, when }) => `${role} on ${on}${when ? ' if' : ''}`).sort();
const stack = (name: string, environment: string) => stacks.get(`filmlinkd-${name}-${environment}`);

const WRITES = ['roles/logging.logWriter on project'];
const ALL = ['roles/datastore.user on project if', ...WRITES];

test.each([
  ['dev', '-dev', 'DEV', ['-scraper-1-vip', '']],
  ['prod', '', 'PROD', ['-scraper-1-vip', '-scraper-2-scraper', '-scraper-2-vip', '']],
])('every account of %s has these grants, and no other', (environment, suffix, upper, subscriptions) => {
  const compute = stack('compute', environment);
  expect({
    scraper: said(grantsOf(compute, `filmlinkd${suffix}-scraper`)),
    shard: said(grantsOf(compute, `filmlinkd${suffix}-shard`)),
    build: said(grantsOf(stack('delivery', environment), `filmlinkd${suffix}-build`)),
  }).toEqual({
    scraper: [
      ...ALL,
      `roles/artifactregistry.reader on repository filmlinkd${suffix}`,
      `roles/pubsub.publisher on topic filmlinkd${suffix}-log-entry-topic`,
      `roles/pubsub.publisher on topic filmlinkd${suffix}-poison-topic`,
      ...subscriptions.map((of) => `roles/pubsub.subscriber on subscription filmlinkd${suffix}-command-subscription${of}`),
      'roles/secretmanager.secretAccessor on secret LETTERBOXD_API_KEY',
      'roles/secretmanager.secretAccessor on secret LETTERBOXD_API_SHARED_SECRET',
    ].sort(),
    shard: [
      ...ALL,
      `roles/artifactregistry.reader on repository filmlinkd${suffix}`,
      `roles/pubsub.publisher on topic filmlinkd${suffix}-command-topic`,
      `roles/pubsub.publisher on topic filmlinkd${suffix}-poison-topic`,
      `roles/pubsub.subscriber on subscription filmlinkd${suffix}-log-entry-subscription`,
      `roles/secretmanager.secretAccessor on secret DISCORD_${upper}_BOT_TOKEN`,
      'roles/secretmanager.secretAccessor on secret LETTERBOXD_API_KEY',
      'roles/secretmanager.secretAccessor on secret LETTERBOXD_API_SHARED_SECRET',
      'roles/secretmanager.secretAccessor on secret THE_MOVIE_DATABASE_API_KEY',
    ].sort(),
    build: [
      `filmlinkd${environment === 'dev' ? 'Dev' : ''}Roll on project`,
      `filmlinkd${environment === 'dev' ? 'Dev' : ''}UseTemplate on project if`,
      `roles/artifactregistry.writer on repository filmlinkd${suffix}`,
      `roles/iam.serviceAccountUser on account filmlinkd${suffix}-scraper`,
      `roles/iam.serviceAccountUser on account filmlinkd${suffix}-shard`,
      'roles/logging.logWriter on project',
    ].sort(),
  });
});

test('there are no other accounts', () => {
  const accounts = [...stacks.values()].flatMap((json) => resourcesOf(json, 'google_service_account').map(({ account_id }) => String(account_id)));
  const of = (suffix: string) => ['build', 'scraper', 'shard'].map((role) => `filmlinkd${suffix}-${role}`);
  expect(accounts.sort()).toEqual([...of(''), ...of('-dev')].sort());
});

test("the database of the accounts is the estate's, whatever else the project holds", () => {
  const [grant] = grantsOf(stack('compute', 'prod'), 'filmlinkd-scraper').filter(({ role }) => role === 'roles/datastore.user');
  expect(grant?.when).toBe("resource.name == 'projects/filmlinkd/databases/(default)'");
});

/** Who may publish on which topic and read which subscription: from the grants of all stacks, the rows are every account that any grant names. */
function matrix(): string {
  const cells = new Map<string, Map<string, string>>();
  const name = (json: string | undefined, member: string): string => {
    const key = /google_service_account\.([\w-]+)\./.exec(member)?.[1];
    const account = key ? parse(json).resource?.google_service_account?.[key]?.account_id : undefined;
    return String(account ?? member.replace(/^serviceAccount:service-\$\{[^}]+\}@(.*)\.iam\.gserviceaccount\.com$/, '$1'));
  };
  const plain = (json: string | undefined, given: unknown): string => {
    const [, type, key] = /^\$\{(google_pubsub_\w+)\.([\w-]+)\.name\}$/.exec(String(given)) ?? [];
    return String((type && key && parse(json).resource?.[type]?.[key]?.name) ?? given);
  };
  for (const json of stacks.values()) {
    for (const [type, of] of [
      ['google_pubsub_topic_iam_member', 'topic'],
      ['google_pubsub_subscription_iam_member', 'subscription'],
    ] as const) {
      for (const grant of resourcesOf(json, type)) {
        const row = cells.get(plain(json, grant[of])) ?? new Map<string, string>();
        cells.set(plain(json, grant[of]), row.set(name(json, String(grant.member)), String(grant.role).replace('roles/pubsub.', '')));
      }
    }
  }
  return [...cells]
    .map(
      ([thing, row]) =>
        `${thing.padEnd(56)} ${[...row]
          .map(([account, role]) => `${account}: ${role}`)
          .sort()
          .join(', ')}`,
    )
    .sort()
    .join('\n');
}

test('who publishes and who reads, in production and in development', () => {
  const found = matrix();
  console.log(found);
  expect(found.split('\n').map((line) => line.replace(/ +/, ' -> '))).toEqual([
    'filmlinkd-command-subscription -> filmlinkd-scraper: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-command-subscription-scraper-1-vip -> filmlinkd-scraper: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-command-subscription-scraper-2-scraper -> filmlinkd-scraper: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-command-subscription-scraper-2-vip -> filmlinkd-scraper: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-command-topic -> filmlinkd-shard: publisher',
    'filmlinkd-dead-letter-topic -> gcp-sa-pubsub: publisher',
    'filmlinkd-dev-command-subscription -> filmlinkd-dev-scraper: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-dev-command-subscription-scraper-1-vip -> filmlinkd-dev-scraper: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-dev-command-topic -> filmlinkd-dev-shard: publisher',
    'filmlinkd-dev-dead-letter-topic -> gcp-sa-pubsub: publisher',
    'filmlinkd-dev-log-entry-subscription -> filmlinkd-dev-shard: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-dev-log-entry-topic -> filmlinkd-dev-scraper: publisher',
    'filmlinkd-dev-poison-topic -> filmlinkd-dev-scraper: publisher, filmlinkd-dev-shard: publisher',
    'filmlinkd-log-entry-subscription -> filmlinkd-shard: subscriber, gcp-sa-pubsub: subscriber',
    'filmlinkd-log-entry-topic -> filmlinkd-scraper: publisher',
    'filmlinkd-poison-topic -> filmlinkd-scraper: publisher, filmlinkd-shard: publisher',
  ]);
});
