import { dockerWorkerValues } from '../../../config/docker-worker';
import { createWorkerEnvironment, deleteWorkerEnvironment, reapWorkersEnvironment } from '../../../services/contracts/functions';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';

const stacks = synthEstate('docker-worker');
const functions = stacks.get('docker-worker-functions-prod');
const data = stacks.get('docker-worker-data-prod');

interface FunctionJson {
  readonly name: string;
  readonly service_config: Readonly<Record<string, string>> & { readonly environment_variables: Record<string, string> };
}
const functionsOf = (json: string | undefined) =>
  new Map((resourcesOf(json, 'google_cloudfunctions2_function') as unknown as FunctionJson[]).map((each) => [each.name, each]));
const environmentOf = (name: string, json = functions) => functionsOf(json).get(name)?.service_config.environment_variables ?? {};
const withProd = (prod: object) => synthEstate('docker-worker', { prod });

test('what holds data stands apart from what is replaced every week', () => {
  expect([...stacks.keys()].filter((name) => name.startsWith('docker-worker-')).sort()).toEqual([
    'docker-worker-apis-shared',
    'docker-worker-data-prod',
    'docker-worker-functions-prod',
    'docker-worker-workers-prod',
  ]);
  expect(onlyResource(data, 'google_firestore_database')).toMatchObject({
    name: 'docker-worker-ledger',
    delete_protection_state: 'DELETE_PROTECTION_ENABLED',
    lifecycle: { prevent_destroy: true },
  });
});

test.each([
  ['docker-worker-webhook', createWorkerEnvironment],
  ['docker-worker-create', createWorkerEnvironment],
  ['docker-worker-delete', deleteWorkerEnvironment],
  ['docker-worker-reap', reapWorkersEnvironment],
])('%s gets an environment that its contract takes, and nothing that it does not know', (name, contract) => {
  const environment = environmentOf(name);
  expect(contract.safeParse(environment)).toMatchObject({ success: true });
  const known = Object.keys(contract.shape);
  expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
});

test('the functions know the tasks as declared, with images of our registry by their full name', () => {
  expect(JSON.parse(environmentOf('docker-worker-create').TASKS as string)).toEqual({
    import: {
      image: 'us-west1-docker.pkg.dev/docker-worker/tasks/import:latest',
      args: [],
      env: {},
      machineType: 'n2-highmem-16',
      zone: 'us-west1-a',
      diskGb: 200,
      provisioning: 'on-demand',
      maxMinutes: 60,
      retries: { attempts: 0, on: 'preemption' },
      mayOverride: [],
    },
  });
});

test.each([
  ['docker-worker', 'projects/docker-worker/global/images/family/docker-worker'],
  ['docker-worker-20261121', 'projects/docker-worker/global/images/docker-worker-20261121'],
])('machines boot %s: %s', (image, link) => {
  expect(environmentOf('docker-worker-create', withProd({ image }).get('docker-worker-functions-prod')).BOOT_IMAGE).toBe(link);
});

test('a function has the memory that its libraries need, and no more instances than it should', () => {
  for (const { service_config } of functionsOf(functions).values()) expect(service_config).toMatchObject({ available_memory: '512Mi' });
  expect(functionsOf(functions).get('docker-worker-reap')?.service_config).toMatchObject({ max_instance_count: 1, timeout_seconds: 540 });
});

test('a variable for the container is one line in config, and changes nothing but the functions', () => {
  const awkward = '$(rm -rf /) "quoted" \'single\' ${interpolated} %{if} \n line two';
  const changed = withProd({ tasks: { import: { env: { INDEX: awkward } } } });
  expect([...changed].filter(([name, json]) => json !== stacks.get(name)).map(([name]) => name)).toEqual(['docker-worker-functions-prod']);
  const tasks = environmentOf('docker-worker-create', changed.get('docker-worker-functions-prod')).TASKS as string;
  // Terraform reads $${ as ${, and %%{ as %{
  expect(JSON.parse(tasks.replaceAll('$${', '${').replaceAll('%%{', '%{')).import.env).toEqual({ INDEX: awkward });
});

