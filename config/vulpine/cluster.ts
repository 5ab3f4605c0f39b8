import * as z from 'zod';
import { acrossFields } from '../fields';

/** What pods keep, each on a disk of its own. Media are none of it: several pods share them, and such a disk is one pod's. */
export const CLAIM_NAMES = ['db', 'es', 'redis', 'dumps'] as const;
export type ClaimName = (typeof CLAIM_NAMES)[number];

/** Linode's disks have 10 GB or more. https://techdocs.akamai.com/cloud-computing/docs/block-storage */
const gb = z.int('must be whole GB').min(10, 'must be 10 GB or more: Linode has no smaller disks').max(16_384, 'must be 16384 GB or less');
const nodeCount = z.int('must be a whole number').min(1, 'must be 1 or more').max(100, 'must be 100 or less');

type Nodes = { readonly count: number; readonly max?: number };

/** A cluster of Linode's. @param types Machines that there are. */
export const clusterOf = (types: readonly string[]) =>
  z.strictObject({
    region: z.string().regex(/^[a-z]{2}-[a-z]+(-\d+)?$/, 'not a region of Linode, such as us-east'),
    /** Of Kubernetes; newer ones come one by one. https://techdocs.akamai.com/cloud-computing/docs/lke-versioning-and-life-cycle-policy */
    version: z.string().regex(/^1\.\d{2}$/, 'not a version by major and minor, such as 1.33'),
    nodes: z
      .strictObject({
        type: z.enum(types as [string, ...string[]], `must be one of ${types.join(', ')}`),
        /** At least. */
        count: nodeCount,
        /** Up to, when pods find no place. @default as many as there are at least */
        max: nodeCount.optional(),
      })
      .refine(...acrossFields(['max'], 'must be more than count, or left out', ({ count, max }: Nodes) => max === undefined || max > count)),
    /** Several control planes instead of one. Once on, it stays. */
    highAvailability: z.boolean('must be true or false'),
    /** Of an instance's disks, when they are made. */
    volumesGb: z
      .strictObject({ db: gb.default(20), es: gb.default(10), redis: gb.default(10), dumps: gb.default(20) } satisfies Record<ClaimName, unknown>)
      .prefault({}),
  });

export type VulpineCluster = z.output<ReturnType<typeof clusterOf>>;

interface Environment {
  readonly topology: string;
  readonly hosts: object;
  readonly cluster?: unknown;
  readonly certificates: { readonly challenge: string };
}

/** What holds between the cluster and the rest of an environment. */
export const clusterRules: readonly { readonly path: string[]; readonly message: string; readonly holds: (environment: Environment) => boolean }[] = [
  {
    path: ['hosts'],
    message: 'must be empty in topology "kubernetes": its nodes are in prod.cluster',
    holds: ({ topology, hosts }) => topology !== 'kubernetes' || Object.keys(hosts).length === 0,
  },
  {
    path: ['cluster'],
    message: 'must say what the cluster of topology "kubernetes" is',
    holds: ({ topology, cluster }) => topology !== 'kubernetes' || cluster !== undefined,
  },
  {
    path: ['cluster'],
    message: 'must not be there: only topology "kubernetes" has a cluster',
    holds: ({ topology, cluster }) => topology === 'kubernetes' || cluster === undefined,
  },
  {
    path: ['certificates', 'challenge'],
    message: 'must be "dns" in topology "kubernetes": nobody there shows files for certificates',
    holds: ({ topology, certificates }) => topology !== 'kubernetes' || certificates.challenge === 'dns',
  },
];
