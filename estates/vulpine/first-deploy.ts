import type { VulpineConfig } from '../../config/vulpine';
import { deployed, type FirstDeploy, fulfilled, givenSecrets, needsIn, ofKind, person, type Step, stateBucket } from '../../constructs/core/first-deploy';
import { type Environment, stackName } from '../../constructs/core/naming';
import { CERTIFICATES_UNIT } from './host/certificates';
import { IMAGE_LOCK } from './images';
import { certificateSecret, namespaceOf } from './kubernetes/names';
import { hostsWith } from './multi-server/roles';
import { hostName, OUT_OF_TABLES } from './names';
import { vulpineNeeds } from './needs';

/** cloud-init makes it when a host has set itself up. */
const SET_UP = '/var/lib/cloud/instance/boot-finished';

/** As the runbook (docs/runbooks/vulpine.md) does it, in each topology. */
export function vulpineFirstDeploy(config: VulpineConfig, environment: Environment): FirstDeploy {
  const needs = needsIn(environment, vulpineNeeds(config));
  const own = (stack: string) => stackName('vulpine', stack, environment);
  const isCluster = config.prod.topology === 'kubernetes';
  const delegation = fulfilled(
    'the delegation of the domains',
    ofKind(needs, 'delegation'),
    person('Where the domain was bought, its name servers become those of Linode: the certificate of files waits for that.'),
  );
  const secrets = givenSecrets('vulpine', environment, needs);
  const content = deployed('what people upload', own('content'));
  const first = [...stateBucket('vulpine', needs), locked(config)];
  return {
    steps: isCluster
      ? [
          ...first,
          deployed('the cluster, and the zones', own('cluster')),
          ...delegation,
          content,
          reached(),
          deployed('what runs in it', own('workloads')),
          ...secrets, // pods wait for them
          ...clusterCertificates(config),
          ...instances(config),
        ]
      : [
          ...first,
          deployed('the hosts, and the zones', own('host')),
          ...delegation,
          content,
          setUp(config),
          ...secrets,
          ...containers(config, own),
          certificates(config),
          ...instances(config),
        ],
    next: isCluster
      ? 'the off-site host knows the keys of the backups: make vulpine-offsite, see docs/runbooks/vulpine.md. Keep a copy of the secrets elsewhere.'
      : 'step 7 of docs/runbooks/vulpine.md: make vulpine-offsite, so that backups leave the host. Keep a copy of the secrets elsewhere (step 5).',
  };
}

function locked({ shared: { images } }: VulpineConfig): Step {
  return {
    title: "the images' digests",
    done: [{ kind: 'keys', file: IMAGE_LOCK, keys: [...new Set(Object.values(images))] }],
    does: { kind: 'make', target: 'vulpine-images-lock', values: {} },
  };
}

function setUp({ shared, prod }: VulpineConfig): Step {
  const { user } = prod.admins;
  const hosts = Object.keys(prod.hosts).map((label) => hostName(label, shared.domain));
  return {
    title: 'the hosts have set themselves up',
    done: hosts.map((host) => ({ kind: 'host-file', host, user, file: SET_UP })),
    does: person('It takes minutes. Log in once, and see that it went well:', ...hosts.map((host) => `  ssh ${user}@${host} cloud-init status --wait`)),
  };
}

function containers({ prod }: VulpineConfig, own: (stack: string) => string): Step[] {
  if (prod.topology === 'single') return [deployed('the containers', own('containers'))];
  return Object.keys(prod.hosts).map((label) => deployed(`the containers of ${label}`, own(`containers-${label}`)));
}

/** A host without any answers no https; one whose database is empty answers with an error, which is an answer. */
function certificates({ shared, prod }: VulpineConfig): Step {
  const labels = prod.topology === 'single' ? Object.keys(prod.hosts) : hostsWith('web', prod.hosts);
  return {
    title: 'the certificates',
    done: Object.values(prod.instances).map(({ domain }) => ({ kind: 'answers', url: `https://${domain}/health`, statuses: [200, 500, 502, 503, 504] })),
    does: {
      kind: 'commands',
      lines: labels.map((label) => `ssh ${prod.admins.user}@${hostName(label, shared.domain)} sudo systemctl start ${CERTIFICATES_UNIT}`),
    },
  };
}

/** Terraform knows the cluster from its state; kubectl has to be told. */
function reached(): Step {
  return {
    title: 'kubectl reaches the cluster',
    done: [{ kind: 'in-cluster', what: 'namespace', name: 'kube-system' }],
    does: person(
      'Write the kubeconfig, and start make up again with KUBECONFIG in the environment:',
      '  (umask 077; cd cdktf.out/stacks/vulpine-cluster-prod && terraform output -raw KUBECONFIG | base64 -d >~/.kube/vulpine)',
      '  export KUBECONFIG=~/.kube/vulpine',
    ),
  };
}

function clusterCertificates({ prod }: VulpineConfig): Step[] {
  return Object.entries(prod.instances).map(([instance, { domain }]) => ({
    title: `the certificate of ${domain}`,
    done: [{ kind: 'in-cluster', what: 'secret', name: certificateSecret(instance), namespace: namespaceOf() }],
    does: person(`certbot gets it, kubectl gives it to nginx as the secret ${certificateSecret(instance)}: "In Kubernetes" of docs/runbooks/vulpine.md.`),
  }));
}

function instances({ prod }: VulpineConfig): Step[] {
  const isCluster = prod.topology === 'kubernetes';
  return Object.entries(prod.instances).map(([instance, { domain }]) => ({
    title: `${instance} has its tables, and answers`,
    done: [{ kind: 'answers', url: `https://${domain}${OUT_OF_TABLES}`, statuses: [200] }],
    does: person(
      `In a shell of Mastodon's ${isCluster ? `in a pod of web in ${namespaceOf(instance)}` : `in ${instance}-web-1`}, once; docs/runbooks/vulpine.md says how, also where web does not stay up:`,
      '  bundle exec rails db:schema:load db:seed',
      '  bin/tootctl search deploy',
      '  bin/tootctl accounts create me --email=me@example.org --confirmed --approve --role=Owner',
    ),
  }));
}
