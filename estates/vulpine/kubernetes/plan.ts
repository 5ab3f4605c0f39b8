import { type ContainerName, HOST_MEMORY_MB, type VulpineInstance } from '../../../config/vulpine';
import { CLAIM_NAMES, type ClaimName, type VulpineCluster } from '../../../config/vulpine/cluster';
import type { Labels } from '../../../constructs/kubernetes/provider';
import { placedOn, tableProblems } from '../containers/plan';
import type { ContainerSpec, ContainerTable } from '../containers/spec';
import { namespaceOf } from './names';

/** The pods of one container of the table. */
export interface PlannedPods {
  readonly of: ContainerName;
  /** Whose they are. @default all instances' */
  readonly instance?: string;
  readonly namespace: string;
  /** By which they are found in their namespace. */
  readonly labels: Labels;
  readonly spec: ContainerSpec;
}

export const labelsOf = (of: ContainerName): Labels => ({ 'app.kubernetes.io/name': of });

/** All pods of a cluster with these instances, in the table's order. */
export function plannedPods(table: ContainerTable, instances: Readonly<Record<string, VulpineInstance>>): PlannedPods[] {
  const each = new Map(placedOn(table, instances).map((placed) => [`${placed.instance} ${placed.of}`, placed]));
  return [...each.values()].map(({ of, spec, instance }) => ({
    of,
    spec,
    namespace: namespaceOf(instance),
    labels: labelsOf(of),
    ...(instance !== undefined && { instance }),
  }));
}

export const isClaim = (volume: string): volume is ClaimName => (CLAIM_NAMES as readonly string[]).includes(volume);

/** Disks that they keep things on. */
export const claimsOf = ({ volumes = {} }: ContainerSpec): ClaimName[] =>
  Object.values(volumes).flatMap(({ from }) => ('volume' in from && isClaim(from.volume) ? [from.volume] : []));

/** What a kubelet evicts at, and what the cluster's own pods ask for (Calico, kube-proxy, DNS, disks). */
const NODE_PODS_MB = 100 + 256;
/** Of each further so many MB of a node, so much is kept for the system and the kubelet. */
const RESERVED: readonly (readonly [mb: number, share: number])[] = [
  [4096, 0.25],
  [4096, 0.2],
  [8192, 0.1],
  [Number.POSITIVE_INFINITY, 0.06],
];

/**
 * MB of a node that are not for these pods. Linode publishes no number: these are the shares that other clouds take, more rather than less.
 * https://www.tencentcloud.com/document/product/457/48777; `kubectl describe node` shows what a node has to give, under Allocatable.
 */
export function nodeReservedMb(memoryMb: number): number {
  let left = memoryMb;
  let reserved = NODE_PODS_MB;
  for (const [mb, share] of RESERVED) {
    reserved += Math.ceil(Math.min(left, mb) * share);
    left = Math.max(0, left - mb);
  }
  return reserved;
}

/** MB of a job's pod, by the container on whose node it must be. */
export type Beside = Readonly<Partial<Record<ContainerName, number>>>;

/** What is wrong with a table, or with so much of it in one cluster; nothing when it is right. */
export function clusterProblems(table: ContainerTable, pods: readonly PlannedPods[], nodes: VulpineCluster['nodes'], beside: Beside = {}): string[] {
  return [...tableProblems(table), ...pods.flatMap(diskProblems), ...memoryProblems(pods, nodes, beside)];
}

function diskProblems({ of, instance, spec }: PlannedPods): string[] {
  const claims = claimsOf(spec);
  return claims.length > 0 && spec.replicas > 1
    ? [`${of} of ${instance} keeps ${claims.join(' and ')} on a disk, and there are ${spec.replicas} of it: each would have one of its own; let there be one`]
    : [];
}

/** Whether each pod finds a place: the biggest first, wherever there is room. */
function memoryProblems(pods: readonly PlannedPods[], { type, count, max = count }: VulpineCluster['nodes'], beside: Beside): string[] {
  const memory = HOST_MEMORY_MB[type] ?? 0;
  const reserved = nodeReservedMb(memory);
  const each = memory - reserved;
  // the only one of a deployment has its follower beside it for a while
  const wanted = pods.flatMap(({ of, spec }) =>
    Array.from({ length: spec.replicas === 1 && claimsOf(spec).length === 0 ? 2 : spec.replicas }, () => ({ of, mb: spec.memoryMb + (beside[of] ?? 0) })),
  );
  const jobs = pods.filter(({ of }) => beside[of] !== undefined).length;
  const free = Array.from({ length: max }, () => each);
  const homeless = [...wanted]
    .sort((a, b) => b.mb - a.mb)
    .filter(({ mb }) => {
      const node = free.findIndex((left) => left >= mb);
      if (node >= 0) free[node] = (free[node] ?? 0) - mb;
      return node < 0;
    });
  if (homeless.length === 0) return [];
  const sum = wanted.reduce((total, { mb }) => total + mb, 0);
  return [
    `${wanted.length + jobs} pods may take ${sum} MB, and ${max} nodes ${type} have ${each} MB each for them (${reserved} MB are the system's): ` +
      `no place is left for ${[...new Set(homeless.map(({ of }) => of))].join(', ')}; choose more or bigger nodes, or less in containers.<name>.replicas or memoryMb`,
  ];
}
