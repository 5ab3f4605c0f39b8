import { moshiValues } from '../../../config/moshi';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';

const stacks = synthEstate('moshi');
const server = { dev: stacks.get('moshi-server-dev'), prod: stacks.get('moshi-server-prod') };
const output = (stack: string) => parse(stacks.get(stack)).output ?? {};

test('every environment is synthesized, side by side', () => {
  expect([...stacks.keys()].filter((name) => name.startsWith('moshi-')).sort()).toEqual([
    'moshi-apis-shared',
    'moshi-dns-shared',
    'moshi-firebase-shared',
    'moshi-github-shared',
    'moshi-pypi-shared',
    'moshi-server-dev',
    'moshi-server-prod',
    'moshi-storage-dev',
    'moshi-storage-prod',
  ]);
});

test('the APIs are enabled, and stay enabled when the stack goes', () => {
  const services = resourcesOf(stacks.get('moshi-apis-shared'), 'google_project_service');
  expect(services.map(({ service }) => service)).toEqual(
    expect.arrayContaining(
      [
        'texttospeech',
        'speech',
        'translate',
        'logging',
        'secretmanager',
        'artifactregistry',
        'compute',
        'iam',
        'firestore',
        'identitytoolkit',
        'certificatemanager',
        'dns',
      ].map((name) => `${name}.googleapis.com`),
    ),
  );
  for (const service of services) expect(service).toMatchObject({ disable_on_destroy: false });
});

describe('pypi', () => {
  const pypi = stacks.get('moshi-pypi-shared');

  test('is a Python repository that artifact-reader reads, and nothing else', () => {
    expect(onlyResource(pypi, 'google_artifact_registry_repository')).toMatchObject({ repository_id: 'pypi', format: 'PYTHON', location: 'us-central1' });
    expect(onlyResource(pypi, 'google_service_account')).toMatchObject({ account_id: 'artifact-reader' });
    expect(onlyResource(pypi, 'google_artifact_registry_repository_iam_member')).toMatchObject({ role: 'roles/artifactregistry.reader' });
    expect(resourcesOf(pypi, 'google_project_iam_member')).toEqual([]);
  });
});

describe('github', () => {
  const github = stacks.get('moshi-github-shared');

  test('admits pushes to one branch of one repository, and runs by hand', () => {
    expect(onlyResource(github, 'google_iam_workload_identity_pool')).toMatchObject({ workload_identity_pool_id: 'oidc-pool' });
    expect(onlyResource(github, 'google_iam_workload_identity_pool_provider')).toMatchObject({
      workload_identity_pool_provider_id: 'oidc-gh-provider',
      attribute_condition: expect.stringMatching(/^assertion\.repository == 'ekalosak\/moshi' && assertion\.ref == 'refs\/heads\/main' && /),
    });
  });

  test('what it may do in the project is said permission by permission', () => {
    expect(onlyResource(github, 'google_artifact_registry_repository_iam_member')).toMatchObject({ role: 'roles/artifactregistry.writer', repository: 'pypi' });
    for (const { role } of resourcesOf(github, 'google_project_iam_member')) expect(role).toMatch(/google_project_iam_custom_role/);
  });

  test('prints what the secrets of the repository hold', () => {
    expect(output('moshi-github-shared')).toMatchObject({
      PROVIDER_NAME: { value: expect.stringContaining('google_iam_workload_identity_pool_provider'), description: expect.any(String) },
      SA_EMAIL: { value: expect.stringContaining('google_service_account.actions'), description: expect.any(String) },
    });
  });
});

test('firebase: one Firestore near the servers, and sign-in from the hosts of both environments', () => {
  const firebase = stacks.get('moshi-firebase-shared');
  expect(onlyResource(firebase, 'google_firestore_database')).toMatchObject({
    name: '(default)',
    location_id: 'nam5',
    type: 'FIRESTORE_NATIVE',
    delete_protection_state: 'DELETE_PROTECTION_ENABLED',
    lifecycle: { prevent_destroy: true },
  });
  expect(onlyResource(firebase, 'google_identity_platform_config')).toMatchObject({
    authorized_domains: [
      'moshi-3.firebaseapp.com',
      'moshi-3.web.app',
      'dev.chatmoshi.com',
      'prod.chatmoshi.com',
      'chatmoshi.com',
      'www.chatmoshi.com',
      'stage.chatmoshi.com',
    ],
    sign_in: { phone_number: { enabled: false } },
  });
});