test('a task is asked for by its schedule, and the reaper comes every ten minutes', () => {
  const jobs = resourcesOf(functions, 'google_cloud_scheduler_job');
  expect(jobs).toContainEqual(
    expect.objectContaining({
      name: 'docker-worker-task-import',
      schedule: '0 2 * * *',
      pubsub_target: {
        topic_name: 'projects/docker-worker/topics/docker-worker-requests',
        data: Buffer.from('{"task":"import"}').toString('base64'),
        attributes: { scheduled: 'true' },
      },
    }),
  );
  const reaper = jobs.find(({ name }) => name === 'docker-worker-reap') as { http_target: { uri: string; oidc_token: object } };
  expect(reaper).toMatchObject({ schedule: '*/10 * * * *', attempt_deadline: '540s' });
  expect(reaper.http_target.oidc_token).toMatchObject({ audience: reaper.http_target.uri });
});

test('what no function understands comes to rest, and is kept for a month', () => {
  const subscriptions = resourcesOf(functions, 'google_pubsub_subscription');
  expect(subscriptions).toHaveLength(2);
  for (const subscription of subscriptions) {
    expect(subscription).toMatchObject({
      dead_letter_policy: { dead_letter_topic: 'projects/docker-worker/topics/docker-worker-dead-letters', max_delivery_attempts: 20 },
    });
    // Cloud Run refuses a token that was made for another address
    const { push_endpoint, oidc_token } = subscription.push_config as { push_endpoint: string; oidc_token: Record<string, string> };
    expect(push_endpoint).toMatch(/^\$\{google_cloudfunctions2_function\.(create|delete)_resource_\w+\.service_config\[?0?\]?\.uri\}$/);
    expect(oidc_token).toEqual({ audience: push_endpoint, service_account_email: expect.stringContaining('google_service_account.caller') });
  }
  expect(onlyResource(data, 'google_pubsub_subscription')).toMatchObject({ name: 'docker-worker-dead-letters-kept', message_retention_duration: '2678400s' });
});

test("Pub/Sub's own account may park messages, take them off, and call as the caller", () => {
  const agent = 'serviceAccount:service-${data.google_project.project.number}@gcp-sa-pubsub.iam.gserviceaccount.com';
  const grants = ['google_pubsub_topic_iam_member', 'google_pubsub_subscription_iam_member', 'google_service_account_iam_member']
    .flatMap((type) => resourcesOf(functions, type))
    .filter(({ member }) => member === agent);
  expect(grants.map(({ role }) => role).sort()).toEqual([
    'roles/iam.serviceAccountTokenCreator',
    'roles/pubsub.publisher',
    'roles/pubsub.publisher',
    'roles/pubsub.subscriber',
    'roles/pubsub.subscriber',
  ]);
});

describe('the web hook', () => {
  const invokersOf = (json: string | undefined) => resourcesOf(json, 'google_cloud_run_service_iam_member').map(({ member }) => member as string);

  test('admits named Google identities, and nobody else', () => {
    const google = withProd({ webhook: { callers: ['serviceAccount:cron@elsewhere.iam.gserviceaccount.com'] } });
    const members = invokersOf(google.get('docker-worker-functions-prod'));
    expect(members).toContain('serviceAccount:cron@elsewhere.iam.gserviceaccount.com');
    expect(members).not.toContain('allUsers');
    expect(resourcesOf(google.get('docker-worker-data-prod'), 'google_secret_manager_secret')).toEqual([]);
  });

  test('with hmac admits everybody to a function that holds the secret, by a declared reason', () => {
    const hmac = withProd({ webhook: { auth: 'hmac', callers: null, reason: 'The old scheduler has no Google identity' } });
    const json = hmac.get('docker-worker-functions-prod');
    expect(invokersOf(json).filter((member) => member === 'allUsers')).toHaveLength(1);
    expect(functionsOf(json).get('docker-worker-webhook')?.service_config).toMatchObject({
      environment_variables: { WEBHOOK: 'hmac' },
      secret_environment_variables: [{ key: 'WEBHOOK_SECRET', secret: 'docker-worker-webhook', version: 'latest' }],
    });
    expect(functionsOf(json).get('docker-worker-create')?.service_config).not.toHaveProperty('secret_environment_variables.0');
    expect(() => withProd({ webhook: { auth: 'hmac', callers: null } })).toThrow('why the callers have no Google identity');
  });

  test('only it is reached from the Internet', () => {
    const ingress = [...functionsOf(functions)].map(([name, { service_config }]) => [name, service_config.ingress_settings]);
    expect(Object.fromEntries(ingress)).toEqual({
      'docker-worker-webhook': 'ALLOW_ALL',
      'docker-worker-create': 'ALLOW_INTERNAL_ONLY',
      'docker-worker-delete': 'ALLOW_INTERNAL_ONLY',
      'docker-worker-reap': 'ALLOW_INTERNAL_ONLY',
    });
  });
});

