import * as z from 'zod';
import { SERVICE_NAMES, type ServiceName } from '../../../services/contracts/egf2-services';
import { elasticsearchYml } from './elasticsearch';
import { checked, hostNames, launcherOptions, serviceOptions, tag, versions } from './fields';
import { nginxConfig, nginxOptions } from './nginx';
import { checkStep, firstSteps, installStep, launcherSteps, unit } from './services';
import { scriptFile, userData } from './steps';

const options = launcherOptions.extend({
  services: z.strictObject(Object.fromEntries(SERVICE_NAMES.map((name) => [name, serviceOptions])) as Record<ServiceName, typeof serviceOptions>),
  /** DNS names of the data nodes. */
  members: hostNames,
  clusterTag: tag,
  swapMb: z.int('must be whole megabytes').min(64, 'must be 64 or more').max(65_536, 'must be 65536 or less'),
  /** The single entry point. @default plain HTTP on port 80 */
  nginx: nginxOptions.prefault({}),
  versions,
});

export type SubsystemsOptions = z.input<typeof options>;

/** What the services of one machine ask, where they ask it. */
export const LOCAL = { rethinkdb: 'localhost:28015', elasticsearch: 'localhost:9200' } as const;

/**
 * The machine of small mode that all services share: behind nginx, with a RethinkDB proxy and an Elasticsearch client node, so
 * that everything they talk to is on localhost. It stays when something fails: nothing else would take its place.
 */
export function subsystemsUserData(given: SubsystemsOptions): string {
  const { services, members, clusterTag, swapMb, nginx, versions, ...launcher } = checked('subsystems', options, given);
  const [certificate, key] = nginx.tls ? [nginx.tls.certificate, nginx.tls.key] : [];
  // client-data first: all the others ask it
  const names = [...SERVICE_NAMES].sort((a, b) => Number(b === 'client-data') - Number(a === 'client-data'));
  return userData({
    onFailure: 'stay',
    files: [
      scriptFile('start-rethinkdb.sh'),
      scriptFile('instance-metadata.py'),
      elasticsearchYml({ role: 'client', name: 'subsystems', members, region: launcher.region, clusterTag }),
      ...names.map((name) => unit(name, launcher, services[name])),
      { path: '/etc/egf2/nginx.conf', content: nginxConfig(nginx) },
    ],
    steps: [
      ...firstSteps(launcher.region, versions),
      { script: 'make-swap', environment: { SWAP_MB: `${swapMb}` } },
      { script: 'install-rethinkdb', environment: { ...versions.rethinkdb.environment, ROLE: 'proxy', NAME: 'subsystems', PEERS: members.join(' ') } },
      {
        script: 'install-elasticsearch',
        environment: {
          ...versions.elasticsearch.environment,
          ...versions.java.environment,
          ROLE: 'client',
          NODES: `${Math.floor(members.length / 2) + 2}`,
          MEMORY_PERCENT: '10',
          HEAP_MIN_MB: '96',
        },
      },
      ...launcherSteps(launcher, versions),
      ...names.map((name) => installStep(name, services[name])),
      {
        script: 'install-nginx',
        environment: {
          CHECK_URL: nginx.tls ? `https://127.0.0.1:${nginx.tls.port}` : `http://127.0.0.1:${nginx.port}`,
          CERTIFICATES: [certificate, key].filter((file) => file !== undefined).join(' '),
        },
      },
      ...names.map(checkStep),
    ],
  });
}
