import { CONTAINER_NAMES } from '../../../config/vulpine';
import type { End, Way } from '../../../constructs/kubernetes/traffic-policy';
import type { ContainerTable, Peer } from '../containers/spec';
import { namespaceOf } from './names';
import { labelsOf, type PlannedPods } from './plan';

/** Everything outside: not what is private, nor the metadata service, which tells a pod what its node is. RFC 6890, and Linode's own addresses. */
export const OUTSIDE: readonly End[] = [
  { network: '0.0.0.0/0', except: ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'] },
  { network: '::/0', except: ['::1/128', 'fc00::/7', 'fe80::/10'] },
];

const EVERYBODY: readonly End[] = [{ network: '0.0.0.0/0' }, { network: '::/0' }];

/** Who says what a name is. */
export const DNS: Way = {
  ends: [{ pods: { 'k8s-app': 'kube-dns' }, namespace: 'kube-system' }],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

const portsOf = (table: ContainerTable, peer: keyof ContainerTable) => (table[peer].listensOn ?? []).map((port) => ({ port, protocol: 'TCP' }) as const);

/** What some pods need, both ways: exactly what the table says that they talk to, and who talks to them. */
export function waysOf(
  table: ContainerTable,
  { of, instance }: PlannedPods,
  instances: readonly string[],
): { readonly inward: Way[]; readonly outward: Way[] } {
  const own = namespaceOf(instance);
  const at = (other: keyof ContainerTable): End[] => {
    // those of the host are everybody's; everybody else has his own
    const owners = table[other].per === 'host' ? [undefined] : instance === undefined ? instances : [instance];
    return owners.map(namespaceOf).map((namespace) => ({ pods: labelsOf(other), ...(namespace !== own && { namespace }) }));
  };
  const peers = Object.keys(table[of].talksTo) as Peer[];
  const callers = CONTAINER_NAMES.filter((other) => of in table[other].talksTo);
  return {
    inward: [
      ...callers.map((caller) => ({ ends: at(caller), ports: portsOf(table, of) })),
      ...(table[of].published === undefined ? [] : [{ ends: EVERYBODY, ports: portsOf(table, of) }]),
    ],
    outward: [
      ...peers.map((peer): Way => (peer === 'internet' ? { ends: OUTSIDE } : { ends: at(peer), ports: portsOf(table, peer) })),
      ...(peers.length > 0 ? [DNS] : []),
    ],
  };
}
