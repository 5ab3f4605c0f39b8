import type { bucketNames } from './names';

/** What a bucket holds, and how often it is asked in a month. */
interface BucketUsage {
  readonly gb: number;
  readonly writesThousand: number;
  readonly readsThousand: number;
}

/** What `make cost` assumes of a small graph's month, where AWS counts use: nobody has measured it. Change it to what you expect. */
export const USAGE = {
  /** Capacity units of the load balancer that clients call, and of those inside together: 25 new connections a second are one. */
  entryLcu: 0.2,
  insideLcu: 0.5,
  /** GB in the snapshots of a data node, of all days together: only what has changed is held again. */
  snapshotGbPerNode: 30,
  /** GB to clients. */
  outGb: 100,
  /** GB through the NAT gateway for each machine: packages, sources, CloudWatch. */
  natGbPerMachine: 5,
  /** GB of the brokers' logs. */
  logGb: 2,
  /** Units of Keyspaces in millions, GB in its tables, GB through the way to it. */
  keyspaces: { readMillions: 50, writeMillions: 10, gb: 10, endpointGb: 50 },
  buckets: {
    config: { gb: 0.1, writesThousand: 0.1, readsThousand: 1 },
    uploads: { gb: 50, writesThousand: 100, readsThousand: 1000 },
    logs: { gb: 5, writesThousand: 150, readsThousand: 0 },
    lake: { gb: 200, writesThousand: 1000, readsThousand: 2000 },
  } satisfies Record<keyof ReturnType<typeof bucketNames>, BucketUsage>,
} as const;
