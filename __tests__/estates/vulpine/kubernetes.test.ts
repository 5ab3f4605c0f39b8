import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { offsiteFiles, offsiteOf, offsiteScript } from '../../../estates/vulpine/backup/offsite';
import { backupPart } from '../../../estates/vulpine/backup/part';
import { nodeReservedMb } from '../../../estates/vulpine/kubernetes/plan';
import { vulpineNeeds } from '../../../estates/vulpine/needs';
import { ROOT } from '../../support/repository';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';
import { variant } from '../../support/vulpine/documents';

const KUBERNETES = variant('kubernetes');
const stacks = synthEstate('vulpine', KUBERNETES);
const cluster = stacks.get('vulpine-cluster-prod');
const workloads = stacks.get('vulpine-workloads-prod');
const patched = (override: object) => mergePatch(KUBERNETES, override) as object;
/** Why a config is refused, by path. */
const problems = (override: object) =>
  vulpineSchema.safeParse(mergePatch(vulpineValues, override)).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

interface PodSpec {
  automount_service_account_token: boolean;
  enable_service_links: boolean;
  container: Container[];
  security_context: Record<string, unknown>;
  volume: Record<string, unknown>[];
}
interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env: { name: string; value: string }[];
  readiness_probe: { exec: { command: string[] } };
  liveness_probe?: object;
  startup_probe?: { failure_threshold: number; period_seconds: number };
  resources: { limits: { memory: string }; requests: { memory: string } };
  security_context: { capabilities: { drop: string[]; add?: string[] } };
  volume_mount: { mount_path: string; name: string; read_only: boolean; sub_path?: string }[];
}
interface Pods {
  metadata: { name: string };
  spec: {
    replicas: string;
    template: { metadata: object; spec: PodSpec };
    volume_claim_template?: { metadata: { name: string }; spec: Record<string, unknown> }[];
  };
  lifecycle?: object;
}
const deployments = resourcesOf(workloads, 'kubernetes_deployment_v1') as unknown as Pods[];
const sets = resourcesOf(workloads, 'kubernetes_stateful_set_v1') as unknown as Pods[];
const all = [...deployments, ...sets];
const podOf = (name: string) => (all.find(({ metadata }) => metadata.name === name) as Pods).spec.template.spec;
const containerOf = (name: string) => podOf(name).container[0] as Container;

