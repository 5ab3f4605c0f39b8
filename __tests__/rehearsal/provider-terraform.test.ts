import { describeReal } from '../support/real';
import { Bench } from './terraform-bench';

const TYPES = new Set([
  'google_compute_disk',
  'google_compute_instance',
  'google_compute_network',
  'google_compute_subnetwork',
  'google_firestore_database',
  'google_identity_platform_config',
  'google_project',
  'google_pubsub_subscription',
  'google_pubsub_topic',
  'google_pubsub_topic_iam_member',
  'google_secret_manager_secret',
  'google_secret_manager_secret_version',
  'google_service_account',
  'google_storage_bucket',
  'kubernetes_manifest',
]);

const NETWORK = {
  google_compute_network: { net: { name: 'net', auto_create_subnetworks: false } },
  google_compute_subnetwork: { sub: { name: 'sub', network: '${google_compute_network.net.id}', ip_cidr_range: '10.0.0.0/24' } },
};
const machine = (image: string, more: object = {}) => ({
  name: 'vm',
  machine_type: 'e2-micro',
  boot_disk: { initialize_params: { image } },
  network_interface: { subnetwork: '${google_compute_subnetwork.sub.id}', access_config: {} },
  ...more,
});
const topic = (name: string, more: object = {}) => ({ google_pubsub_topic: { topic: { name, ...more } } });
const database = (more: object = {}) => ({
  google_firestore_database: { db: { name: '(default)', location_id: 'nam5', type: 'FIRESTORE_NATIVE', deletion_policy: 'DELETE', ...more } },
});

