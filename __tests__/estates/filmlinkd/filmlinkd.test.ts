import { filmlinkdSchema, filmlinkdValues } from '../../../config/filmlinkd';
import { loadConfig } from '../../../config/load';
import { filmlinkdNeeds } from '../../../estates/filmlinkd/needs';
import { estates } from '../../../estates/index';
import { scraperEnvironment, shardEnvironment } from '../../../services/contracts/filmlinkd-environment';
import { containersIn } from '../../support/container-machine';
import { onlyResource, resourcesOf, synthEstate } from '../../support/synth';

const stacks = synthEstate('filmlinkd');
const of = (stack: string, environment: string) => stacks.get(`filmlinkd-${stack}-${environment}`);
const names = (json: string | undefined, type: string) => resourcesOf(json, type).map(({ name }) => String(name));
const SCRAPERS = { machineType: 'e2-micro', containers: ['scraper', 'vip'] };

test('what exists once is shared; each environment has its messages, machines and delivery', () => {
  expect([...stacks.keys()].sort()).toEqual([
    'filmlinkd-base-shared',
    'filmlinkd-compute-dev',
    'filmlinkd-compute-prod',
    'filmlinkd-data-shared',
    'filmlinkd-delivery-dev',
    'filmlinkd-delivery-prod',
    'filmlinkd-messaging-dev',
    'filmlinkd-messaging-prod',
  ]);
});

test('topics and subscriptions have the names that are in use, and everybody who needs all messages has a subscription', () => {
  expect(names(of('messaging', 'prod'), 'google_pubsub_topic').sort()).toEqual([
    'filmlinkd-command-topic',
    'filmlinkd-dead-letter-topic',
    'filmlinkd-log-entry-topic',
    'filmlinkd-poison-topic',
  ]);
  expect(names(of('messaging', 'prod'), 'google_pubsub_subscription').sort()).toEqual([
    'filmlinkd-command-subscription',
    'filmlinkd-command-subscription-scraper-1-vip',
    'filmlinkd-command-subscription-scraper-2-scraper',
    'filmlinkd-command-subscription-scraper-2-vip',
    'filmlinkd-dead-letter-topic-kept',
    'filmlinkd-log-entry-subscription',
    'filmlinkd-poison-topic-kept',
  ]);
  expect(names(of('messaging', 'dev'), 'google_pubsub_subscription')).toContain('filmlinkd-dev-log-entry-subscription');
});

test('a message waits 10 seconds for its acknowledgement, is kept 12 hours, and a quiet day deletes no subscription', () => {
  for (const subscription of resourcesOf(of('messaging', 'prod'), 'google_pubsub_subscription').filter(({ name }) => !/-kept$/.test(String(name)))) {
    expect(subscription).toMatchObject({ ack_deadline_seconds: 10, message_retention_duration: '43200s', expiration_policy: { ttl: '' } });
    expect(subscription.dead_letter_policy).toMatchObject({ max_delivery_attempts: 10 });
  }
  for (const topic of resourcesOf(of('messaging', 'prod'), 'google_pubsub_topic'))
    expect(topic.message_storage_policy).toEqual({ allowed_persistence_regions: ['us-central1'] });
});

test('adding machines renames no subscription', () => {
  const more = synthEstate('filmlinkd', {
    prod: {
      machines: { 'scraper-0': SCRAPERS, 'shard-1': { shards: '0-1/4' }, 'shard-0': { machineType: 'e2-medium', containers: ['sharded'], shards: '2-3/4' } },
    },
  });
  const now = names(more.get('filmlinkd-messaging-prod'), 'google_pubsub_subscription');
  expect(now).toEqual(expect.arrayContaining(names(of('messaging', 'prod'), 'google_pubsub_subscription')));
  expect(now).toContain('filmlinkd-log-entry-subscription-shard-0-sharded');
});

test.each(['dev', 'prod'] as const)('every container of %s gets an environment that its contract takes, and nothing that it does not know', (environment) => {
  const containers = containersIn(of('compute', environment));
  expect(containers.length).toBeGreaterThan(2);
  for (const { name, machine, variables, secrets } of containers) {
    const contract = name === 'sharded' ? shardEnvironment : scraperEnvironment;
    const values = { ...variables, ...Object.fromEntries([...secrets.keys()].map((variable) => [variable, 'value'])) };
    expect({ name, machine, ...contract.safeParse(values) }).toMatchObject({ name, machine, success: true });
    expect(Object.keys(values).filter((variable) => !(variable in contract.shape))).toEqual([]);
  }
});

