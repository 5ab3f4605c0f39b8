import { mergePatch } from '../../../config/merge';
import type { ContainerName } from '../../../config/vulpine';
import { HostsReach } from '../../support/hosts-reach';
import { synthEstate } from '../../support/synth';
import { type Documented, documented, variant } from '../../support/vulpine/documents';

/** And who needs whom on another one: nothing else goes from host to host. */
const ACROSS: Readonly<Partial<Record<ContainerName, readonly ContainerName[]>>> = {
  web: ['db', 'es', 'redis'],
  streaming: ['db', 'redis'],
  sidekiq: ['db', 'es', 'redis'],
  ambassador: ['db'],
};
const WEB = ['murphys', 'kilkenny'];

/** Where everything of an instance is. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  murphys: ['web-1', 'streaming-1', 'sidekiq-1', 'sidekiq-3', 'ambassador-1'],
  kilkenny: ['web-2', 'streaming-2', 'sidekiq-2', 'sidekiq-4'],
  smithwicks: ['db-1', 'redis-1', 'dbbackup-1'],
};
const labelsOf = ({ of, name }: Documented, search: string) => {
  const [found] = Object.entries(PLACES).find(([, names]) => names.some((own) => name.endsWith(`-${own}`))) ?? [search];
  return of === 'nginx' ? WEB : [found];
};

/** What each container reaches, as the documents have it: all of that on its own host, and what it needs on others. nginx, which everybody reaches, is not counted. */
function matrix(instances: readonly string[], search: string): Map<string, string[]> {
  const all = documented(instances).flatMap((one) => labelsOf(one, search).map((label) => ({ ...one, label, spot: `${one.name}@${label}` })));
  return new Map(
    all.map(({ spot, of, label, reaches }) => {
      const wanted = all.filter((other) => other.of !== 'nginx' && reaches.includes(other.name) && (other.label === label || ACROSS[of]?.includes(other.of)));
      return [spot, wanted.map((other) => other.spot).sort()];
    }),
  );
}

/** What is reached that should not be, and the other way round. */
function differences(reach: HostsReach, wanted: ReadonlyMap<string, readonly string[]>): string[] {
  const [more, less]: [string[], string[]] = [[], []];
  for (const [name, others] of wanted) {
    const got = reach.from(name, 'ipv4');
    more.push(...got.filter((other) => !others.includes(other)).map((other) => `${name} reaches ${other}`));
    less.push(...others.filter((other) => !got.includes(other)).map((other) => `${name} does not reach ${other}`));
    more.push(...reach.from(name, 'ipv6').map((other) => `${name} reaches ${other} by IPv6`));
  }
  return [...more, ...less];
}

const INCOMING = WEB.flatMap((label) => [80, 443].map((port) => `balancer:${port} -> nginx@${label}`)).sort();