describeReal(['terraform'], 'Terraform on the provider server', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start({ providers: ['google', 'kubernetes'], types: TYPES });
  });
  afterAll(() => bench.stop());

  test('creates, plans nothing more, destroys', async () => {
    const stack = bench.stack('whole').write({
      data: { google_project: { here: {} } },
      resource: {
        ...NETWORK,
        google_compute_instance: {
          vm: machine('cos-cloud/cos-stable', { service_account: { email: '${google_service_account.robot.email}', scopes: ['cloud-platform'] } }),
        },
        google_service_account: { robot: { account_id: 'robot-one' } },
        google_pubsub_topic: { topic: { name: 'calls', labels: { own: 'yes' } } },
        google_pubsub_subscription: { calls: { name: 'calls', topic: '${google_pubsub_topic.topic.id}' } },
        google_pubsub_topic_iam_member: {
          publish: { topic: '${google_pubsub_topic.topic.name}', role: 'roles/pubsub.publisher', member: '${google_service_account.robot.member}' },
        },
        google_secret_manager_secret: { key: { secret_id: 'KEY', replication: { auto: {} } } },
        google_secret_manager_secret_version: {
          key: { secret: '${google_secret_manager_secret.key.id}', secret_data_wo: 'never kept', secret_data_wo_version: 1 },
        },
      },
      output: {
        address: { value: '${google_compute_instance.vm.network_interface[0].access_config[0].nat_ip}' },
        number: { value: '${data.google_project.here.number}' },
      },
    });

    expect(await stack.apply()).toEqual({ code: 0, output: expect.stringMatching(/9 added.*address = "(192|198|203)\.[\d.]+" number = "\d{12}"/) });
    expect(await stack.plan()).toEqual({ code: 0, output: expect.stringContaining('No changes') });
    const [held] = bench.cloud.find('google_pubsub_topic', (state) => state.project === 'whole');
    expect(held).toMatchObject({
      key: 'google_pubsub_topic/whole/calls',
      state: { id: 'projects/whole/topics/calls', effective_labels: { stack: 'whole', own: 'yes', 'goog-terraform-provisioned': 'true' } },
    });
    expect(JSON.stringify(bench.cloud.objects())).not.toContain('never kept');
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(bench.cloud.objects().filter(({ state }) => state.project === 'whole')).toEqual([]);
  });

  test('a bucket name that somebody has is refused', async () => {
    const bucket = { resource: { google_storage_bucket: { b: { name: 'taken-bucket', location: 'US' } } } };
    expect(await bench.stack('first').write(bucket).apply()).toMatchObject({ code: 0 });
    expect(await bench.stack('second').write(bucket).apply()).toEqual({
      code: 1,
      output: expect.stringContaining('409: already exists with google_storage_bucket.b'),
    });
  });

  test('a name that is too long is refused before anything is planned', async () => {
    const stack = bench.stack('names').write({ resource: { google_service_account: { robot: { account_id: 'a-robot-whose-name-is-much-too-long' } } } });
    expect(await stack.validate()).toEqual({ code: 1, output: expect.stringMatching(/Illegal name.*account_id "a-robot-.*6-30 characters/) });
  });

  test('an image family that was never baked is refused, a baked one is not', async () => {
    const stack = bench.stack('images');
    const boot = (image: string) => ({ resource: { ...NETWORK, google_compute_instance: { vm: machine(image) } } });
    expect(await stack.write(boot('projects/images/global/images/family/moshi-server')).apply()).toEqual({
      code: 1,
      output: expect.stringContaining('no image of family moshi-server was ever baked; packer/images/families.ts declares'),
    });
    expect(await stack.write(boot('projects/images/global/images/family/moshi-srv')).apply()).toMatchObject({ code: 0 });
  });

  test('what Terraform itself refuses is refused', async () => {
    const refused = async (resource: object) => (await bench.stack('wrong').write({ resource }).plan()).output;
    const email = '${google_service_account.b.email}';
    expect(
      await refused({
        google_service_account: {
          a: { account_id: 'account-a', description: email },
          b: { account_id: 'account-b', description: '${google_service_account.a.email}' },
        },
      }),
    ).toContain('Cycle: google_service_account');
    expect(await refused(topic('calls', { labels: { of: '${google_service_account.b.mail}' } }))).toMatch(/Reference to undeclared resource/);
    expect(
      await refused({ ...topic('calls', { labels: { of: '${google_service_account.b.mail}' } }), google_service_account: { b: { account_id: 'account-b' } } }),
    ).toContain('This object has no argument, nested block, or exported attribute named "mail"');
    expect(await refused({ google_storage_bucket: { b: { name: 'no-location' } } })).toContain('The argument "location" is required');
    expect(await refused(topic('calls', { labels: 'estate' }))).toContain('Inappropriate value for attribute "labels": map of string required');
    expect(
      await refused({
        google_service_account: { b: { account_id: 'account-b' } },
        google_pubsub_topic: { t: { for_each: '${toset([google_service_account.b.unique_id])}', name: '${each.key}' } },
      }),
    ).toContain('Invalid for_each argument');
  });

  test('moving a database to another place is shown as a replacement', async () => {
    const stack = bench.stack('moving');
    expect(await stack.write({ resource: database() }).apply()).toMatchObject({ code: 0 });
    expect(await stack.write({ resource: database({ location_id: 'eur3' }) }).plan()).toEqual({
      code: 2,
      output: expect.stringMatching(
        /google_firestore_database\.db must be replaced.*location_id += "nam5" -> "eur3" # forces replacement.*1 to add, 0 to change, 1 to destroy/,
      ),
    });
    expect(await stack.write({ resource: database({ point_in_time_recovery_enablement: 'POINT_IN_TIME_RECOVERY_ENABLED' }) }).plan()).toEqual({
      code: 2,
      output: expect.stringContaining('0 to add, 1 to change, 0 to destroy'),
    });
  });

  test('what was removed behind its back is planned again', async () => {
    const stack = bench.stack('drift').write({ resource: topic('calls') });
    await stack.apply();
    bench.cloud.remove('google_pubsub_topic/drift/calls');
    expect(await stack.plan()).toEqual({ code: 2, output: expect.stringContaining('1 to add, 0 to change, 0 to destroy') });
  });

  test('a fault stops an apply in the middle and the next one finishes it', async () => {
    const stack = bench.stack('fault').write({ resource: NETWORK });
    bench.server.fail({
      type: 'google_compute_subnetwork',
      on: 'apply',
      where: { name: 'sub', ip_cidr_range: '10.0.0.0/24' },
      label: 'google_compute_subnetwork.sub',
    });
    expect(await stack.apply()).toEqual({ code: 1, output: expect.stringContaining('Fault on request: google_compute_subnetwork.sub') });
    expect(await stack.apply()).toEqual({ code: 0, output: expect.stringContaining('1 added, 0 changed, 0 destroyed') });
    expect(await stack.plan()).toMatchObject({ code: 0 });
  });

  test('what exists is imported by its id, what does not is refused', async () => {
    const stack = bench.stack('adopting');
    const importing = (id: string) => ({ resource: topic('calls'), import: [{ to: 'google_pubsub_topic.topic', id }] });
    await bench
      .stack('adopting')
      .write({ resource: topic('calls') })
      .apply();
    expect(await stack.write(importing('projects/adopting/topics/other')).apply()).toEqual({
      code: 1,
      output: expect.stringContaining('Cannot import non-existent remote object'),
    });
    expect(await stack.write(importing('projects/adopting/topics/calls')).apply()).toEqual({
      code: 0,
      output: expect.stringContaining('1 imported, 0 added, 0 changed'),
    });
    expect(await stack.plan()).toMatchObject({ code: 0 });
  });

  test('what runs already is adopted where that is asked for, and brought in line in place', async () => {
    const adopting = await Bench.start({ providers: ['google'], types: TYPES, adopt: true });
    try {
      const importing = (id: string) => ({ resource: database(), import: [{ to: 'google_firestore_database.db', id }] });
      expect(await adopting.stack('live').write(importing('projects/live/database/(default)')).plan()).toEqual({
        code: 1,
        output: expect.stringContaining('An id looks like projects/{project}/databases/{name}'),
      });
      const stack = adopting.stack('live').write(importing('projects/live/databases/(default)'));
      expect(await stack.apply()).toEqual({ code: 0, output: expect.stringContaining('1 imported, 0 added, 1 changed, 0 destroyed') });
      expect(await stack.plan()).toMatchObject({ code: 0 });
    } finally {
      await adopting.stop();
    }
  });

  test('each provider block keeps its own configuration', async () => {
    const provider = { google: [{ project: 'main' }, { alias: 'other', project: 'other' }, { alias: 'third', project: 'third' }] };
    const google_pubsub_topic = { a: { name: 'calls' }, b: { name: 'calls', provider: 'google.other' }, c: { name: 'calls', provider: 'google.third' } };
    expect(await bench.stack('blocks').write({ provider, resource: { google_pubsub_topic } }).apply()).toMatchObject({ code: 0 });
    for (const project of ['main', 'other', 'third']) expect(bench.cloud.get(`google_pubsub_topic/${project}/calls`)).toBeDefined();
  });

  test('an object that no attribute identifies is found again', async () => {
    const manifest = (text: string) => ({
      provider: { kubernetes: {} },
      resource: { kubernetes_manifest: { m: { manifest: { kind: 'ConfigMap', data: { text } } } } },
    });
    const stack = bench.stack('manifest').write(manifest('one'));
    expect(await stack.apply()).toMatchObject({ code: 0 });
    expect(await stack.write(manifest('two')).apply()).toEqual({ code: 0, output: expect.stringContaining('0 added, 1 changed, 0 destroyed') });
    expect(await stack.plan()).toMatchObject({ code: 0 });
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(bench.cloud.find('kubernetes_manifest')).toEqual([]);
  });

  test('deletion protection refuses until it is deployed off', async () => {
    const stack = bench.stack('protected').write({ resource: database({ delete_protection_state: 'DELETE_PROTECTION_ENABLED' }) });
    await stack.apply();
    expect(await stack.destroy()).toEqual({
      code: 1,
      output: expect.stringMatching(/Cannot delete google_firestore_database\/protected\/\(default\).*deploy it switched off first/),
    });
    await stack.write({ resource: database({ delete_protection_state: 'DELETE_PROTECTION_DISABLED' }) }).apply();
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  });

  test('a database with the default deletion policy outlives its destroy, as in reality', async () => {
    const stack = bench.stack('abandoned').write({ resource: database({ deletion_policy: undefined }) });
    await stack.apply();
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(await stack.apply()).toEqual({ code: 1, output: expect.stringContaining('409: already exists') });
  });

  test('what no API deletes is forgotten by its destroy, and cannot be made twice', async () => {
    const stack = bench.stack('forever').write({ resource: { google_identity_platform_config: { auth: {} } } });
    expect(await stack.apply()).toMatchObject({ code: 0 });
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(await stack.apply()).toEqual({ code: 1, output: expect.stringContaining('409: already exists') });
  });

  test('a subscription to an unknown topic, a grant to an unknown account and a data source without an object are refused', async () => {
    const stack = bench.stack('links');
    const subscription = { google_pubsub_subscription: { s: { name: 'calls', topic: 'projects/links/topics/missing' } } };
    expect((await stack.write({ resource: subscription }).apply()).output).toContain('topic: "projects/links/topics/missing" was not found');
    const member = 'serviceAccount:nobody@links.iam.gserviceaccount.com';
    const grant = {
      ...topic('calls'),
      google_pubsub_topic_iam_member: { m: { topic: '${google_pubsub_topic.topic.name}', role: 'roles/pubsub.publisher', member } },
    };
    expect((await stack.write({ resource: grant }).apply()).output).toContain('service account nobody@links.iam.gserviceaccount.com does not exist');
    expect((await stack.write({ data: { google_pubsub_topic: { t: { name: 'other' } } } }).plan()).output).toContain(
      'no google_pubsub_topic with name "other"; there is google_pubsub_topic/',
    );
  });
});
