import * as z from 'zod';
import { elasticsearchYml } from './elasticsearch';
import { checked, hostName, hostNames, region, tag, versions } from './fields';
import { firstSteps } from './services';
import { scriptFile, userData } from './steps';

/** Where the data volume is mounted. */
const DATA = '/data';

const options = z
  .strictObject({
    /** This machine's DNS name, one of `members`. */
    name: hostName,
    /** DNS names of all data nodes, this one among them. One: no cluster. */
    members: hostNames,
    /** The one that the rest join; it starts alone when nobody is there yet. @default the first */
    master: hostName.optional(),
    region,
    clusterTag: tag,
    /** The name that the data volume is attached by. */
    device: z.string().regex(/^\/dev\/sd[f-p]$/, 'must be a name for volumes, /dev/sdf to /dev/sdp'),
    versions,
  })
  .refine(({ name, members }) => members.includes(name), { path: ['name'], message: 'is not one of members' })
  .refine(({ master, members }) => master === undefined || members.includes(master), { path: ['master'], message: 'is not one of members' });

export type DataNodeOptions = z.input<typeof options>;

/**
 * A machine with RethinkDB and Elasticsearch, alone or in a cluster, and the data of both on a volume of its own. It stays
 * when something fails: nothing takes the place of a machine that holds data.
 */
export function dataNodeUserData(given: DataNodeOptions): string {
  const { name, members, master = members[0], region, clusterTag, device, versions } = checked(`data node ${given.name}`, options, given);
  const peers = members.filter((member) => member !== name);
  return userData({
    onFailure: 'stay',
    files: [
      scriptFile('start-rethinkdb.sh'),
      scriptFile('instance-metadata.py'),
      elasticsearchYml({ role: 'data', name, members, region, clusterTag, data: `${DATA}/elasticsearch` }),
    ],
    steps: [
      ...firstSteps(region, versions),
      { script: 'mount-data', environment: { DEVICE: device, FOLDER: DATA } },
      {
        script: 'install-rethinkdb',
        environment: {
          ...versions.rethinkdb.environment,
          ROLE: name === master ? 'master' : 'member',
          NAME: name,
          PEERS: peers.join(' '),
          DATA: `${DATA}/rethinkdb`,
          MEMORY_PERCENT: '30',
        },
      },
      {
        script: 'install-elasticsearch',
        environment: {
          ...versions.elasticsearch.environment,
          ...versions.java.environment,
          ROLE: 'data',
          NODES: `${Math.floor(members.length / 2) + 1}`,
          DATA: `${DATA}/elasticsearch`,
          MEMORY_PERCENT: '30',
          HEAP_MIN_MB: '256',
        },
      },
    ],
  });
}