describe('the cluster', () => {
  test('is protected, its control plane answers admins only, and its nodes nobody outside', () => {
    expect(onlyResource(cluster, 'linode_lke_cluster')).toMatchObject({
      k8s_version: '1.33',
      control_plane: { high_availability: true, acl: { enabled: true, addresses: [{ ipv4: ['192.0.2.0/24'], ipv6: ['2001:db8::/32'] }] } },
      pool: [{ type: 'g6-standard-4', count: 2, firewall_id: expect.stringContaining('linode_firewall.') }],
      lifecycle: { prevent_destroy: true },
    });
    type Firewall = { label: string; inbound_policy: string; inbound: { protocol: string; ipv4: string[]; ipv6?: string[]; ports?: string }[] };
    const firewalls = new Map((resourcesOf(cluster, 'linode_firewall') as unknown as Firewall[]).map((each) => [each.label, each]));
    const nodes = firewalls.get('vulpine-nodes') as Firewall;
    expect(nodes.inbound_policy).toBe('DROP');
    expect(nodes.inbound.map(({ protocol, ports }) => [protocol, ports].filter(Boolean).join(' '))).toEqual([
      'TCP 10250,10256',
      'UDP 51820',
      'TCP 53',
      'UDP 53',
      'TCP 179',
      'TCP 5473',
      'IPENCAP',
      'TCP 30000-32767',
      'UDP 30000-32767',
    ]);
    for (const { ipv4, ipv6 } of nodes.inbound) expect([ipv6, ipv4.filter((range) => !range.startsWith('192.168.'))]).toEqual([undefined, []]);
    expect(firewalls.get('vulpine')?.inbound.map(({ ports, ipv4, ipv6 }) => [ports, ipv4, ipv6])).toEqual([['80,443', ['0.0.0.0/0'], ['::/0']]]);
  });

  test('grows when it may, and then Terraform does not shrink it again', () => {
    const json = synthEstate('vulpine', patched({ prod: { cluster: { nodes: { max: 5 } } } })).get('vulpine-cluster-prod');
    expect(onlyResource(json, 'linode_lke_cluster')).toMatchObject({
      pool: [{ count: 2, autoscaler: { min: 2, max: 5 } }],
      lifecycle: { ignore_changes: ['pool[0].count'] },
    });
  });

  test('names lead to addresses that stay when services go', () => {
    const records = resourcesOf(cluster, 'linode_domain_record').map(({ record_type, target }) => [record_type, target]);
    const balancer = /^\$\{linode_nodebalancer\.entrance_resource_\w+\.(ipv4|ipv6)\}$/;
    expect(records).toEqual(
      expect.arrayContaining([
        ['A', expect.stringMatching(balancer)],
        ['AAAA', expect.stringMatching(balancer)],
        ['CAA', 'letsencrypt.org'],
      ]),
    );
    expect(onlyResource(cluster, 'linode_nodebalancer')).toMatchObject({ lifecycle: { prevent_destroy: true } });
    const service = resourcesOf(workloads, 'kubernetes_service_v1').find(({ spec }) => (spec as { type: string }).type === 'LoadBalancer');
    expect(service).toMatchObject({ spec: { external_traffic_policy: 'Local' } });
    const annotation = 'service.beta.kubernetes.io/linode-loadbalancer';
    expect((service?.metadata as { annotations: object } | undefined)?.annotations).toEqual({
      [`${annotation}-nodebalancer-id`]: expect.stringContaining('outputs.ENTRANCE_ID'),
      [`${annotation}-firewall-id`]: expect.stringContaining('outputs.ENTRANCE_FIREWALL_ID'),
      [`${annotation}-preserve`]: 'true',
      [`${annotation}-default-proxy-protocol`]: 'v2',
      [`${annotation}-hostname-only-ingress`]: 'true',
    });
  });
});

describe('the kubeconfig', () => {
  test('is a sensitive output, and what the provider reads of it stands nowhere in plain text', () => {
    expect(parse(cluster).output?.KUBECONFIG).toMatchObject({ sensitive: true, value: expect.stringMatching(/^\$\{linode_lke_cluster\./) });
    for (const value of Object.values(parse(workloads).provider?.kubernetes?.[0] ?? {})) expect(value).toMatch(/^\$\{.*outputs\.KUBECONFIG/);
  });

  test('keeps both stacks out of a local state, with where, why and what to do', () => {
    const local = (override: object) => () => synthEstate('vulpine', patched({ shared: { backend: null }, ...override }));
    const said = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    const lines = said(local({})).split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^vulpine-cluster-prod\/kubernetes\/resource: \[any-credentials-not-local\] set the estate's shared\.backend to gcs or s3, or TF_CLOUD_ORGANIZATION: .* kubeconfig/,
      ),
      expect.stringMatching(/^vulpine-workloads-prod\/state-of-vulpine-cluster-prod: \[any-credentials-not-local\] set the estate's shared\.backend/),
    ]);
    expect(said(local({ prod: { protection: 'off' } })).split('\n')).toHaveLength(2); // no way around it
  });
});

