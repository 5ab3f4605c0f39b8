import { BlockList, isIPv6 } from 'node:net';
import { type Block, known } from './known';
import { parse } from './synth';

export type Protocol = 'TCP' | 'UDP';

export interface Pod {
  /** `namespace/name`. */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** One of each kind, whether the cluster has both or not. */
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

interface Policy {
  readonly namespace: string;
  readonly selector: Block;
  readonly types: readonly string[];
  readonly rules: Readonly<Record<'ingress' | 'egress', readonly Block[]>>;
}

/** None means all. */
type Ports = readonly Block[];

/** The other end of a connection. */
type Other = { readonly pod: Pod } | { readonly address: string };

/** Pods of the cluster's own and of a stranger's, which no stack of ours makes. */
const FOREIGN: readonly Pick<Pod, 'id' | 'labels' | 'ports'>[] = [
  { id: 'kube-system/coredns', labels: { 'k8s-app': 'kube-dns' }, ports: [53, 9153] },
  { id: 'kube-system/calico-node', labels: { 'k8s-app': 'calico-node' }, ports: [9099] },
  { id: 'default/stranger', labels: { 'app.kubernetes.io/name': 'web' }, ports: [3000] },
];

const list = (value: unknown): Block[] => [value].flat().filter((each): each is Block => typeof each === 'object' && each !== null);
const only = (value: unknown, what: string): Block => {
  const [first, ...more] = list(value);
  if (!first || more.length > 0) throw new Error(`${what}: one was expected`);
  return first;
};

function selects(selector: Block, labels: Readonly<Record<string, string>>): boolean {
  known(selector, 'match_labels');
  return Object.entries((selector.match_labels as Record<string, string>) ?? {}).every(([key, value]) => labels[key] === value);
}

const families = (network: string) => (isIPv6(network.split('/')[0] as string) ? 'ipv6' : 'ipv4');
const blockLists = new Map<string, BlockList>();

function blockList(networks: readonly string[]): BlockList {
  const key = networks.join(' ');
  const known = blockLists.get(key);
  if (known) return known;
  const blocks = new BlockList();
  for (const network of networks) blocks.addSubnet(network.split('/')[0] as string, Number(network.split('/')[1]), families(network));
  blockLists.set(key, blocks);
  return blocks;
}

/** Addresses of one kind are in no network of the other; a block list takes 10.0.0.1 for a part of ::/0. */
function inNetwork(address: string, networks: readonly string[]): boolean {
  const family = families(address);
  return blockList(networks.filter((network) => families(network) === family)).check(address, family);
}

/**
 * Who may talk to whom in a cluster, from the synthesized pods and network policies alone, as Kubernetes reads them: what no policy selects is open;
 * what one selects has only what some policy lets through, at both ends. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class PolicyReach {
  readonly pods: readonly Pod[];
  readonly services: readonly { readonly id: string; readonly type: string; readonly pods: readonly string[] }[];
  private readonly all: readonly Pod[];
  private readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  private readonly policies: readonly Policy[];
  private readonly rules = new Map<string, readonly Ports[] | 'no policy'>();

  constructor(json: string | undefined) {
    const resources = parse(json).resource ?? {};
    const ofType = (type: string) => Object.entries(resources[type] ?? {});
    const unread = Object.keys(resources).find(
      (type) =>
        /network_polic|_pod(_v1)?$|daemon|job|replication|manifest|endpoint|ingress(_v1)?$/.test(type) &&
        !['kubernetes_network_policy_v1', 'kubernetes_cron_job_v1'].includes(type),
    );
    if (unread) throw new Error(`a way that this cannot read: ${unread}`);
    const metadata = (config: unknown) => only((config as Block).metadata, 'metadata');

    const names = new Map(
      ofType('kubernetes_namespace_v1').map(([key, config]) => [`\${kubernetes_namespace_v1.${key}.metadata[0].name}`, `${metadata(config).name}`]),
    );
    const namespaceOf = (config: unknown) => {
      const { namespace } = metadata(config);
      const name = names.get(`${namespace}`);
      if (name === undefined) throw new Error(`a namespace that is not in the stack: ${namespace}`);
      return name;
    };
    // the cluster itself gives each namespace its name as a label
    const own = ofType('kubernetes_namespace_v1').map(([, config]): [string, Record<string, string>] => {
      const { name, labels } = metadata(config);
      return [`${name}`, { ...(labels as Record<string, string>), 'kubernetes.io/metadata.name': `${name}` }];
    });
    const foreign = [...new Set(FOREIGN.map(({ id }) => id.split('/')[0] as string))].map((name): [string, Record<string, string>] => [
      name,
      { 'kubernetes.io/metadata.name': name },
    ]);
    this.namespaces = new Map([...own, ...foreign]);

    let number = 0;
    const addresses = () => [`10.2.0.${++number}`, `fd02::${number.toString(16)}`];
    this.pods = ['kubernetes_deployment_v1', 'kubernetes_stateful_set_v1', 'kubernetes_cron_job_v1'].flatMap((type) =>
      ofType(type).flatMap(([, config]) => {
        const own = only(config.spec, 'spec');
        // a job has one pod at a time
        const spec: Block = type === 'kubernetes_cron_job_v1' ? { replicas: 1, ...only(only(own.job_template, 'job_template').spec, 'spec') } : own;
        const template = only(spec.template, 'template');
        const podSpec = only(template.spec, 'spec');
        if (podSpec.host_network === true) throw new Error('a way that this cannot read: the network of the host');
        const ports = list(podSpec.container).flatMap(({ port }) => list(port).map(({ container_port }) => Number(container_port)));
        const namespace = namespaceOf(config);
        return Array.from({ length: Number(spec.replicas) }, (_, i) => ({
          id: `${namespace}/${metadata(config).name}-${i + 1}`,
          namespace,
          labels: metadata(template).labels as Record<string, string>,
          addresses: addresses(),
          ports,
        }));
      }),
    );
    this.all = [...this.pods, ...FOREIGN.map((pod) => ({ ...pod, namespace: pod.id.split('/')[0] as string, addresses: addresses() }))];

    this.policies = ofType('kubernetes_network_policy_v1').map(([, config]) => {
      const spec = only(config.spec, 'spec');
      known(spec, 'pod_selector', 'policy_types', 'ingress', 'egress');
      return {
        namespace: namespaceOf(config),
        selector: only(spec.pod_selector, 'pod_selector'),
        types: spec.policy_types as string[],
        rules: { ingress: list(spec.ingress), egress: list(spec.egress) },
      };
    });
    this.services = ofType('kubernetes_service_v1').map(([, config]) => {
      const namespace = namespaceOf(config);
      const { selector, type } = only(config.spec, 'spec');
      const pods = this.pods.filter((pod) => pod.namespace === namespace && selects({ match_labels: selector }, pod.labels));
      return { id: `${namespace}/${metadata(config).name}`, type: `${type}`, pods: pods.map(({ id }) => id) };
    });
  }

  /** `pod:port` of everything in the cluster that the pod gets to, over one protocol, on these ports. */
  from(id: string, ports: readonly number[], protocol: Protocol = 'TCP'): string[] {
    const pod = this.pod(id);
    return this.all
      .filter((other) => other !== pod)
      .flatMap((other) => ports.filter((port) => this.connects(pod, other, port, protocol)).map((port) => `${other.id}:${port}`))
      .sort();
  }