test.each([
  ['europe-west1', 'eur3'],
  ['asia-east1', 'asia-east1'],
])('in %s Firestore is in %s', (region, location) => {
  const moved = synthEstate('moshi', { shared: { region, zone: `${region}-b` } });
  expect(onlyResource(moved.get('moshi-firebase-shared'), 'google_firestore_database')).toMatchObject({ location_id: location });
});

test('dns: the zone is signed, and config adds records to it', () => {
  const record = { name: '@', type: 'TXT', values: ['"v=spf1 -all"'] };
  const dns = synthEstate('moshi', { shared: { dnsRecords: { spf: record } } }).get('moshi-dns-shared');
  expect(onlyResource(dns, 'google_dns_managed_zone')).toMatchObject({ name: 'chatmoshi-com', dns_name: 'chatmoshi.com.', dnssec_config: { state: 'on' } });
  expect(onlyResource(dns, 'google_dns_record_set')).toMatchObject({ name: 'chatmoshi.com.', type: 'TXT', ttl: 300, rrdatas: ['"v=spf1 -all"'] });
});

describe('storage', () => {
  test('the start script is uploaded, and new machines start from that version', () => {
    expect(onlyResource(stacks.get('moshi-storage-dev'), 'google_storage_bucket_object')).toMatchObject({
      name: 'entrypoint.sh',
      source: expect.stringMatching(/^assets\/.*\/entrypoint\.sh$/),
    });
    expect(onlyResource(server.dev, 'google_compute_instance_template')).toMatchObject({
      metadata: {
        'startup-script-url': 'gs://moshi-moshi-3-dev/entrypoint.sh',
        'entrypoint-generation': '${data.terraform_remote_state.state-of-moshi-storage-dev.outputs.ENTRYPOINT_GENERATION}',
      },
    });
  });

  test('buckets are private and versioned; only the website of production is public', () => {
    const buckets = (stack: string) => resourcesOf(stacks.get(stack), 'google_storage_bucket');
    expect(buckets('moshi-storage-dev')).toEqual([
      expect.objectContaining({ name: 'moshi-moshi-3-dev', public_access_prevention: 'enforced', versioning: { enabled: true } }),
    ]);
    expect(buckets('moshi-storage-prod').map(({ name, public_access_prevention }) => [name, public_access_prevention])).toEqual([
      ['moshi-moshi-3', 'enforced'],
      ['moshi-website-moshi-3', 'inherited'],
    ]);
    expect(resourcesOf(stacks.get('moshi-storage-dev'), 'google_storage_bucket_iam_member')).toEqual([]);
  });

  test('the suffix is config', () => {
    const bucket = onlyResource(synthEstate('moshi', { shared: { bucketSuffix: 'xyz' } }).get('moshi-storage-dev'), 'google_storage_bucket');
    expect(bucket.name).toBe('moshi-xyz-dev');
  });
});