describe('pods', () => {
  test('are what the table lists: with a disk of their own where they keep something, and without where not', () => {
    expect(deployments.map(({ metadata, spec }) => `${metadata.name} ${spec.replicas}`).sort()).toEqual([
      'ambassador 1',
      'nginx 1',
      'sidekiq 4',
      'streaming 2',
      'web 2',
    ]);
    expect(sets.map(({ metadata, spec }) => [metadata.name, spec.volume_claim_template?.map(({ metadata: { name } }) => name)]).sort()).toEqual([
      ['db', ['db']],
      ['dbbackup', ['dumps']],
      ['es', ['es']],
      ['redis', ['redis']],
    ]);
    for (const { spec, lifecycle } of sets) {
      expect(spec.volume_claim_template?.[0]?.spec).toMatchObject({ storage_class_name: 'linode-block-storage-retain', access_modes: ['ReadWriteOnce'] });
      expect(lifecycle).toMatchObject({ prevent_destroy: true });
    }
    expect(
      resourcesOf(workloads, 'kubernetes_pod_disruption_budget_v1')
        .map(({ metadata }) => (metadata as { name: string }).name)
        .sort(),
    ).toEqual(['sidekiq', 'streaming', 'web']);
  });

  test('have the table’s capabilities, memory and checks, images by digest, and nothing of the node', () => {
    expect(containerOf('web')).toMatchObject({
      image: 'ghcr.io/mastodon/mastodon@${var.digest_image_mastodon}',
      resources: { limits: { memory: '768Mi' }, requests: { memory: '768Mi' } },
      security_context: { allow_privilege_escalation: false, capabilities: { drop: ['ALL'], add: ['SETGID', 'SETUID'] } },
      startup_probe: { failure_threshold: 4, period_seconds: 30 },
      readiness_probe: { exec: { command: ['/bin/sh', '-c', expect.stringContaining('localhost:3000/health')] } },
    });
    expect(containerOf('db').readiness_probe.exec.command).toEqual(['pg_isready', '-U', 'mastodon']);
    for (const { metadata, spec } of all) {
      const { automount_service_account_token, enable_service_links, security_context } = spec.template.spec;
      expect([metadata.name, automount_service_account_token, enable_service_links]).toEqual([metadata.name, false, false]);
      expect(security_context.seccomp_profile).toEqual({ type: 'RuntimeDefault' });
    }
    expect(podOf('es').security_context).toMatchObject({ run_as_non_root: true, run_as_user: '1000', fs_group: '1000' });
  });

  test('one that holds data is not killed for being slow; the others are, when they hang', () => {
    for (const { spec } of sets) expect(spec.template.spec.container[0]).not.toHaveProperty('liveness_probe');
    for (const { spec } of deployments) expect(spec.template.spec.container[0]).toHaveProperty('liveness_probe');
  });

  test('have the files of their groups only, read-only, and no secret as a variable', () => {
    const groups = (name: string) => podOf(name).volume.flatMap(({ secret }) => (secret ? [(secret as { secret_name: string }).secret_name] : []));
    expect(groups('web')).toEqual(['database', 'mastodon', 'smtp', 'aws']);
    expect(groups('streaming')).toEqual(['database', 'mastodon']);
    expect(groups('db')).toEqual(['database']);
    expect(groups('redis')).toEqual([]);
    for (const { spec } of all)
      for (const { mount_path, read_only } of spec.template.spec.container[0]?.volume_mount ?? [])
        if (mount_path.startsWith('/run/secrets/')) expect(read_only).toBe(true);
    expect(resourcesOf(workloads, 'kubernetes_secret_v1')).toEqual([]);
    expect(JSON.stringify(all)).not.toMatch(/secret_key_ref|secret_ref/);
  });

  test('start as in a container: what Kubernetes and Terraform put in for dollars is what the table says', () => {
    /** As a container gets it: Terraform's escapes first, then those of Kubernetes. */
    const got = (text = '') => text.replaceAll('$${', '${').replace(/\$\$/g, '$');
    const script = got(containerOf('web').command?.[2]);
    expect(script).toContain('value=$(cat "$file")');
    expect(script).toContain('export "${file##*/}=$value"');
    expect(script).not.toContain('$$');
    expect(got(containerOf('dbbackup').args?.[0])).toContain('PGPASSWORD=$(cat "$PASSWORD_FILE")');
    expect(containerOf('web').command?.[2]).toContain('value=$$(cat "$file")'); // Kubernetes' own $(NAME) otherwise
  });

  test('a disk begins below its root, which is not empty', () => {
    for (const { spec } of sets)
      for (const { sub_path, name } of spec.template.spec.container[0]?.volume_mount.filter(({ name }) => !name.startsWith('secrets-')) ?? [])
        expect(sub_path).toBe(name);
  });
});

