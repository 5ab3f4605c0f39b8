import type { Synthesized } from '../../../constructs/policy';
import { type Case, context } from './cases';

/** Kubernetes' rules: what runs in a cluster, and who gets to it. */

type Config = Synthesized['config'];

const labels = { ...context.labels };
const metadata = { name: 'web', namespace: 'mastodon-vulpine', labels };

const container = {
  name: 'web',
  image: `ghcr.io/mastodon/mastodon@sha256:${'a'.repeat(64)}`,
  env: [{ name: 'RAILS_ENV', value: 'production' }],
  resources: { limits: { memory: '768Mi' }, requests: { memory: '768Mi', cpu: '50m' } },
  readiness_probe: { exec: { command: ['true'] } },
  security_context: { allow_privilege_escalation: false, capabilities: { drop: ['ALL'], add: ['SETUID'] } },
};

const deployment: Config = {
  metadata,
  spec: {
    selector: { match_labels: { name: 'web' } },
    template: {
      metadata: { labels },
      spec: {
        automount_service_account_token: false,
        security_context: { seccomp_profile: { type: 'RuntimeDefault' } },
        container: [container],
        volume: [{ name: 'secrets', secret: { secret_name: 'database' } }],
      },
    },
  },
};

const namespace: Config = {
  metadata: { name: 'mastodon-vulpine', labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'baseline' } },
  lifecycle: { prevent_destroy: true },
};

const denyAll = (): Synthesized => ({
  path: 'stack/deny',
  type: 'kubernetes_network_policy_v1',
  config: {
    metadata: { name: 'deny', namespace: '${kubernetes_namespace_v1.subject.metadata[0].name}', labels },
    spec: { pod_selector: {}, policy_types: ['Ingress', 'Egress'] },
  },
});

const service: Config = { metadata: { ...metadata, name: 'fe-web' }, spec: { type: 'ClusterIP', port: [{ port: 3000 }] } };
const balanced: Config = { metadata, spec: { type: 'LoadBalancer', load_balancer_source_ranges: ['192.0.2.0/24'], port: [{ port: 443 }] } };
const cronJob: Config = { metadata, spec: { schedule: '@daily', job_template: { metadata: {}, spec: { template: deployment.spec.template } } } };

/** A change of one deployment's pod, or of its container. */
const ofPod = (rule: string, change: string, remedy: string, breakIt: (pod: Config, container: Config) => void): Case => ({
  rule,
  change,
  type: 'kubernetes_deployment_v1',
  good: deployment,
  breakIt: ({ spec }) => breakIt(spec.template.spec, spec.template.spec.container[0]),
  remedy,
});

/** What lets everything through, or less than everything. */
const denyChange = (change: string, breakIt: (spec: Config, metadata: Config) => void): Case => ({
  rule: 'kubernetes-denied-by-default',
  change,
  type: 'kubernetes_namespace_v1',
  good: namespace,
  beside: [denyAll()],
  breakIt: (_config, beside) => {
    for (const { config } of beside) breakIt(config.spec, config.metadata);
  },
  remedy: 'lets nothing through',
});

const secret: Config = { metadata };