test('each container reads its own subscription, as itself', () => {
  const all = containersIn(of('compute', 'prod')).map(
    ({ machine, name, variables }) => `${machine}/${name}: ${variables.INSTANCE} ${variables.SUBSCRIPTION} ${variables.MODE ?? 'bot'}`,
  );
  expect(all).toEqual([
    'filmlinkd-scraper-1/scraper: scraper-1-scraper filmlinkd-command-subscription general',
    'filmlinkd-scraper-1/vip: scraper-1-vip filmlinkd-command-subscription-scraper-1-vip vip',
    'filmlinkd-scraper-2/scraper: scraper-2-scraper filmlinkd-command-subscription-scraper-2-scraper general',
    'filmlinkd-scraper-2/vip: scraper-2-vip filmlinkd-command-subscription-scraper-2-vip vip',
    'filmlinkd-shard-1/sharded: shard-1-sharded filmlinkd-log-entry-subscription bot',
  ]);
});

test('containers start the tag of their environment, from our registry, and know no digest', () => {
  expect([...new Set(containersIn(of('compute', 'prod')).map(({ image }) => image))]).toEqual([
    'us-central1-docker.pkg.dev/filmlinkd/filmlinkd/scraper:prod',
    'us-central1-docker.pkg.dev/filmlinkd/filmlinkd/sharded:prod',
  ]);
  for (const json of stacks.values()) expect(json).not.toContain('sha256:');
});

test('secrets are named, never held: each machine knows where its own are, and the bot token of its environment', () => {
  const secretsOf = (environment: string, name: string) => containersIn(of('compute', environment)).find((container) => container.name === name)?.secrets;
  expect([...(secretsOf('prod', 'scraper') ?? [])]).toEqual([
    ['LETTERBOXD_API_KEY', 'projects/filmlinkd/secrets/LETTERBOXD_API_KEY'],
    ['LETTERBOXD_API_SHARED_SECRET', 'projects/filmlinkd/secrets/LETTERBOXD_API_SHARED_SECRET'],
  ]);
  expect(secretsOf('prod', 'sharded')?.get('DISCORD_BOT_TOKEN')).toBe('projects/filmlinkd/secrets/DISCORD_PROD_BOT_TOKEN');
  expect(secretsOf('dev', 'sharded')?.get('DISCORD_BOT_TOKEN')).toBe('projects/filmlinkd/secrets/DISCORD_DEV_BOT_TOKEN');
  for (const json of stacks.values()) expect(json).not.toContain('google_secret_manager_secret_version');
});

test('each machine is a group of one with autohealing, without an external address, and never two of one', () => {
  const groups = resourcesOf(of('compute', 'prod'), 'google_compute_instance_group_manager');
  expect(groups.map(({ name }) => name)).toEqual(['filmlinkd-scraper-1', 'filmlinkd-scraper-2', 'filmlinkd-shard-1']);
  for (const group of groups) {
    expect(group).toMatchObject({ target_size: 1, update_policy: { max_surge_fixed: 0, max_unavailable_fixed: 1 } });
    expect(group.auto_healing_policies).toBeDefined();
  }
  const templates = resourcesOf(of('compute', 'prod'), 'google_compute_instance_template');
  expect(templates.map(({ machine_type }) => machine_type)).toEqual(['e2-micro', 'e2-micro', 'e2-medium']);
  for (const { network_interface } of templates) expect(JSON.stringify(network_interface)).not.toMatch(/access_config/);
});

test('one way out: a NAT whose errors are logged; only health checks and the ssh proxy come in', () => {
  const base = of('base', 'shared');
  expect(onlyResource(base, 'google_compute_router_nat')).toMatchObject({
    log_config: { enable: true, filter: 'ERRORS_ONLY' },
    enable_dynamic_port_allocation: true,
  });
  expect(onlyResource(base, 'google_compute_subnetwork')).toMatchObject({ ip_cidr_range: '10.0.0.0/24', private_ip_google_access: true });
  expect(resourcesOf(base, 'google_compute_firewall').map(({ name, source_ranges }) => [name, source_ranges])).toEqual([
    ['filmlinkd-allow-health-checks', ['130.211.0.0/22', '35.191.0.0/16']],
    ['filmlinkd-allow-ssh-through-iap', ['35.235.240.0/20']],
  ]);
});

