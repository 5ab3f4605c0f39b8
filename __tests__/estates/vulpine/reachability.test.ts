import type { ContainerName } from '../../../config/vulpine';
import { CONTAINERS } from '../../../estates/vulpine/containers/table';
import { DockerReach } from '../../support/docker-reach';
import { synthEstate } from '../../support/synth';
import { documented, named, variant } from '../../support/vulpine/documents';

const reachOf = (override: object = {}) => new DockerReach(synthEstate('vulpine', override).get('vulpine-containers-prod'));

describe.each([
  ['one instance', {}, ['vulpine']],
  ['two instances on one host', variant('two-instances'), ['vulpine', 'corsac']],
] as const)('%s', (_title, override, instances) => {
  const reach = reachOf(override);
  const all = documented(instances);

  test('there is what the documents list, and nothing else', () => {
    expect(reach.containers.map(({ name }) => name).sort()).toEqual(all.map(({ name }) => name).sort());
  });

  test.each(all)('$name reaches what it should, over IPv4, and nobody over IPv6', ({ name, reaches }) => {
    expect(reach.from(name, 'ipv4')).toEqual(reaches);
    expect(reach.from(name, 'ipv6')).toEqual([]);
  });

  test('only external_network reaches out, over both', () => {
    const out = all.filter(({ isOutward }) => isOutward).map(({ name }) => name);
    expect(reach.outward('ipv4')).toEqual([...out].sort());
    expect(reach.outward('ipv6')).toEqual([...out].sort());
  });

  test('by IPv6 it goes in and out as who it is', () => {
    const out = all.filter(({ isOutward }) => isOutward).map(({ name }) => name);
    expect(reach.asItself()).toEqual([...out].sort());
  });

  test('what has no way out has none to the host either', () => {
    expect(reach.toHost().sort()).toEqual(reach.outward('ipv4'));
  });

  test('the Internet reaches nginx on two ports', () => {
    expect(reach.published()).toEqual(['nginx:443', 'nginx:80']);
  });

  test('what the table needs, it has', () => {
    for (const { of, name, instances: own } of all) {
      for (const peer of Object.keys(CONTAINERS[of].talksTo)) {
        const peers = peer === 'internet' ? [] : own.flatMap((instance) => named(peer as ContainerName, instance));
        expect([name, reach.from(name, 'ipv4')]).toEqual([name, expect.arrayContaining(peers)]);
        if (peer === 'internet') expect(reach.outward('ipv6')).toContain(name);
      }
    }
  });

  test.each(instances)('a name of %s stands for its own containers only', (instance) => {
    for (const kind of ['db', 'es', 'redis'] as const) expect(reach.resolve(`${instance}-web-1`, kind)).toEqual(named(kind, instance));
    for (const kind of ['web', 'streaming'] as const) expect(reach.resolve('nginx', `${instance}_fe_${kind}`)).toEqual(named(kind, instance));
  });
});

test('streaming can do without the Internet, and then nothing else changes', () => {
  const [before, after] = [reachOf(), reachOf({ prod: { streamingNeedsExternal: false } })];
  expect(before.outward('ipv4').filter((name) => !after.outward('ipv4').includes(name))).toEqual(named('streaming', 'vulpine'));
  for (const { name } of before.containers) expect(after.from(name, 'ipv4')).toEqual(before.from(name, 'ipv4'));
});

describe('what the model does not read it refuses', () => {
  type Blocks = Record<string, Record<string, Record<string, unknown>>>;
  const first = (blocks: Blocks, type: string) => Object.values(blocks[type] ?? {})[0] as Record<string, unknown>;
  const use = (blocks: Blocks) => (first(blocks, 'docker_container').networks_advanced as [object])[0];

  test.each<[string, string, (blocks: Blocks) => unknown]>([
    ['the network of the host', 'network_mode', (all) => Object.assign(first(all, 'docker_container'), { network_mode: 'host' })],
    ['a name by hand', 'host', (all) => Object.assign(first(all, 'docker_container'), { host: [{ host: 'db', ip: '10.0.0.1' }] })],
    ['all its ports', 'publish_all_ports', (all) => Object.assign(first(all, 'docker_container'), { publish_all_ports: true })],
    ['an address by hand', 'ipv4_address', (all) => Object.assign(use(all), { ipv4_address: '172.31.0.9' })],
    ['another kind of network', 'driver macvlan', (all) => Object.assign(first(all, 'docker_network'), { driver: 'macvlan' })],
    ['a network of several hosts', 'attachable', (all) => Object.assign(first(all, 'docker_network'), { attachable: true })],
    ['an option', 'parent=eth0', (all) => Object.assign(first(all, 'docker_network'), { options: { parent: 'eth0' } })],
    [
      'a way in past what is published',
      'com.docker.network.bridge.gateway_mode_ipv4=nat-unprotected',
      (all) => Object.assign(first(all, 'docker_network'), { options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' } }),
    ],
    ['another kind of resource', 'docker_service', (all) => Object.assign(all, { docker_service: { one: {} } })],
  ])('%s', (_title, says, mistake) => {
    const json = JSON.parse(synthEstate('vulpine').get('vulpine-containers-prod') ?? '') as { resource: Blocks };
    expect(() => new DockerReach(JSON.stringify(json))).not.toThrow();
    mistake(json.resource);
    expect(() => new DockerReach(JSON.stringify(json))).toThrow(`a way that this cannot read: ${says}`);
  });
});

test('the networks follow the table', () => {
  const table = CONTAINERS as { -readonly [K in keyof typeof CONTAINERS]: (typeof CONTAINERS)[K] };
  const { ambassador, es } = table;
  const before = reachOf();
  table.ambassador = {
    ...ambassador,
    networks: { external_network: {}, redis_network: {} },
    talksTo: { internet: { source: 'documents', reason: 'r' }, redis: { source: 'documents', reason: 'r' } },
  };
  try {
    const after = reachOf();
    expect(after.from('vulpine-ambassador-1', 'ipv4')).toEqual(
      ['redis', 'sidekiq', 'streaming', 'web'].flatMap((of) => named(of as ContainerName, 'vulpine')).sort(),
    );
    expect(after.from('vulpine-db-1', 'ipv4')).toEqual(before.from('vulpine-db-1', 'ipv4').filter((name) => name !== 'vulpine-ambassador-1'));
    table.ambassador = { ...ambassador, networks: { ...ambassador.networks, es_network: {} } };
    expect(() => reachOf()).toThrow('vulpine-containers-prod: ambassador is in es_network for nothing');
    table.ambassador = { ...ambassador, networks: { external_network: {} } };
    expect(() => reachOf()).toThrow('ambassador talks to db and shares no network with it');
    table.ambassador = { ...ambassador, talksTo: { ...ambassador.talksTo, dbbackup: { source: 'documents', reason: 'r' } } };
    expect(() => reachOf()).toThrow('ambassador talks to dbbackup, which listens nowhere');
    table.ambassador = ambassador;
    table.es = { ...es, published: 'by mistake' };
    expect(() => reachOf()).toThrow('es is published and not in external_network');
    table.es = { ...es, networks: { es_network: { aliases: ['es'], ipv6Number: 7 } } };
    expect(() => reachOf()).toThrow('has no IPv6 addresses');
    // where containers do not see each other, to be in one network is to share none
    table.es = { ...es, networks: { external_network: {} } };
    expect(() => reachOf()).toThrow('web talks to es and shares no network with it');
  } finally {
    Object.assign(table, { ambassador, es });
  }
});