describe.each(['dev', 'prod'] as const)('server, %s', (environment) => {
  const json = server[environment];
  const suffix = environment === 'dev' ? '-dev' : '';

  test('has a network of its own, and machines reach Google without leaving it', () => {
    expect(onlyResource(json, 'google_compute_network')).toMatchObject({ name: `moshi-srv${suffix}-network`, auto_create_subnetworks: false });
    expect(onlyResource(json, 'google_compute_subnetwork')).toMatchObject({
      ip_cidr_range: environment === 'dev' ? '10.1.3.0/24' : '10.1.2.0/24',
      private_ip_google_access: true,
    });
  });

  test('opens the health checks to Google and the media ports to callers, and nothing else', () => {
    const rules = resourcesOf(json, 'google_compute_firewall').map(({ source_ranges, target_tags, allow }) => ({ source_ranges, target_tags, allow }));
    const media = ['3478', '5349', '30000-65535'];
    expect(rules).toEqual([
      { source_ranges: ['130.211.0.0/22', '35.191.0.0/16'], target_tags: ['allow-health-checks'], allow: [{ protocol: 'tcp', ports: ['8080'] }] },
      {
        source_ranges: ['0.0.0.0/0'],
        target_tags: ['allow-webrtc'],
        allow: [
          { protocol: 'udp', ports: media },
          { protocol: 'tcp', ports: media },
        ],
      },
    ]);
  });

  test('a rolling replacement, which stamps the version, leaves nothing for Terraform to change', () => {
    expect(onlyResource(json, 'google_compute_instance_group_manager')).toMatchObject({ lifecycle: { ignore_changes: ['version[0].name'] } });
  });

  test('is a group of one that heals itself', () => {
    expect(onlyResource(json, 'google_compute_instance_group_manager')).toMatchObject({
      name: `moshi-srv${suffix}-igm`,
      zone: 'us-central1-c',
      target_size: 1,
      named_port: [{ name: 'http', port: 8080 }],
      auto_healing_policies: { initial_delay_sec: 300 },
    });
    expect(onlyResource(json, 'google_compute_health_check')).toMatchObject({ http_health_check: { request_path: '/healthz', port: 8080 } });
  });

  test('the machines have the declared size, an address of their own and both tags', () => {
    expect(onlyResource(json, 'google_compute_instance_template')).toMatchObject({
      machine_type: 'e2-micro',
      tags: ['allow-health-checks', 'allow-webrtc'],
      network_interface: [{ access_config: [{ network_tier: 'PREMIUM' }] }],
    });
  });

  test('the account has the five roles of its work, reading objects only in its own bucket', () => {
    expect(
      resourcesOf(json, 'google_project_iam_member')
        .map(({ role }) => role)
        .sort(),
    ).toEqual(['datastore.user', 'firebaseauth.viewer', 'logging.logWriter', 'secretmanager.secretAccessor'].map((role) => `roles/${role}`));
    expect(onlyResource(json, 'google_storage_bucket_iam_member')).toMatchObject({ bucket: `moshi-moshi-3${suffix}`, role: 'roles/storage.objectViewer' });
    expect(onlyResource(json, 'google_service_account')).toMatchObject({ account_id: `moshi-srv-sa${suffix}` });
  });

  test('addresses that ask too often are banned', () => {
    expect(onlyResource(json, 'google_compute_security_policy').rule).toContainEqual(
      expect.objectContaining({
        action: 'rate_based_ban',
        rate_limit_options: expect.objectContaining({
          exceed_action: 'deny(429)',
          ban_duration_sec: 60,
          rate_limit_threshold: { count: 60, interval_sec: 60 },
        }),
      }),
    );
    expect(onlyResource(json, 'google_compute_backend_service')).toMatchObject({ security_policy: expect.stringContaining('google_compute_security_policy.') });
  });

  test('the server host has its paths with CORS for itself; anything else is redirected to it', () => {
    const host = `${environment}.chatmoshi.com`;
    const routes = resourcesOf(json, 'google_compute_url_map').find(({ path_matcher }) => path_matcher) as {
      default_url_redirect: object;
      host_rule: { hosts: string[] }[];
      path_matcher: { default_url_redirect?: object; path_rule?: { paths: string[]; route_action: { cors_policy: object } }[] }[];
    };
    const home = { host_redirect: host, path_redirect: '/' };
    expect(routes.default_url_redirect).toMatchObject(home);
    expect(routes.host_rule[0]?.hosts).toEqual([host]);
    expect(routes.path_matcher[0]?.default_url_redirect).toMatchObject(home);
    expect(routes.path_matcher[0]?.path_rule).toEqual([
      expect.objectContaining({
        paths: ['/', '/healthz', '/version', '/call/*'],
        route_action: { cors_policy: expect.objectContaining({ allow_origins: [`https://${host}`] }) },
      }),
    ]);
  });

  test('serves 443, and 80 only redirects there', () => {
    const ports = resourcesOf(json, 'google_compute_global_forwarding_rule').map(({ port_range, ip_address }) => ({ port_range, ip_address }));
    expect(ports.map(({ port_range }) => port_range).sort()).toEqual(['443', '80']);
    expect(new Set(ports.map(({ ip_address }) => ip_address)).size).toBe(1);
    const redirect = resourcesOf(json, 'google_compute_url_map').find(({ path_matcher }) => !path_matcher);
    expect(redirect).toMatchObject({ default_url_redirect: { https_redirect: true, strip_query: false } });
  });

  test('every host has a certificate of its own, proved by DNS, and a record', () => {
    const hosts = environment === 'dev' ? ['dev.chatmoshi.com'] : ['prod.chatmoshi.com', 'chatmoshi.com', 'www.chatmoshi.com', 'stage.chatmoshi.com'];
    const sorted = [...hosts].sort();
    expect(
      resourcesOf(json, 'google_certificate_manager_certificate')
        .map(({ managed }) => (managed as { domains: string[] }).domains.join())
        .sort(),
    ).toEqual(sorted);
    expect(
      resourcesOf(json, 'google_certificate_manager_certificate_map_entry')
        .map(({ hostname }) => hostname)
        .sort(),
    ).toEqual(sorted);
    const records = resourcesOf(json, 'google_dns_record_set');
    const named = (type: string) =>
      records
        .filter((record) => record.type === type)
        .map(({ name }) => name)
        .sort();
    expect(named('A')).toEqual(sorted.map((host) => `${host}.`));
    expect(named('CNAME')).toEqual(sorted.map((host) => `_acme-challenge.${host}.`));
  });

  test('prints the address', () => {
    expect(output(`moshi-server-${environment}`)).toMatchObject({
      ADDRESS: { value: expect.stringContaining('google_compute_global_address') },
      URL: { value: `https://${environment}.chatmoshi.com` },
    });
  });
});