describe('nginx', () => {
  const maps = resourcesOf(workloads, 'kubernetes_config_map_v1') as { metadata: { name: string }; data: Record<string, string> }[];
  const files = maps.find(({ metadata }) => metadata.name === 'nginx')?.data ?? {};

  test('finds the instance by names of the cluster, and believes the NodeBalancer who the client is', () => {
    const config = Object.values(files).join('\n');
    expect(config).toContain('fe-web.mastodon-vulpine.svc.cluster.local');
    expect(config).toContain('fe-streaming.mastodon-vulpine.svc.cluster.local');
    expect(config).toContain('set_real_ip_from 192.168.255.0/24;');
    expect(config).toMatch(/listen 443 ssl .*proxy_protocol/);
    expect(config).not.toMatch(/_fe_|127\.0\.0\.11/);
  });

  test('has each file where its configuration looks for it, and each domain its own certificate', () => {
    const mounts = containerOf('nginx').volume_mount;
    for (const { mount_path, sub_path } of mounts.filter(({ name }) => name === 'files')) expect(Object.keys(files)).toContain(sub_path ?? mount_path);
    expect(mounts.map(({ mount_path }) => mount_path)).toEqual(
      expect.arrayContaining(['/etc/nginx/nginx.conf', '/etc/nginx/conf.d/instance-vulpine.conf', '/etc/nginx/certificates/vulpine.club']),
    );
    const certificates = podOf('nginx').volume.find(({ name }) => name === 'certificate-vulpine') as { projected: [{ sources: Record<string, [object]>[] }] };
    expect(certificates.projected[0].sources.flatMap(({ secret = [], config_map = [] }) => [...secret, ...config_map])).toEqual([
      {
        name: 'tls-vulpine',
        items: [
          { key: 'tls.crt', path: 'tls.crt' },
          { key: 'tls.key', path: 'tls.key' },
        ],
      },
      { name: 'nginx', items: [{ key: 'etc_nginx_certificates_vulpine.club_tls.conf', path: 'tls.conf' }] },
    ]);
  });

  test('starts again when its configuration is another', () => {
    const hash = (override: object) => {
      const pods = resourcesOf(synthEstate('vulpine', patched(override)).get('vulpine-workloads-prod'), 'kubernetes_deployment_v1') as unknown as Pods[];
      const { template } = (pods.find(({ metadata }) => metadata.name === 'nginx') as Pods).spec;
      return (template.metadata as { annotations: Record<string, string> }).annotations['files-hash'];
    };
    expect(hash({})).toBe(hash({}));
    expect(hash({ prod: { instances: { vulpine: { domain: 'corsac.vulpine.club' } } } })).not.toBe(hash({}));
  });
});