export const kubernetesCases: readonly Case[] = [
  {
    rule: 'kubernetes-labels-complete',
    change: 'a label is missing',
    type: 'kubernetes_deployment_v1',
    good: deployment,
    breakIt: (config) => {
      config.metadata.labels = { stack: 'server', environment: 'prod' };
    },
    remedy: 'add estate = moshi',
  },
  ...['Fe_web', 'fe_web', '-web', 'a'.repeat(64)].map(
    (name): Case => ({
      rule: 'kubernetes-name-legal',
      change: `it is called ${name.slice(0, 10)}`,
      type: 'kubernetes_service_v1',
      good: service,
      breakIt: (config) => {
        config.metadata.name = name;
      },
      remedy: 'lower-case letters, digits and hyphens, starting with a letter,',
    }),
  ),
  ofPod('kubernetes-not-privileged', 'it is privileged', 'take privileged out', (_, it) => {
    it.security_context.privileged = true;
  }),
  ofPod('kubernetes-not-privileged', 'it may become more', 'set allow_privilege_escalation = false', (_, it) => {
    delete it.security_context.allow_privilege_escalation;
  }),
  ofPod('kubernetes-not-privileged', 'it keeps what images have', 'drop ALL capabilities', (_, it) => {
    delete it.security_context.capabilities.drop;
  }),
  ofPod('kubernetes-not-privileged', 'it may do nearly everything', 'take SYS_ADMIN out', (_, it) => {
    it.security_context.capabilities.add.push('SYS_ADMIN');
  }),
  ofPod('kubernetes-not-privileged', 'what starts before it is privileged', 'take privileged out', (pod, it) => {
    pod.init_container = [{ ...it, name: 'before', security_context: { ...it.security_context, privileged: true } }];
  }),
  {
    rule: 'kubernetes-not-privileged',
    change: 'a job is privileged',
    type: 'kubernetes_cron_job_v1',
    good: cronJob,
    breakIt: ({ spec }) => {
      spec.job_template.spec.template.spec.container[0].security_context.privileged = true;
    },
    remedy: 'take privileged out',
  },
  ofPod('kubernetes-seccomp', 'no profile is named', "'RuntimeDefault'", (pod) => {
    delete pod.security_context;
  }),
  ofPod('kubernetes-seccomp', 'it is confined by none', "'RuntimeDefault'", (pod) => {
    pod.security_context.seccomp_profile.type = 'Unconfined';
  }),
  ...['host_network', 'host_pid', 'host_ipc'].map((mode) =>
    ofPod('kubernetes-not-of-host', `it has ${mode}`, `take ${mode} out`, (pod) => {
      pod[mode] = true;
    }),
  ),
  ofPod('kubernetes-not-of-host', 'it has a folder of the node', 'take the host_path of volume node out', (pod) => {
    pod.volume.push({ name: 'node', host_path: { path: '/' } });
  }),
  ofPod('kubernetes-not-of-host', 'it has a port of the node', 'take host_port of web out', (_, it) => {
    it.port = [{ container_port: 80, host_port: 80 }];
  }),
  ofPod('kubernetes-memory-limited', 'it has no limit', 'set resources.limits.memory of web', (_, it) => {
    delete it.resources.limits;
  }),
  ofPod('kubernetes-memory-limited', 'it asks for less than it may take', 'request as much memory', (_, it) => {
    it.resources.requests.memory = '64Mi';
  }),
  ofPod('kubernetes-image-pinned', 'it names a tag', 'by its digest', (_, it) => {
    it.image = 'ghcr.io/mastodon/mastodon:v4.4.5';
  }),
  ofPod('kubernetes-no-service-account-token', 'it gets a token', 'set automount_service_account_token = false', (pod) => {
    delete pod.automount_service_account_token;
  }),
  ofPod('kubernetes-readiness-probed', 'nobody asks whether it answers', 'give web a readiness_probe', (_, it) => {
    delete it.readiness_probe;
  }),
  ofPod('kubernetes-no-secret-variable', 'a variable comes from a secret', 'take DB_PASS out', (_, it) => {
    it.env.push({ name: 'DB_PASS', value_from: { secret_key_ref: { name: 'database', key: 'DB_PASS' } } });
  }),
  ofPod('kubernetes-no-secret-variable', 'all of a secret are variables', 'take env_from.secret_ref of web out', (_, it) => {
    it.env_from = [{ secret_ref: { name: 'database' } }];
  }),
  ofPod('kubernetes-no-secret-variable', 'a variable is called like a secret', 'take SMTP_PASSWORD out', (_, it) => {
    it.env.push({ name: 'SMTP_PASSWORD', value: '${var.password}' });
  }),
  ...(
    [
      ['kubernetes_secret_v1', 'data'],
      ['kubernetes_secret_v1', 'binary_data'],
      ['kubernetes_secret_v1', 'data_wo'],
      ['kubernetes_secret', 'data'],
    ] as const
  ).map(
    ([type, argument]): Case => ({
      rule: 'kubernetes-no-secret-in-state',
      change: `it has ${argument}`,
      type,
      good: secret,
      breakIt: (config) => {
        config[argument] = { DB_PASS: '${var.password}' };
      },
      remedy: `take ${argument} out`,
    }),
  ),
  {
    rule: 'kubernetes-pod-security',
    change: 'its pods may be anything',
    type: 'kubernetes_namespace_v1',
    good: namespace,
    beside: [denyAll()],
    breakIt: (config) => {
      config.metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged';
    },
    remedy: "'restricted'",
  },
  denyChange('the policy is of another namespace', (_, meta) => {
    meta.namespace = 'other';
  }),
  denyChange('the policy is about some pods', (spec) => {
    spec.pod_selector.match_labels = { name: 'web' };
  }),
  denyChange('the policy is about one direction', (spec) => {
    spec.policy_types = ['Ingress'];
  }),
  denyChange('the policy lets something through', (spec) => {
    spec.egress = [{ to: [{ ip_block: { cidr: '192.0.2.0/24' } }] }];
  }),
  ...(
    [
      ['everybody may come', undefined],
      ['half of the Internet may come', ['128.0.0.0/1']],
    ] as const
  ).map(
    ([change, ranges]): Case => ({
      rule: 'kubernetes-no-open-load-balancer',
      change,
      type: 'kubernetes_service_v1',
      good: balanced,
      breakIt: (config) => {
        config.spec.load_balancer_source_ranges = ranges;
      },
      remedy: 'set load_balancer_source_ranges',
    }),
  ),
  {
    rule: 'kubernetes-no-open-load-balancer',
    change: 'it is open on every node',
    type: 'kubernetes_service_v1',
    good: service,
    breakIt: (config) => {
      config.spec.type = 'NodePort';
    },
    remedy: 'a NodePort is open on every node',
  },
];