test('a template in use is replaced before it goes, and machines start after their grants', () => {
  expect(onlyResource(server.prod, 'google_compute_instance_template')).toMatchObject({ lifecycle: { create_before_destroy: true } });
  const { depends_on } = onlyResource(server.prod, 'google_compute_instance_group_manager');
  expect(depends_on).toHaveLength(5);
  expect(depends_on).toContainEqual(expect.stringMatching(/^google_storage_bucket_iam_member\./));
});

test('the proxy waits until every host has its certificate', () => {
  const { depends_on } = onlyResource(server.prod, 'google_compute_target_https_proxy');
  expect(depends_on).toHaveLength(4);
});

test('GitHub may act as the accounts, and do nothing else to them', () => {
  const members = resourcesOf(stacks.get('moshi-github-shared'), 'google_service_account_iam_member');
  const federated = members.filter(({ member }) => String(member).startsWith('principalSet:'));
  expect(federated.map(({ role }) => role)).toEqual(Array(4).fill('roles/iam.workloadIdentityUser'));
  expect(members.filter((member) => !federated.includes(member))).toEqual([
    expect.objectContaining({ role: 'roles/iam.serviceAccountUser', member: expect.stringContaining('google_service_account.actions') }), // a bake runs as the reader of packages
  ]);
});

test('a domain that starts with a digit has legal names', () => {
  const dns = synthEstate('moshi', { shared: { domain: '3com.example' } }).get('moshi-dns-shared');
  expect(onlyResource(dns, 'google_dns_managed_zone')).toMatchObject({ name: 'd-3com-example', dns_name: '3com.example.' });
});

test('dev starts the newest image of the family, prod the pinned one', () => {
  const image = (json: string | undefined) => (onlyResource(json, 'google_compute_instance_template').disk as { source_image: string }[])[0]?.source_image;
  expect(image(server.dev)).toBe('projects/moshi-3/global/images/family/moshi-srv');
  expect(image(server.prod)).toBe('projects/moshi-3/global/images/moshi-srv-0-1-0');
});

test('only production serves the website, from its bucket', () => {
  expect(resourcesOf(server.dev, 'google_compute_backend_bucket')).toEqual([]);
  expect(onlyResource(server.prod, 'google_compute_backend_bucket')).toMatchObject({ bucket_name: 'moshi-website-moshi-3' });
});

test('Terraform does not interpret what a record says', () => {
  const values = ['"key=${var.secret} %{ if true }"'];
  const dns = synthEstate('moshi', { shared: { dnsRecords: { key: { name: '_key', type: 'TXT', values } } } }).get('moshi-dns-shared');
  expect(onlyResource(dns, 'google_dns_record_set')).toMatchObject({ rrdatas: ['"key=$${var.secret} %%{ if true }"'] });
});

test('adding a website host touches no other host', () => {
  const before = parse(server.prod).resource;
  const after = parse(synthEstate('moshi', { prod: { websiteHosts: [...moshiValues.prod.websiteHosts, 'beta'] } }).get('moshi-server-prod')).resource;
  const certificates = 'google_certificate_manager_certificate';
  expect(after?.[certificates]).toEqual({
    ...before?.[certificates],
    ...Object.fromEntries(Object.entries(after?.[certificates] ?? {}).filter(([id]) => id.includes('beta'))),
  });
  expect(Object.keys(after?.[certificates] ?? {})).toHaveLength(Object.keys(before?.[certificates] ?? {}).length + 1);
});

test('protection off makes teardown possible, on holds everything that has data', () => {
  const off = synthEstate('moshi', { shared: { protection: 'off' }, prod: { protection: 'off' } });
  for (const [name, json] of off) if (name.startsWith('moshi-')) expect(json).not.toContain('"prevent_destroy":true');
  expect(onlyResource(off.get('moshi-firebase-shared'), 'google_firestore_database')).toMatchObject({
    delete_protection_state: 'DELETE_PROTECTION_DISABLED',
    deletion_policy: 'DELETE',
  });
  expect(onlyResource(off.get('moshi-storage-dev'), 'google_storage_bucket')).toMatchObject({ force_destroy: true });
  for (const bucket of resourcesOf(stacks.get('moshi-storage-prod'), 'google_storage_bucket'))
    expect(bucket).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
});
