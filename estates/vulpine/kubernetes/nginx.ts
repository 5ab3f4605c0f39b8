import type { ContainerName, VulpineInstance } from '../../../config/vulpine';
import { keyOf } from '../../../constructs/kubernetes/config-files';
import type { Mount } from '../../../constructs/kubernetes/pod';
import type { ContainerTable } from '../containers/spec';
import { CERTIFICATES_IN_NGINX, nginxFiles } from '../nginx/config';
import type { Upstream } from '../nginx/options';
import { certificateSecret, namespaceOf, serviceName } from './names';

type Instances = Readonly<Record<string, Pick<VulpineInstance, 'domain'>>>;

/** From where NodeBalancers come, and nobody else. https://techdocs.akamai.com/cloud-computing/docs/lke-network-firewall-details */
const BALANCERS = '192.168.255.0/24';
/**
 * The cluster's own name server, by the name that its service has whatever program answers: Linode says that services are in 10.128.0.0/16, and
 * not which of them this is. nginx asks for it once, when it starts. https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/
 */
const CLUSTER_DNS = 'kube-dns.kube-system.svc.cluster.local';
/** The three lines that use a domain's certificate, beside it. */
const USE = 'tls.conf';

/** nginx's configuration in the cluster, by path. */
export function nginxConfig(table: ContainerTable, instances: Instances): Record<string, string> {
  return Object.fromEntries([
    ...configFiles(table, instances).map(({ path, content }) => [path, content]),
    ...Object.values(instances).map(({ domain }) => [useFile(domain), useLines(domain)]),
  ]);
}

/** Where nginx has these, and the certificates: in a folder for each domain, which a new certificate reaches while it runs. */
export function nginxMounts(configMap: string, table: ContainerTable, instances: Instances): Mount[] {
  return [
    ...configFiles(table, instances).map(({ path }): Mount => ({ name: 'files', to: path, configMap, key: keyOf(path) })),
    ...Object.entries(instances).map(
      ([instance, { domain }]): Mount => ({
        name: `certificate-${instance}`,
        to: `${CERTIFICATES_IN_NGINX}/${domain}`,
        parts: [
          { secret: certificateSecret(instance), files: { 'tls.crt': 'tls.crt', 'tls.key': 'tls.key' } },
          { configMap, files: { [keyOf(useFile(domain))]: USE } },
        ],
      }),
    ),
  ];
}

function configFiles(table: ContainerTable, instances: Instances) {
  const upstream = (of: ContainerName, instance: string): Upstream => {
    const [alias] = table[of].networks.internal_network?.aliases ?? [];
    const [port] = table[of].listensOn ?? [];
    if (alias === undefined || port === undefined) throw new Error(`nginx cannot find ${of}: give it listensOn, and an alias in internal_network`);
    return { name: `${serviceName(alias)}.${namespaceOf(instance)}.svc.cluster.local`, port };
  };
  return nginxFiles({
    instances: Object.fromEntries(
      Object.entries(instances).map(([name, { domain }]) => [name, { domain, web: upstream('web', name), streaming: upstream('streaming', name) }]),
    ),
    challenge: 'dns',
    clientAddress: { proxyProtocolFrom: [BALANCERS] },
    resolver: CLUSTER_DNS,
  });
}

const useFile = (domain: string) => `${CERTIFICATES_IN_NGINX}/${domain}/${USE}`;

const useLines = (domain: string) =>
  ['ssl_reject_handshake off;', `ssl_certificate certificates/${domain}/tls.crt;`, `ssl_certificate_key certificates/${domain}/tls.key;`, ''].join('\n');
