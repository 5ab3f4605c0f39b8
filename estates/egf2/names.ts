import type { KeyspaceTable } from '../../constructs/aws/keyspace';

/** Plain names that stacks agree on, so that none reads another's state for them. */
export const bucketNames = (suffix: string) =>
  ({ config: `egf2-${suffix}-config`, uploads: `egf2-${suffix}-uploads`, logs: `egf2-${suffix}-logs`, lake: `egf2-${suffix}-lake` }) as const;

/** By this tag the nodes of the Elasticsearch cluster find each other. */
export const CLUSTER_TAG = { key: 'egf2-cluster', value: 'egf2' } as const;

/** Volumes that have it are copied every night. */
export const SNAPSHOT_TAG = { key: 'egf2-snapshots', value: 'daily' } as const;
export const SNAPSHOT_DAYS = 7;

/** Keyspaces' keyspace. */
export const KEYSPACE = 'eigengraph';

/** The tables that client-data's Cassandra storage asks. An event's edge is a type of its own there, which Keyspaces stores as the map that it is. */
export const TABLES: Readonly<Record<string, KeyspaceTable>> = {
  objects: { columns: { id: 'text', type: 'text', fields: 'map<text, text>' }, partitionKey: ['type'], clusteringKey: { id: 'ASC' } },
  edges: {
    columns: { src: 'text', name: 'text', dst: 'text', sort_value: 'text' },
    partitionKey: ['name', 'src'],
    clusteringKey: { sort_value: 'DESC', dst: 'ASC' },
  },
  events: {
    columns: {
      id: 'text',
      object_type: 'text',
      method: 'text',
      object: 'text',
      edge: 'map<text, text>',
      current: 'map<text, text>',
      previous: 'map<text, text>',
      created_at: 'bigint',
    },
    partitionKey: ['id'],
  },
  unique: { columns: { id: 'text' }, partitionKey: ['id'] },
};

/** Where the launcher's bundle is: `make build` makes it. */
export const LAUNCHER = '.cache/launcher.js';