describe('the job that sends dumps away', () => {
  interface Job {
    schedule: string;
    concurrency_policy: string;
    starting_deadline_seconds: number;
    job_template: {
      spec: { backoff_limit: number; active_deadline_seconds: number; template: { spec: PodSpec & { restart_policy: string; affinity: object } } };
    };
  }
  const job = (onlyResource(workloads, 'kubernetes_cron_job_v1') as { spec: Job }).spec;
  const { spec } = job.job_template;
  const pod = spec.template.spec;
  const container = pod.container[0] as Container;
  const map = resourcesOf(workloads, 'kubernetes_config_map_v1').find(({ metadata }) => (metadata as { name: string }).name === 'backup') as {
    data: Record<string, string>;
  };

  test('runs thrice an hour, once at a time, and to its end or its deadline', () => {
    expect(job).toMatchObject({ schedule: '10,30,50 * * * *', concurrency_policy: 'Forbid', starting_deadline_seconds: 600 });
    expect(spec).toMatchObject({ backoff_limit: 0, active_deadline_seconds: 3600 });
    const shipSeconds = Number(/^SHIP_SECONDS='(\d+)'$/m.exec(map.data.settings ?? '')?.[1]);
    expect(shipSeconds).toBeLessThan(spec.active_deadline_seconds - 300); // somebody looks afterwards
    expect(pod.restart_policy).toBe('Never');
  });

  test('has the dumps of dbbackup to read, where that is, and a folder of its own', () => {
    expect(JSON.stringify(pod.affinity)).toContain('{"match_labels":{"app.kubernetes.io/name":"dbbackup"}}');
    const set = sets.find(({ metadata }) => metadata.name === 'dbbackup') as Pods;
    const [claim] = set.spec.volume_claim_template ?? [];
    expect(pod.volume.find(({ name }) => name === 'disk')).toMatchObject({ persistent_volume_claim: { claim_name: `${claim?.metadata.name}-dbbackup-0` } });
    const [written] = set.spec.template.spec.container[0]?.volume_mount.filter(({ mount_path }) => mount_path === '/dumps') ?? [];
    expect(
      container.volume_mount.filter(({ name }) => name === 'disk').map(({ mount_path, sub_path, read_only }) => [mount_path, sub_path, read_only]),
    ).toEqual([
      ['/volumes/vulpine-dumps/_data', written?.sub_path, true],
      ['/var/lib/vulpine-backup', 'backup', false],
    ]);
  });

  test('may do nothing that root can, has no secret but the URLs, and none of the cluster', () => {
    expect(container.security_context).toEqual({ allow_privilege_escalation: false, capabilities: { drop: ['ALL'] } });
    expect(pod.automount_service_account_token).toBe(false);
    expect(pod.volume.flatMap(({ secret }) => (secret ? [(secret as { secret_name: string }).secret_name] : []))).toEqual(['backup']);
    expect(container).not.toHaveProperty('readiness_probe');
    expect(container.env).toEqual([]);
    expect(container).toMatchObject({ image: 'vulpineclub/backup@${var.digest_image_backup}', resources: { limits: { memory: '128Mi' } } });
  });

  test('has its programs where they run, and an account and a folder of the instance’s own at the off-site host', () => {
    expect(Object.keys(map.data).sort()).toEqual(['alert.sh', 'check.sh', 'job.sh', 'known_hosts', 'settings', 'ship.sh']);
    expect(container.command).toEqual(['/opt/vulpine-backup/job.sh']);
    expect(pod.volume.find(({ name }) => name === 'programs')).toMatchObject({ config_map: { name: 'backup', default_mode: '0555' } });
    expect(map.data.settings).toMatch(/^OFFSITE='vulpine-backup-vulpine@offsite\.example\.net'$/m);
    const { backup } = vulpineSchema.parse(mergePatch(vulpineValues, KUBERNETES)).prod;
    const [vulpine, corsac] = ['vulpine', 'corsac'].map((instance) =>
      offsiteScript(offsiteOf(backup.offsite as never, instance), backup, 'ssh-ed25519 AAAA', instance),
    );
    expect(vulpine).toMatch(
      /^FOLDER='\/srv\/vulpine-backup\/vulpine'\nACCOUNT='vulpine-backup-vulpine'\nPUBLIC_KEY='ssh-ed25519 AAAA'\nUNIT='vulpine-offsite-vulpine'$/m,
    );
    expect(corsac).toContain('Environment=VULPINE_OFFSITE=/etc/vulpine-offsite-corsac/settings');
    // but for the programs, which are the same, no file of one is the other's
    const files = (instance: string) => offsiteFiles(offsiteOf(backup.offsite as never, instance), backup, instance).map(({ path }) => path);
    expect(files('vulpine').filter((path) => files('corsac').includes(path))).toEqual(
      ['receive', 'keep', 'alert'].map((name) => `/opt/vulpine-offsite/${name}.sh`),
    );
  });

  test('its image has what a host installs for this', () => {
    const dockerfile = readFileSync(join(ROOT, 'estates/vulpine/backup/image/Dockerfile'), 'utf8');
    for (const name of backupPart(vulpineSchema.parse(vulpineValues)).packages ?? []) expect(dockerfile).toMatch(new RegExp(`install .* ${name}( |$)`, 'm'));
  });

  test('without an off-site host there is none, and nothing of it', () => {
    const { prod, ...others } = KUBERNETES as { prod: object };
    const backup = { offsite: null, withoutOffsite: 'a test of an hour' };
    const json = synthEstate('vulpine', { ...others, prod: { ...prod, backup } }).get('vulpine-workloads-prod');
    expect(resourcesOf(json, 'kubernetes_cron_job_v1')).toEqual([]);
    const names = ['kubernetes_network_policy_v1', 'kubernetes_config_map_v1'].flatMap((type) =>
      resourcesOf(json, type).map(({ metadata }) => (metadata as { name: string }).name),
    );
    expect(names).not.toContain('backup');
  });
});