describe.each([
  ['multi-server', ['vulpine'], 'beamish'],
  ['multi-server-two-instances', ['vulpine', 'corsac'], 'smithwicks'],
] as const)('%s', (name, instances, search) => {
  const reach = new HostsReach(synthEstate('vulpine', variant(name)));
  const wanted = matrix(instances, search);

  test('there is what the documents list, on the host of its role, and nothing else but what leads on', () => {
    expect(reach.containers).toEqual([...wanted.keys()].sort());
    const relays = WEB.flatMap((label) => ['db', 'es', 'redis'].map((to) => [to, 'relay', label] as const));
    const gates = (['db', 'redis', 'es'] as const).map((to) => [to, 'gate', to === 'es' ? search : 'smithwicks'] as const);
    expect(reach.relays).toEqual(instances.flatMap((one) => [...relays, ...gates].map(([to, kind, label]) => `${one}-${to}-${kind}@${label}`)).sort());
  });

  test('each container reaches what it should, over IPv4, and nobody over IPv6', () => {
    expect(differences(reach, wanted)).toEqual([]);
  });

  test('only external_network reaches out, over both', () => {
    const out = documented(instances)
      .filter(({ isOutward }) => isOutward)
      .flatMap((one) => labelsOf(one, search).map((label) => `${one.name}@${label}`))
      .sort();
    expect(reach.outward('ipv4')).toEqual(out);
    expect(reach.outward('ipv6')).toEqual(out);
    expect(reach.toHost()).toEqual([...out, ...reach.relays].sort());
  });

  test('nothing comes in but by the balancer to nginx, and admins by ssh', () => {
    expect(reach.incoming()).toEqual(INCOMING);
    for (const { label } of reach.hosts) {
      expect(reach.admits(label, 22, '192.0.2.9')).toBe(true);
      expect(reach.admits(label, 22, '2001:db8::9')).toBe(true);
      for (const address of ['198.51.100.7', '3fff::1', '10.0.0.248', '10.0.0.20', '10.0.0.10'])
        expect([address, reach.admits(label, 22, address)]).toEqual([address, false]);
      for (const port of [80, 443, 5432, 6379, 9200, 2375, 2376]) expect([port, reach.admits(label, port, '198.51.100.7')]).toEqual([port, false]);
    }
  });

  test('of other hosts, relays have gates at hand, and nobody else has anything: gates neither', () => {
    const gates = reach.relays.filter((one) => one.includes('-gate@'));
    for (const one of reach.relays) expect([one, reach.atHand(one)]).toEqual([one, one.includes('-relay@') ? gates : []]);
    for (const one of reach.containers) expect([one, reach.atHand(one)]).toEqual([one, []]);
    for (const line of reach.published().filter((published) => published.includes('-gate'))) {
      const [label = '', , port] = line.split(' ');
      const from = ['10.0.0.20', '10.0.0.21', '10.0.0.10', '10.0.0.11', '10.0.0.22', '10.0.0.248', '192.0.2.9', '198.51.100.7', '3fff::1'];
      expect(from.filter((address) => reach.admits(label, Number(port), address))).toEqual(['10.0.0.20', '10.0.0.21']);
    }
  });

  test('hosts publish at their private address only', () => {
    expect(reach.published().map((line) => line.split(' ')[1])).toEqual(reach.published().map(() => 'private'));
    expect(reach.published()).toHaveLength(4 + 3 * instances.length);
  });

  test.each(instances)('a name of %s stands for its own containers only, wherever they are', (instance) => {
    for (const label of WEB) {
      const web = `${instance}-web-${label === 'murphys' ? 1 : 2}@${label}`;
      for (const kind of ['db', 'redis'] as const) expect(reach.resolve(web, kind)).toEqual([`${instance}-${kind}-1@smithwicks`]);
      expect(reach.resolve(web, 'es')).toEqual([`${instance}-es-1@${search}`]);
      expect(reach.resolve(`nginx@${label}`, `${instance}_fe_web`)).toEqual([web]);
    }
  });
});

test('streaming can do without the Internet, and then nothing else changes', () => {
  const [before, after] = [variant('multi-server'), mergePatch(variant('multi-server'), { prod: { streamingNeedsExternal: false } }) as object].map(
    (override) => new HostsReach(synthEstate('vulpine', override)),
  ) as [HostsReach, HostsReach];
  expect(before.outward('ipv4').filter((one) => !after.outward('ipv4').includes(one))).toEqual(['vulpine-streaming-1@murphys', 'vulpine-streaming-2@kilkenny']);
  expect(differences(after, matrix(['vulpine'], 'beamish'))).toEqual([]);
});