test('the database is protected, backed up daily, and forgets what is over', () => {
  const data = of('data', 'shared');
  expect(onlyResource(data, 'google_firestore_database')).toMatchObject({
    name: '(default)',
    location_id: 'us-central1',
    delete_protection_state: 'DELETE_PROTECTION_ENABLED',
    point_in_time_recovery_enablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
    lifecycle: { prevent_destroy: true },
  });
  expect(onlyResource(data, 'google_firestore_backup_schedule')).toMatchObject({ retention: '604800s' });
  const fields = resourcesOf(data, 'google_firestore_field');
  expect(fields.filter(({ ttl_config }) => ttl_config).map(({ collection, field }) => `${collection}.${field}`)).toEqual([
    'deliveries-dev.expiresAt',
    'leases-dev.expiresAt',
    'deliveries.expiresAt',
    'leases.expiresAt',
    'outcomes.expiresAt',
  ]);
  const without = synthEstate('filmlinkd', { shared: { firestore: { backupDays: null, pointInTimeRecovery: false } } }).get('filmlinkd-data-shared');
  expect(resourcesOf(without, 'google_firestore_backup_schedule')).toEqual([]);
  expect(onlyResource(without, 'google_firestore_database')).toMatchObject({ point_in_time_recovery_enablement: 'POINT_IN_TIME_RECOVERY_DISABLED' });
});

test('the registry keeps the newest images and those that an environment starts or may go back to', () => {
  const policies = (tag: string) => [
    { action: 'KEEP', most_recent_versions: { keep_count: 10 } },
    { action: 'KEEP', condition: { tag_state: 'TAGGED', tag_prefixes: [tag] } },
    { action: 'DELETE', condition: { tag_state: 'ANY', older_than: '86400s' } },
  ];
  expect(resourcesOf(of('base', 'shared'), 'google_artifact_registry_repository')).toMatchObject([
    { repository_id: 'filmlinkd', vulnerability_scanning_config: { enablement_config: 'INHERITED' }, cleanup_policies: policies('prod') },
    { repository_id: 'filmlinkd-dev', vulnerability_scanning_config: { enablement_config: 'INHERITED' }, cleanup_policies: policies('dev') },
  ]);
});

test('no environment gives a runtime other numbers than those it is known by', () => {
  const scraper = {
    ...{ PAGE_SIZE: '20', CONCURRENCY: '4', PAUSE_SECONDS: '2', RUN_TIMEOUT_SECONDS: '60', MINIMUM_AGE_SECONDS: '180' },
    ...{ REQUESTS_PER_SECOND: '5', FORBIDDEN_PAUSE_SECONDS: '900', LEASE_SECONDS: '30', REPUBLISH_SECONDS: '60' },
  };
  const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    scraper,
    vip: { ...scraper, CONCURRENCY: '1', PAUSE_SECONDS: '30' },
    sharded: { POSTS_PER_SECOND: '10', REQUESTS_PER_SECOND: '10' },
  };
  for (const environment of ['dev', 'prod'])
    for (const { name, variables } of containersIn(of('compute', environment)))
      expect({ ...known[name], ...variables }).toEqual(expect.objectContaining(known[name]));
});

test('a setting of a runtime is one line of config, and changes nothing but the machines', () => {
  const changed = synthEstate('filmlinkd', { prod: { containers: { vip: { settings: { PAUSE_SECONDS: 45 } } } } });
  expect([...changed].filter(([name, json]) => json !== stacks.get(name)).map(([name]) => name)).toEqual(['filmlinkd-compute-prod']);
  expect(containersIn(changed.get('filmlinkd-compute-prod')).map(({ name, variables }) => [name, variables.PAUSE_SECONDS])).toEqual([
    ['scraper', undefined],
    ['vip', '45'],
    ['scraper', undefined],
    ['vip', '45'],
    ['sharded', undefined],
  ]);
});