describe('so much of it', () => {
  const refused = (override: object) => () => synthEstate('vulpine', patched(override));

  test('finds a place on the nodes, or is refused with what to do', () => {
    expect(refused({ prod: { cluster: { nodes: { type: 'g6-standard-2' } } } })).toThrow(
      "vulpine-workloads-prod: 17 pods may take 7040 MB, and 2 nodes g6-standard-2 have 2716 MB each for them (1380 MB are the system's): no place is left for",
    );
    expect(synthEstate('vulpine', patched({ prod: { cluster: { nodes: { type: 'g6-standard-2', count: 3 } } } })).size).toBe(3);
    // enough in all, and no node has room for the biggest
    expect(
      refused({ prod: { cluster: { nodes: { type: 'g6-standard-2', count: 9 } }, instances: { vulpine: { containers: { db: { memoryMb: 4000 } } } } } }),
    ).toThrow('no place is left for db');
    expect(synthEstate('vulpine', patched({ prod: { cluster: { nodes: { type: 'g6-standard-2', count: 1, max: 4 } } } })).size).toBe(3);
  });

  test('leaves a node what other clouds keep of one, for itself and the cluster', () => {
    expect([4096, 8192, 16_384].map(nodeReservedMb)).toEqual([1024 + 356, 1024 + 820 + 356, 1024 + 820 + 820 + 356]);
  });

  test('what keeps something on a disk is one', () => {
    expect(refused({ prod: { instances: { vulpine: { containers: { db: { replicas: 2 } } } } } })).toThrow(
      'db of vulpine keeps db on a disk, and there are 2 of it',
    );
  });
});

describe('config', () => {
  test.each([
    [{ cluster: null }, 'prod.cluster: must say what the cluster of topology "kubernetes" is'],
    [{ hosts: { other: { region: 'us-east', type: 'g6-standard-4' } } }, 'prod.hosts: must be empty in topology "kubernetes"'],
    [{ certificates: { challenge: 'http' } }, 'prod.certificates.challenge: must be "dns" in topology "kubernetes"'],
    [{ cluster: { version: '1.33.2' } }, 'prod.cluster.version: not a version by major and minor'],
    [{ cluster: { nodes: { type: 'g6-nanode-1' } } }, 'prod.cluster.nodes.type: must be one of g6-standard-2'],
    [{ cluster: { nodes: { max: 2 } } }, 'prod.cluster.nodes.max: must be more than count'],
    [{ cluster: { volumesGb: { db: 5 } } }, 'prod.cluster.volumesGb.db: must be 10 GB or more'],
    [{ cluster: { volumesGb: { media: 50 } } }, 'prod.cluster.volumesGb'],
    [{ topology: 'single' }, 'prod.cluster: must not be there: only topology "kubernetes" has a cluster'],
  ])('%j is refused: %s', (prod, message) => {
    expect(problems(patched({ prod })).join('\n')).toContain(message);
  });

  test('all problems come at once', () => {
    expect(problems({ prod: { topology: 'kubernetes' } })).toHaveLength(4);
    expect(problems(patched({ prod: { backup: { offsite: { user: 'a-user-of-more-than-23-letters' } } } }))).toEqual([
      expect.stringContaining('prod.backup.offsite.user: must be shorter'),
    ]);
  });
});

test('what it needs is in the cluster, and a token that may make one', () => {
  const needs = vulpineNeeds(vulpineSchema.parse(mergePatch(vulpineValues, KUBERNETES)));
  expect(needs.filter(({ kind }) => kind === 'secret').map((need) => ('type' in need ? need.type : ''))).toEqual(
    Array.from({ length: 14 }, () => 'kubernetes'),
  );
  expect(needs.find(({ kind }) => kind === 'token')).toMatchObject({ from: expect.stringContaining('Kubernetes, NodeBalancers') });
});
