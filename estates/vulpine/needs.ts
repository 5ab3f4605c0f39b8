import { CONTAINER_NAMES, type ContainerName, type VulpineConfig } from '../../config/vulpine';
import { stackName } from '../../constructs/core/naming';
import type { Need } from '../../constructs/core/need';
import { NAME_SERVERS } from '../../constructs/linode/dns-zone';
import { alertSecrets, backupSecrets } from './backup/secrets';
import { placedOn } from './containers/plan';
import { HOST_FOLDER, SECRETS } from './containers/secrets';
import { SECRET_GROUPS, type SecretGroup } from './containers/spec';
import { CONTAINERS } from './containers/table';
import { certificateNeeds } from './host/certificate-needs';
import { backupSecretsOf, secretsOf } from './kubernetes/needs';
import { layoutOf } from './multi-server/layout';
import { hostName, zonesOf } from './names';

/** What the token may do, which is what the stacks of a topology make. */
const TOKEN_SCOPES: Readonly<Record<VulpineConfig['prod']['topology'], string>> = {
  single: 'Linodes, Firewalls, Domains and IPs',
  'multi-server': 'Linodes, Firewalls, Domains, IPs, NodeBalancers and VPCs',
  kubernetes: 'Kubernetes, NodeBalancers, Firewalls and Domains',
};

export function vulpineNeeds(config: VulpineConfig): Need[] {
  const { shared, prod } = config;
  const { backend, content } = shared;
  const isCluster = prod.topology === 'kubernetes';
  const stack = stackName('vulpine', isCluster ? 'cluster' : 'host', 'prod');
  const used = SECRET_GROUPS.filter((group) => CONTAINER_NAMES.some((name) => CONTAINERS[name].secrets?.groups.includes(group)));
  return [
    {
      kind: 'token',
      environment: 'shared',
      variable: 'LINODE_TOKEN',
      is: "Linode's API token",
      from: `https://cloud.linode.com/profile/tokens makes one: read and write for ${TOKEN_SCOPES[prod.topology]}`,
    },
    { kind: 'aws-account', environment: 'shared', region: content.region, ...(content.accountId !== undefined && { accountId: content.accountId }) },
    ...(backend.type === 's3' ? [{ kind: 'state-bucket', environment: 'shared', type: 's3', bucket: backend.bucket, region: backend.region } as const] : []),
    ...zonesOf(config).map((domain) => ({ kind: 'delegation', environment: 'prod', domain, stack, nameServers: NAME_SERVERS }) as const),
    ...(isCluster ? secretsOf(prod.instances, used) : hostSecrets(config, stack)),
    ...(isCluster ? backupSecretsOf(prod.instances, prod.backup) : backupNeeds(config, stack)),
    ...certificateNeeds(config, stack),
  ];
}

function hostSecrets({ shared, prod }: VulpineConfig, stack: string): Need[] {
  const byHost = groupsByHost(prod);
  const alsoOn = (instance: string, group: SecretGroup) => {
    const labels = byHost.flatMap((one) => (one.instance === instance && one.groups.includes(group) ? [one.label] : []));
    return labels.length > 1 ? `, the same on ${labels.join(', ')}` : '';
  };
  return byHost.flatMap(({ label, instance, groups }) =>
    groups.flatMap((group) =>
      SECRETS[group].map(
        ({ name, is, from }): Need => ({
          kind: 'secret',
          type: 'host',
          environment: 'prod',
          name: `${instance}/${name}`,
          stack,
          is: `${is}${alsoOn(instance, group)}`,
          from: from.replaceAll('<instance>', instance),
          host: hostName(label, shared.domain),
          user: prod.admins.user,
          folder: HOST_FOLDER,
          file: `${instance}/${group}/${name}`,
        }),
      ),
    ),
  );
}

/** Of the host that has the dumps, and sends them away, and of those that have certificates. */
function backupNeeds({ shared, prod }: VulpineConfig, stack: string): Need[] {
  const having = (of: ContainerName) => {
    if (prod.topology === 'single') return Object.keys(prod.hosts);
    return [...layoutOf(CONTAINERS, prod)].flatMap(([label, { placed }]) => (placed.some((one) => one.of === of) ? [label] : []));
  };
  const dumps = having('dbbackup');
  const asked = [
    ...dumps.map((label) => ({ label, secrets: backupSecrets(prod.backup) })),
    ...having('nginx').map((label) => ({ label, secrets: prod.backup.offsite && dumps.includes(label) ? [] : alertSecrets(prod.backup.alert) })),
  ];
  return asked.flatMap(({ label, secrets }) =>
    secrets.map(
      ({ name, is, from }): Need => ({
        kind: 'secret',
        type: 'host',
        environment: 'prod',
        name: `backup/${name}`,
        stack,
        is,
        from,
        host: hostName(label, shared.domain),
        user: prod.admins.user,
        folder: HOST_FOLDER,
        file: `backup/${name}`,
      }),
    ),
  );
}

/** Groups of secrets that an instance's containers on a host have: no host gets what nothing on it reads. */
function groupsByHost(prod: VulpineConfig['prod']): { readonly label: string; readonly instance: string; readonly groups: readonly SecretGroup[] }[] {
  const [label = ''] = Object.keys(prod.hosts);
  const placed =
    prod.topology === 'single'
      ? [[label, placedOn(CONTAINERS, prod.instances)] as const]
      : [...layoutOf(CONTAINERS, prod)].map(([on, all]) => [on, all.placed] as const);
  return Object.keys(prod.instances).flatMap((instance) =>
    placed.map(([on, all]) => {
      const own = all.filter((one) => one.instance === instance);
      return { label: on, instance, groups: SECRET_GROUPS.filter((group) => own.some(({ spec }) => spec.secrets?.groups.includes(group))) };
    }),
  );
}
