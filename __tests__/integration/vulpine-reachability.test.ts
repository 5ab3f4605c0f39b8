import { CONTAINERS } from '../../estates/vulpine/containers/table';
import { DockerReach } from '../support/docker-reach';
import { describeReal } from '../support/real';
import { synthEstate } from '../support/synth';
import { documented, variant } from '../support/vulpine/documents';
import { ENGINE, HOST, HostEngine, OUTSIDE, PREFIX } from '../support/vulpine/host-engine';
import { Matrix } from '../support/vulpine/matrix';
import { type Address, type Answer, familyOf, OUTSIDE_NAME, Prober } from '../support/vulpine/prober';
import { deploy, undeploy } from '../support/vulpine/stand-ins';

const NGINX = '2001:db8:0:27b::e621:10';

describeReal([ENGINE, 'busybox'], "vulpine's containers on the engine of its hosts, with a host and an outside of their own", () => {
  const engine = new HostEngine();
  const prober = new Prober(engine);

  beforeAll(async () => {
    await engine.start();
    engine.importBusybox('stand-in');
    await prober.listen();
  });

  afterAll(() => engine.stop());

  test('the engine is the one that hosts install, with their settings', async () => {
    const { Version } = (await engine.ask('GET', '/version')) as { Version: string };
    expect(`dockerd-${Version.split('.')[0]}`).toBe(ENGINE);
    expect(await engine.ask('GET', '/info')).toMatchObject({ LiveRestoreEnabled: true, LoggingDriver: 'json-file' });
  });

  describe.each([
    ['one instance', {}, ['vulpine']],
    ['two instances on one host', variant('two-instances'), ['vulpine', 'corsac']],
  ] as const)('%s', (title, override, instances) => {
    const json = synthEstate('vulpine', override).get('vulpine-containers-prod');
    const model = new DockerReach(json);
    const all = documented(instances);
    const names = all.map(({ name }) => name);
    const portsOf = (name: string) => CONTAINERS[all.find((one) => one.name === name)?.of ?? 'nginx'].listensOn ?? [];
    let addresses: Address[];
    let matrix: Matrix;
    let fromOutside: Answer[];

    beforeAll(async () => {
      await deploy(engine, json, PREFIX, 'stand-in', portsOf);
      addresses = await prober.addresses(portsOf);
      // one port of each is enough between containers: docker's rules inside of a host name none
      const answers = await prober.askAll(
        names,
        addresses.map((address) => ({ ...address, ports: address.ports.slice(0, 1) })),
      );
      matrix = new Matrix(all, addresses, answers);
      fromOutside = await prober.ask(
        'outside',
        addresses.filter(({ of }) => of !== 'outside').map((one) => (one.of === 'host' ? { ...one, ports: [80, 443] } : one)),
      );
      console.log(`${title}: who reaches whom, over IPv4 and IPv6\n${matrix.table()}`);
    });

    afterAll(() => undeploy(engine));

    test('every container is in the networks of the JSON, and in no other', () => {
      const networks = (name: string) => [...new Set(addresses.filter(({ of }) => of === name).map(({ network }) => network))].sort();
      expect(names.map((name) => [name, networks(name)])).toEqual(names.map((name) => [name, model.namesOfNetworks(name)]));
    });

    test.each(all)('$name reaches what the documents say, over IPv4, and nobody over IPv6; so does the JSON', ({ name, reaches }) => {
      expect(matrix.from(name, 'ipv4')).toEqual(reaches);
      expect(matrix.from(name, 'ipv4')).toEqual(model.from(name, 'ipv4'));
      expect(matrix.from(name, 'ipv6')).toEqual(model.from(name, 'ipv6'));
      expect(matrix.from(name, 'ipv6')).toEqual([]);
    });

    test('address by address: by a common network, and by no other way', () => {
      const { answered, wanted } = matrix.byAddress(model);
      expect(answered).toEqual(wanted);
    });

    test('only external_network reaches out: behind the host by IPv4, as itself by IPv6', () => {
      const out = all.filter(({ isOutward }) => isOutward).map(({ name }) => name);
      expect(matrix.reaching('outside', 'ipv4')).toEqual([...out].sort());
      expect(matrix.reaching('outside', 'ipv6')).toEqual([...out].sort());
      expect(model.outward('ipv4')).toEqual([...out].sort());
      expect(new Set(matrix.seenOutside('ipv4').values())).toEqual(new Set([HOST.ipv4]));
      for (const [name, seenAs] of matrix.seenOutside('ipv6'))
        expect([name, matrix.addressesOf(name, 'external_network')]).toEqual([name, expect.arrayContaining([seenAs])]);
      expect(matrix.seenOutside('ipv6').get('nginx')).toBe(NGINX);
    });

    test('what has no way out does not reach the host either, at any of its addresses', () => {
      expect(matrix.reaching('host', 'ipv4')).toEqual(model.toHost().sort());
      expect(matrix.reaching('host', 'ipv6')).toEqual(model.toHost().sort());
    });

    test('in networks without IPv6 there is none, not even an address of the link', async () => {
      const inside = all.filter(({ isOutward }) => !isOutward);
      for (const { name } of inside) expect([name, await prober.ipv6Of(name)]).toEqual([name, []]);
      expect(await prober.ipv6Of('nginx')).toHaveLength(2); // its own, and the link's
    });

    test('outside reaches nginx by its two ports, at the host and at its own address, and nothing else', () => {
      const atHost = fromOutside.filter(({ to }) => to.of === 'host');
      expect(
        atHost
          .filter(({ to }) => to.address === HOST.ipv4)
          .map(({ by, port }) => `${by} ${port}`)
          .sort(),
      ).toEqual(['nginx 443', 'nginx 80']);
      expect(new Set(atHost.map(({ by, to, port }) => `${by} ${familyOf(to)} ${port}`))).toEqual(new Set(['nginx ipv4 443', 'nginx ipv4 80']));
      const atContainers = fromOutside.filter(({ to }) => to.of !== 'host').map(({ to, port }) => `${to.of} ${to.address} ${port}`);
      expect(atContainers.sort()).toEqual([`nginx ${NGINX} 443`, `nginx ${NGINX} 80`]);
    });

    test('nginx sees clients outside as who they are: its log and limits are about them', () => {
      const seen = fromOutside.map(({ to, by, seenAs }) => `${by} ${familyOf(to)} ${seenAs}`);
      expect([...new Set(seen)].sort()).toEqual([`nginx ipv4 ${OUTSIDE.ipv4}`, `nginx ipv6 ${OUTSIDE.ipv6}`]);
    });

    test('names stand for the containers that the JSON gives them to, and those of others are for who reaches out', async () => {
      const asked = [...new Set([...names, ...model.aliases()])];
      const owner = new Map(addresses.filter(({ of }) => of !== 'host').map(({ of, address }) => [address, of]));
      const resolved = await prober.resolveAll(names, [...asked, OUTSIDE_NAME]);
      for (const name of names) {
        const stands = (alias: string) => [...new Set((resolved.get(name)?.get(alias) ?? []).map((address) => owner.get(address) ?? address))].sort();
        for (const alias of asked) {
          const ways = model.ways(name, alias);
          expect([name, alias, ways.length > 0 ? ways : [[]]]).toEqual([name, alias, expect.arrayContaining([stands(alias)])]);
        }
      }
      // a question that the engine hands on is a way out too
      const told = names.filter((name) => resolved.get(name)?.get(OUTSIDE_NAME)?.length);
      expect(told.sort()).toEqual(model.outward('ipv4'));
    });
  });

  describe('what a mistake opens', () => {
    const kept = ['nginx', 'vulpine-streaming-1', 'vulpine-es-1', 'vulpine-redis-1', 'vulpine-db-1', 'vulpine-ambassador-1'];
    const all = documented(['vulpine']).filter(({ name }) => kept.includes(name));
    let matrix: Matrix;

    beforeAll(async () => {
      await deploy(engine, mistaken(kept), PREFIX, 'stand-in', () => []);
      const addresses = await prober.addresses(() => []);
      matrix = new Matrix(all, addresses, await prober.askAll(kept, addresses));
    });

    afterAll(() => undeploy(engine));

    test('is seen: a container in one more network, a network that is not internal, and one in which containers see each other', () => {
      const opened = all.map(({ name, reaches }) => [name, matrix.from(name, 'ipv4').filter((other) => !reaches.includes(other))]);
      expect(Object.fromEntries(opened)).toEqual({
        nginx: ['vulpine-ambassador-1'],
        'vulpine-streaming-1': ['vulpine-es-1'],
        'vulpine-es-1': ['vulpine-redis-1', 'vulpine-streaming-1'],
        'vulpine-redis-1': ['vulpine-es-1'],
        'vulpine-db-1': [],
        'vulpine-ambassador-1': ['nginx'],
      });
      const outward = ['nginx', 'vulpine-ambassador-1', 'vulpine-streaming-1'];
      for (const name of kept)
        expect([name, matrix.from(name, 'ipv6')]).toEqual([name, outward.includes(name) ? outward.filter((other) => other !== name) : []]);
      expect(matrix.reaching('outside', 'ipv4')).toEqual(['nginx', 'vulpine-ambassador-1', 'vulpine-db-1', 'vulpine-streaming-1']);
      expect(matrix.reaching('host', 'ipv4')).toEqual(['nginx', 'vulpine-ambassador-1', 'vulpine-db-1', 'vulpine-streaming-1']);
    });
  });
});

/** The JSON of a stack with some of its containers, and three mistakes. */
function mistaken(kept: readonly string[]): string {
  const json = JSON.parse(synthEstate('vulpine').get('vulpine-containers-prod') ?? '');
  const { docker_network, docker_container } = json.resource as {
    docker_network: Record<string, { name: string; internal: boolean; options?: Record<string, string> }>;
    docker_container: Record<string, { name: string; networks_advanced: { name: string }[] }>;
  };
  const network = (name: string) => Object.entries(docker_network).find(([, one]) => one.name === name) as [string, (typeof docker_network)[string]];
  for (const [id, { name }] of Object.entries(docker_container)) if (!kept.includes(name)) delete docker_container[id];
  const es = Object.values(docker_container).find(({ name }) => name === 'vulpine-es-1');
  es?.networks_advanced.push({ name: `\${docker_network.${network('vulpine_redis_network')[0]}.name}` });
  const [, database] = network('vulpine_db_network');
  database.internal = false;
  delete database.options;
  const [, external] = network('external_network');
  external.options = { ...external.options, 'com.docker.network.bridge.enable_icc': 'true' };
  return JSON.stringify(json);
}