describe('config that cannot work is refused', () => {
  const problems = (filmlinkd: object): string => {
    try {
      synthEstate('filmlinkd', filmlinkd);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  const shard = (shards?: string) => ({ machineType: 'e2-medium', containers: ['sharded'], ...(shards && { shards }) });

  test.each([
    ['two bots with all shards each', { prod: { machines: { 'shard-2': shard() } } }, 'prod.machines', 'must give every shard to one machine'],
    [
      'shards that nobody has',
      { prod: { machines: { 'shard-1': shard('0-2/8'), 'shard-2': shard('4-7/8') } } },
      'prod.machines',
      'must give every shard to one machine',
    ],
    [
      'shards that two have',
      { prod: { machines: { 'shard-1': shard('0-4/8'), 'shard-2': shard('4-7/8') } } },
      'prod.machines',
      'must give every shard to one machine',
    ],
    ['one bot with half of the shards', { prod: { machines: { 'shard-1': shard('0-3/8') } } }, 'prod.machines', 'must give every shard to one machine'],
    ['nobody who asks Letterboxd', { dev: { machines: { 'scraper-1': { containers: ['vip'] } } } }, 'dev.machines', 'must have a container "scraper"'],
    [
      'a bot beside a scraper',
      { dev: { machines: { 'shard-1': { containers: ['sharded', 'vip'] } } } },
      'dev.machines.shard-1.containers',
      'must have "sharded" alone',
    ],
    ['a plain name for a machine that is gone', { prod: { machines: { 'scraper-1': null } } }, 'prod.plainConsumer.commands', 'must be a scraper'],
    ['a plain name for the wrong kind', { prod: { plainConsumer: { logEntries: 'scraper-1-vip' } } }, 'prod.plainConsumer.logEntries', 'must be a bot'],
    ['a name of the other environment', { prod: { machines: { 'dev-1': SCRAPERS } } }, 'prod.machines', 'does not start with "dev-"'],
    ['the other environment as a name', { prod: { machines: { dev: SCRAPERS } } }, 'prod.machines', 'or is "dev"'],
    ['an address twice', { prod: { alertEmails: ['a@b.org', 'a@b.org'] } }, 'prod.alertEmails', 'names an address twice'],
    ['two addresses that are too much alike', { dev: { alertEmails: ['a.b@c.org', 'a+b@c.org'] } }, 'dev.alertEmails', 'names an address twice'],
    [
      'an address that is called as a machine is',
      { prod: { alertEmails: ['a@b.org'], machines: { 'a-b-org': SCRAPERS } } },
      'prod.alertEmails',
      'is called as a machine is',
    ],
    [
      'marks over two lines',
      { prod: { containers: { sharded: { settings: { EMOJI: '{\n"star":"<:star:1234>"}' } } } } },
      'prod.containers.sharded.settings.EMOJI',
      'has a line break',
    ],
    ['shards of a scraper', { prod: { machines: { 'scraper-2': { shards: '0-3/8' } } } }, 'prod.machines.scraper-2.shards', 'the container "sharded"'],
    ['an Arm machine', { prod: { machines: { 'scraper-2': { machineType: 't2a-standard-1' } } } }, 'prod.machines.scraper-2.machineType', 'is an Arm machine'],
    ['another Arm machine', { dev: { machines: { 'shard-1': { machineType: 'c4a-standard-1' } } } }, 'dev.machines.shard-1.machineType', 'is an Arm machine'],
    [
      'a pause that is none',
      { dev: { containers: { scraper: { settings: { FORBIDDEN_PAUSE_SECONDS: 0 } } } } },
      'dev.containers.scraper.settings.FORBIDDEN_PAUSE_SECONDS',
      'must be 1 or more',
    ],
    [
      'a setting out of its bounds',
      { prod: { containers: { vip: { settings: { PAGE_SIZE: 0 } } } } },
      'prod.containers.vip.settings.PAGE_SIZE',
      'must be 1 or more',
    ],
    ['a zone elsewhere', { shared: { region: 'europe-west1' } }, 'shared.zone', 'not a zone of shared.region'],
  ])('%s', (_, override, path, message) => {
    const said = problems(override);
    expect(said).toContain(path);
    expect(said).toContain(message);
  });

  test.each(['scraper', 'shard', 'letterboxd-forbidden', 'google', 'backend'])('a machine called %s', (name) => {
    expect(problems({ prod: { machines: { [name]: SCRAPERS } } })).toMatch(/prod\.machines[\s\S]*is reserved/);
  });
});

test.each(['dev', 'prod'])('whoever delivers to %s first makes what delivers, and the repository that it is for', (environment) => {
  const [one, ...rest] = filmlinkdNeeds(filmlinkdSchema.parse(filmlinkdValues)).filter((need) => need.kind === 'container-image' && need.tag === environment);
  expect(rest).toHaveLength(1);
  expect(one).toMatchObject({
    repository: environment === 'dev' ? 'filmlinkd-dev' : 'filmlinkd',
    stack: 'filmlinkd-base-shared',
    deliver: [`make deploy STACKS='filmlinkd-compute-${environment} filmlinkd-delivery-${environment}'`, `make filmlinkd-deliver ENV=${environment}`],
  });
});

test('the values that are committed are valid by themselves', () => {
  expect(() => loadConfig(estates, { env: {}, root: __dirname })).not.toThrow();
});
