import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../../services/contracts/egf2-services';
import { Reach } from '../../support/reach';
import { ROOT } from '../../support/repository';
import { synthEstate } from '../../support/synth';

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/egf2/variants/${name}.json`), 'utf8')).egf2 as object;
const reachOf = (override: object = {}) => new Reach(synthEstate('egf2', override).get('egf2-network-prod'));

const PORTS = { rethinkdb: 28_015, elasticsearch: 9200, kafka: 9094, cassandra: 9142 };

/** What a service must reach by the table, as `group:port`; written down here anew, not taken from the estate. */
function wanted(name: ServiceName, mode: 'scalable' | 'bigData'): string[] {
  const { talksTo } = SERVICES[name];
  const found = Object.keys(talksTo).flatMap((other) => {
    if (other === 'uploads') return [];
    if (other === 'storage') return [mode === 'bigData' ? `keyspaces:${PORTS.cassandra}` : `data:${PORTS.rethinkdb}`];
    if (other === 'queue') return [`queue:${PORTS.kafka}`];
    if (other === 'search') return [`data:${PORTS.elasticsearch}`];
    return [`${other}-lb:${SERVICES[other as ServiceName].port}`];
  });
  return [...new Set(found)].sort();
}

describe.each(['scalable', 'bigData'] as const)('%s', (mode) => {
  const reach = reachOf(variant(mode));

  test.each(SERVICE_NAMES)('%s reaches what the table says, and nothing else', (name) => {
    expect(reach.from(name)).toEqual(wanted(name, mode));
  });

  test.each(SERVICE_NAMES)('%s is reached by its load balancer, by the entry where it is public, and by nobody else', (name) => {
    const { port, webSocketPort, publicPaths, publicWebSocketPaths } = SERVICES[name];
    const expected = [
      ...(port ? [`${name}-lb:${port}`] : []),
      ...(port && publicPaths ? [`entry:${port}`] : []),
      ...(webSocketPort && publicWebSocketPaths ? [`entry:${webSocketPort}`] : []),
    ];
    expect(reach.to(name)).toEqual(expected.sort());
  });

  test('the Internet reaches the entry, and nothing else', () => {
    expect(reach.from('internet')).toEqual(['entry:443', 'entry:80']);
  });

  test('what goes out to the Internet is HTTPS', () => {
    expect([...new Set(reach.to('internet').map((way) => way.replace(/^.*:/, '')))]).toEqual(['443']);
  });
});

test("big data: Spark's machines reach the queue and each other, and EMR steers them", () => {
  const reach = reachOf(variant('bigData'));
  expect(reach.from('spark')).toEqual(['queue:9094', 'spark-service:9443', 'spark:all']);
  expect(reach.to('spark')).toEqual(['spark-service:8443', 'spark:all']);
});

test('small: clients reach nginx by the entry, the services reach the data nodes as members of their clusters, and nothing else is open', () => {
  const reach = reachOf();
  expect(reach.from('internet')).toEqual(['entry:443', 'entry:80']);
  expect(reach.from('entry')).toEqual(['subsystems:80']);
  expect(reach.from('subsystems')).toEqual(['data:29015', 'data:9300']);
  expect(reach.from('data')).toEqual(['data:29015', 'data:9300', 'subsystems:29015', 'subsystems:9300']);
});

test('the groups follow the table', () => {
  const talksTo = SERVICES.logic.talksTo as Record<string, string>;
  const before = reachOf(variant('scalable'));
  talksTo.auth = 'config';
  delete talksTo.queue;
  try {
    const after = reachOf(variant('scalable'));
    expect(before.from('logic')).toEqual(['client-data-lb:8000', 'queue:9094']);
    expect(after.from('logic')).toEqual(['auth-lb:2016', 'client-data-lb:8000']);
    for (const other of SERVICE_NAMES.filter((name) => name !== 'logic')) expect(after.from(other)).toEqual(before.from(other));
  } finally {
    delete talksTo.auth;
    talksTo.queue = 'deployment';
  }
});