  /** Whether it gets to that address outside of the cluster. */
  reachesOut(id: string, address: string, port: number, protocol: Protocol = 'TCP'): boolean {
    return this.lets(this.pod(id), 'egress', { address }, port, protocol);
  }

  /** `pod:port` of what somebody outside gets to, if there is a service that leads there. */
  published(address: string, ports: readonly number[]): string[] {
    const led = new Set(this.services.filter(({ type }) => type !== 'ClusterIP').flatMap(({ pods }) => pods));
    return this.pods
      .filter(({ id }) => led.has(id))
      .flatMap((pod) => ports.filter((port) => this.lets(pod, 'ingress', { address }, port, 'TCP')).map((port) => `${pod.id}:${port}`))
      .sort();
  }

  /** What a name stands for that a pod asks for: of its own namespace, or with the namespace behind it. */
  resolve(id: string, name: string): readonly string[] {
    const [service, namespace = this.pod(id).namespace] = name.split('.');
    return this.services.find((each) => each.id === `${namespace}/${service}`)?.pods ?? [];
  }

  private pod(id: string): Pod {
    const pod = this.all.find((each) => each.id === id);
    if (!pod) throw new Error(`no pod ${id}; there is ${this.all.map((each) => each.id).join(', ')}`);
    return pod;
  }

  private connects(from: Pod, to: Pod, port: number, protocol: Protocol): boolean {
    return this.lets(from, 'egress', { pod: to }, port, protocol) && this.lets(to, 'ingress', { pod: from }, port, protocol);
  }

  private lets(pod: Pod, direction: 'ingress' | 'egress', other: Other, port: number, protocol: Protocol): boolean {
    const key = `${pod.id} ${direction} ${'pod' in other ? other.pod.id : other.address}`;
    const rules = this.rules.get(key) ?? this.rulesFor(pod, direction, other);
    this.rules.set(key, rules);
    return rules === 'no policy' || rules.some((ports) => onPort(ports, port, protocol));
  }

  /** Ports of the rules that are about the other end. */
  private rulesFor(pod: Pod, direction: 'ingress' | 'egress', other: Other): Ports[] | 'no policy' {
    const type = direction === 'ingress' ? 'Ingress' : 'Egress';
    const own = this.policies.filter(({ namespace, selector, types }) => namespace === pod.namespace && types.includes(type) && selects(selector, pod.labels));
    if (own.length === 0) return 'no policy';
    return own.flatMap(({ namespace, rules }) =>
      rules[direction].flatMap((rule) => {
        const peers = direction === 'ingress' ? 'from' : 'to';
        known(rule, peers, 'ports');
        const ends = list(rule[peers]);
        return ends.length === 0 || ends.some((end) => this.isOne(end, namespace, other)) ? [list(rule.ports)] : [];
      }),
    );
  }

  private isOne(end: Block, namespace: string, other: Other): boolean {
    known(end, 'ip_block', 'pod_selector', 'namespace_selector');
    if (end.ip_block !== undefined) {
      const block = only(end.ip_block, 'ip_block');
      known(block, 'cidr', 'except');
      const addresses = 'pod' in other ? other.pod.addresses : [other.address];
      return addresses.some((address) => inNetwork(address, [block.cidr as string]) && !inNetwork(address, (block.except as string[]) ?? []));
    }
    if ('address' in other) return false;
    const { pod } = other;
    const ofNamespace =
      end.namespace_selector === undefined
        ? pod.namespace === namespace
        : selects(only(end.namespace_selector, 'namespace_selector'), this.namespaces.get(pod.namespace) ?? {});
    return ofNamespace && (end.pod_selector === undefined || selects(only(end.pod_selector, 'pod_selector'), pod.labels));
  }
}

function onPort(ports: Ports, port: number, protocol: Protocol): boolean {
  if (ports.length === 0) return true;
  return ports.some((each) => {
    known(each, 'port', 'protocol', 'end_port');
    const end = each.end_port === undefined ? Number(each.port) : Number(each.end_port);
    return (each.protocol ?? 'TCP') === protocol && (each.port === undefined || (port >= Number(each.port) && port <= end));
  });
}
