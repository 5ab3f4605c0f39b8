/** Plain names that stacks agree on, so that none reads another's state for them. */
export const bucketNames = (suffix: string) =>
  ({ config: `egf2-${suffix}-config`, uploads: `egf2-${suffix}-uploads`, logs: `egf2-${suffix}-logs`, lake: `egf2-${suffix}-lake` }) as const;

/** By this tag the nodes of the Elasticsearch cluster find each other. */
export const CLUSTER_TAG = { key: 'egf2-cluster', value: 'egf2' } as const;

/** Keyspaces' keyspace and the tables that client-data's Cassandra storage makes and asks. */
export const KEYSPACE = 'eigengraph';

/** Where the launcher's bundle is: `make build` makes it. */
export const LAUNCHER = '.cache/launcher.js';