test('failed and lost tasks, and machines that stay, wake somebody', () => {
  const alerted = withProd({ alertEmails: ['me@example.org', 'you@example.org'] }).get('docker-worker-functions-prod');
  const policies = resourcesOf(alerted, 'google_monitoring_alert_policy') as { display_name: string; conditions: object[]; notification_channels: string[] }[];
  for (const policy of policies) expect(policy.notification_channels).toHaveLength(2);
  const conditions = Object.fromEntries(policies.map(({ display_name, conditions: [condition] }) => [display_name, condition]));
  for (const event of ['task_failed', 'task_lost', 'delete_failed', 'reap_failed', 'ledger_broken', 'not_configured']) {
    expect(conditions[`docker-worker-${event.replace('_', '-')}`]).toMatchObject({
      condition_matched_log: { filter: `resource.type="cloud_run_revision" AND jsonPayload.event="${event}"` },
    });
  }
  expect(conditions['docker-worker-reaper-silent']).toMatchObject({ condition_absent: { duration: '2100s' } });
  expect(conditions['docker-worker-dead-letters']).toMatchObject({
    condition_threshold: {
      threshold_value: 0,
      comparison: 'COMPARISON_GT',
      filter: expect.stringContaining('subscription_id="docker-worker-dead-letters-kept"'),
    },
  });
});

test('machines have no address of their own, and a way out', () => {
  const workers = stacks.get('docker-worker-workers-prod');
  expect(onlyResource(workers, 'google_compute_router_nat')).toMatchObject({ nat_ip_allocate_option: 'AUTO_ONLY' });
  expect(onlyResource(workers, 'google_compute_subnetwork')).toMatchObject({ private_ip_google_access: true, ip_cidr_range: '10.2.0.0/24' });
});

test('protection off makes teardown possible', () => {
  const off = synthEstate('docker-worker', { shared: { protection: 'off' }, prod: { protection: 'off' } });
  for (const [name, json] of off) if (name.startsWith('docker-worker-')) expect(json).not.toContain('"prevent_destroy":true');
});

test.each([
  [{ tasks: { import: { zone: 'us-east1-b' } } }, 'holds a zone that is not in shared.region'],
  [{ tasks: { import: { image: 'No Image' } } }, 'not an image'],
  [{ tasks: { import: { schedule: { cron: 'daily' } } } }, 'not a schedule: five fields'],
  [{ tasks: { import: { schedule: { cron: '99 99 * * *' } } } }, 'not a schedule: five fields'],
  [{ tasks: { import: { schedule: { cron: '0 0 2 * * *' } } } }, 'not a schedule: five fields'],
  [{ tasks: { import: { schedule: { cron: '0 2 L * *' } } } }, 'not a schedule: five fields'],
  [{ tasks: { import: { schedule: { timeZone: 'Europe/Nowhere' } } } }, 'not a time zone'],
  [{ tasks: { import: { env: { '1X': 'y' } } } }, 'not the name of an environment variable'],
  [{ tasks: { import: { args: ['x'.repeat(31_000)] } } }, 'larger than 30000 bytes'],
  [{ tasks: { Import: dockerWorkerValues.prod.tasks.import } }, 'not the name of a task'],
  [{ tasks: { import: { maxMinutes: 0 } } }, 'must be a minute or more'],
  [{ image: 'debian-12' }, 'must be "docker-worker"'],
])('%j is refused with what was expected', (prod, expected) => {
  expect(() => withProd(prod)).toThrow(expected);
});

test('a task may be called as the reaper is', () => {
  const task = { ...dockerWorkerValues.prod.tasks.import, schedule: { cron: '1 2 * jul wed' } };
  const names = resourcesOf(withProd({ tasks: { reap: task } }).get('docker-worker-functions-prod'), 'google_cloud_scheduler_job').map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('the size of all tasks is what the functions get: with the registry in every name', () => {
  const many = Object.fromEntries(Array.from({ length: 126 }, (_, i) => [`t${i}`, dockerWorkerValues.prod.tasks.import]));
  expect(() => synthEstate('docker-worker', { shared: { project: 'a-project-with-28-characters' }, prod: { tasks: many } })).toThrow('larger than 30000 bytes');
});

test('the outputs say what a person needs next', () => {
  expect(Object.keys(parse(functions).output ?? {})).toEqual(['PROTECTION', 'WEBHOOK_URL']);
  expect(Object.keys(parse(data).output ?? {})).toEqual(['PROTECTION', 'FILES_BUCKET', 'IMAGES', 'REQUEST_TOPIC']);
});
