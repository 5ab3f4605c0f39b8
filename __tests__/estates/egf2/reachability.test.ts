import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../../services/contracts/egf2-services';
import { Reach, refuseHiddenWays } from '../../support/reach';
import { ROOT } from '../../support/repository';
import { synthEstate } from '../../support/synth';

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/egf2/variants/${name}.json`), 'utf8')).egf2 as object;
const NETWORK = 'egf2-network-prod';

function reachOf(override: object = {}): Reach {
  const stacks = synthEstate('egf2', override);
  for (const [name, json] of stacks) if (name !== NETWORK) refuseHiddenWays(json, false);
  return new Reach(stacks.get(NETWORK));
}

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

describe('an open way is seen, whatever opens it', () => {
  const network = synthEstate('egf2', variant('scalable')).get(NETWORK) as string;
  type Mutable = Record<string, Record<string, Record<string, unknown>>>;
  const opened = (change: (resource: Mutable, group: string) => void) => {
    const json = JSON.parse(network);
    const [key] = Object.entries(json.resource.aws_security_group as Record<string, { name: string }>).find(([, { name }]) => name === 'egf2-data') ?? [];
    change(json.resource, `\${aws_security_group.${key}.id}`);
    return () => new Reach(JSON.stringify(json));
  };
  const rule = (more: object) => (resource: Mutable, group: string) => {
    const all = resource.aws_vpc_security_group_ingress_rule as Record<string, unknown>;
    all.planted = { security_group_id: group, ip_protocol: 'tcp', from_port: 28_015, to_port: 28_015, ...more };
  };

  test('everybody', () => {
    expect(opened(rule({ cidr_ipv4: '0.0.0.0/0' }))().from('internet')).toContain('data:28015');
  });

  test.each<[string, (resource: Mutable, group: string) => void]>([
    ['a range', rule({ cidr_ipv4: '10.0.0.0/8' })],
    ['everybody over IPv6', rule({ cidr_ipv6: '::/0' })],
    ['everybody over IPv6, beside a group', (all, group) => rule({ cidr_ipv6: '::/0', referenced_security_group_id: group })(all, group)],
    ['a prefix list', rule({ prefix_list_id: 'pl-1' })],
    ['a group of somebody else', rule({ referenced_security_group_id: 'sg-1' })],
    ['every protocol', (all, group) => rule({ ip_protocol: '-1', referenced_security_group_id: group })(all, group)],
    ['many ports', (all, group) => rule({ to_port: 65_535, referenced_security_group_id: group })(all, group)],
    ['one end only', (all, group) => rule({ referenced_security_group_id: group })(all, group)],
    ['a rule of the older kind', (all, group) => Object.assign(all, { aws_security_group_rule: { x: { type: 'ingress', security_group_id: group } } })],
    ['a group on a machine that has others', (all, group) => Object.assign(all, { aws_network_interface_sg_attachment: { x: { security_group_id: group } } })],
    ['a rule inside a group', (all) => Object.assign(Object.values(all.aws_security_group ?? {})[0] ?? {}, { ingress: [{ self: true, protocol: '-1' }] })],
    ['the default group', (all) => Object.assign(Object.values(all.aws_default_security_group ?? {})[0] ?? {}, { ingress: [{ self: true }] })],
  ])('%s', (_, change) => {
    expect(opened(change)).toThrow(/cannot read|not in the stack|one end only/);
  });

  test('another stack', () => {
    const elsewhere = (resource: object) => () => refuseHiddenWays(JSON.stringify({ resource }), false);
    expect(elsewhere({ aws_vpc_security_group_ingress_rule: { x: {} } })).toThrow('cannot read');
    expect(elsewhere({ aws_security_group_rule: { x: {} } })).toThrow('cannot read');
    expect(elsewhere({ aws_security_group: { x: {} } })).toThrow('not in the stack');
    expect(elsewhere({ aws_lb: { x: {} } })).not.toThrow();
  });
});