describe('a breakage is seen', () => {
  type Json = { resource: Record<string, Record<string, Record<string, unknown>>> };
  const stacks = synthEstate('vulpine', variant('multi-server'));
  const two = synthEstate('vulpine', variant('multi-server-two-instances'));
  const wanted = matrix(['vulpine'], 'beamish');
  const broken = (stack: string, change: (resource: Json['resource']) => void, from = stacks) => {
    const json = JSON.parse(from.get(`vulpine-${stack}-prod`) as string) as Json;
    change(json.resource);
    return new HostsReach(new Map([...from, [`vulpine-${stack}-prod`, JSON.stringify(json)]]));
  };
  const named = <T>(all: Record<string, Record<string, unknown>> | undefined, name: string): T =>
    Object.values(all ?? {}).find((one) => one.name === name || one.label === name) as unknown as T;
  const rulesOf = (resource: Json['resource'], label: string) =>
    named<{ inbound: { label: string; ipv4: string[]; ports: string }[] }>(resource.linode_firewall, label).inbound;

  test("a firewall that takes a host's public address: what is in external_network is at the database", () => {
    const reach = broken('host', (resource) => {
      for (const rule of rulesOf(resource, 'smithwicks')) if (rule.label.startsWith('relays')) rule.ipv4 = ['0.0.0.0/0'];
    });
    expect(differences(reach, wanted)).toEqual(
      expect.arrayContaining(['nginx@murphys reaches vulpine-db-1@smithwicks', 'vulpine-ambassador-1@murphys reaches vulpine-redis-1@smithwicks']),
    );
  });

  test('external_network with the source that the interface has: the same', () => {
    const reach = broken('containers-kilkenny', (resource) => {
      const { options } = named<{ options: Record<string, string> }>(resource.docker_network, 'external_network');
      delete options['com.docker.network.host_ipv4'];
    });
    expect(differences(reach, wanted)).toEqual(
      expect.arrayContaining(['nginx@kilkenny reaches vulpine-es-1@beamish', 'nginx@kilkenny reaches vulpine-redis-1@smithwicks']),
    );
  });

  test('a relay in one more network', () => {
    const reach = broken('containers-murphys', (resource) => {
      const relay = named<{ networks_advanced: { name: string }[] }>(resource.docker_container, 'vulpine-es-relay');
      const [internal] = Object.keys(resource.docker_network ?? {}).filter((id) => id.includes('internal'));
      relay.networks_advanced.push({ name: `\${docker_network.${internal}.name}` });
    });
    expect(differences(reach, wanted)).toEqual(['nginx@murphys reaches vulpine-es-1@beamish', 'vulpine-streaming-1@murphys reaches vulpine-es-1@beamish']);
  });

  test('a relay that leads to the other instance', () => {
    let port = '';
    broken(
      'containers-kilkenny',
      (resource) => {
        const { upload } = named<{ upload: { content: string }[] }>(resource.docker_container, 'corsac-db-relay');
        port = /proxy_pass 10\.0\.0\.10:(\d+)/.exec(upload[0]?.content ?? '')?.[1] ?? '';
      },
      two,
    );
    const reach = broken(
      'containers-murphys',
      (resource) => {
        const { upload } = named<{ upload: { content: string }[] }>(resource.docker_container, 'vulpine-db-relay');
        for (const one of upload) one.content = one.content.replace(/10\.0\.0\.10:\d+/, `10.0.0.10:${port}`);
      },
      two,
    );
    expect(differences(reach, matrix(['vulpine', 'corsac'], 'smithwicks'))).toEqual(
      expect.arrayContaining(['vulpine-web-1@murphys reaches corsac-db-1@smithwicks', 'vulpine-web-1@murphys does not reach vulpine-db-1@smithwicks']),
    );
  });

  test("a published port at all addresses, and, with the firewall open, the whole Internet's", () => {
    const open = (resource: Json['resource']) => {
      for (const port of named<{ ports: { ip?: string }[] }>(resource.docker_container, 'vulpine-db-gate').ports) port.ip = '0.0.0.0';
    };
    expect(broken('containers-smithwicks', open).published()).toContainEqual(expect.stringMatching(/^smithwicks all \d+ -> vulpine-db-gate:5432$/));
    const both = JSON.parse(stacks.get('vulpine-host-prod') as string) as Json;
    for (const rule of rulesOf(both.resource, 'smithwicks')) rule.ipv4 = ['0.0.0.0/0'];
    const reach = broken('containers-smithwicks', open, new Map([...stacks, ['vulpine-host-prod', JSON.stringify(both)]]));
    expect(reach.incoming()).toEqual([...INCOMING, expect.stringMatching(/^smithwicks:\d+ -> vulpine-db-gate@smithwicks$/)]);
    expect(reach.admits('smithwicks', 22, '198.51.100.7')).toBe(true);
  });

  test('nginx past the balancer: at all addresses, with everybody let in', () => {
    const host = JSON.parse(stacks.get('vulpine-host-prod') as string) as Json;
    for (const rule of rulesOf(host.resource, 'murphys')) if (rule.label === 'balancer') Object.assign(rule, { ipv4: ['0.0.0.0/0'], ipv6: ['::/0'] });
    const reach = broken(
      'containers-murphys',
      (resource) => {
        for (const port of named<{ ports: { ip?: string }[] }>(resource.docker_container, 'nginx').ports) delete port.ip;
      },
      new Map([...stacks, ['vulpine-host-prod', JSON.stringify(host)]]),
    );
    expect(reach.incoming()).toEqual([...INCOMING, 'murphys:443 -> nginx@murphys', 'murphys:80 -> nginx@murphys'].sort());
  });

  test('gates with a way out, and a network that is not internal', () => {
    const reach = broken('containers-smithwicks', (resource) => {
      delete named<{ options: Record<string, string> }>(resource.docker_network, 'vpc_network').options['com.docker.network.bridge.enable_ip_masquerade'];
      Object.assign(named<object>(resource.docker_network, 'vulpine_db_network'), { internal: false });
    });
    expect(reach.outward('ipv4')).toEqual(expect.arrayContaining(['vulpine-db-1@smithwicks', 'vulpine-db-gate@smithwicks', 'vulpine-dbbackup-1@smithwicks']));
  });

  test('a balancer that is closed, and one that no host admits', () => {
    const closed = broken('host', (resource) => {
      for (const rule of rulesOf(resource, 'vulpine-balancer')) rule.ports = '80';
    });
    expect(closed.incoming()).toEqual(INCOMING.filter((line) => line.includes(':80')));
    const refused = broken('host', (resource) => {
      for (const rule of rulesOf(resource, 'kilkenny')) if (rule.label === 'balancer') rule.ipv4 = ['192.168.255.0/24'];
    });
    expect(refused.incoming()).toEqual(INCOMING.filter((line) => line.includes('murphys')));
  });
});
