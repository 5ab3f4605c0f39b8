import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { serverProblems, vpcPort } from '../../../config/vulpine/multi-server';
import { CONTAINERS } from '../../../estates/vulpine/containers/table';
import { hostSetups } from '../../../estates/vulpine/host/setups';
import { vulpine } from '../../../estates/vulpine/index';
import { layoutOf } from '../../../estates/vulpine/multi-server/layout';
import { ROOT } from '../../support/repository';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';

const variant = (name: string) =>
  JSON.parse(readFileSync(join(ROOT, `estates/vulpine/variants/${name}.json`), 'utf8')).vulpine as { prod: Record<string, object> };
const config = (name: string) => vulpineSchema.parse(mergePatch(vulpineValues, variant(name)));
const stacks = synthEstate('vulpine', variant('multi-server'));
const host = stacks.get('vulpine-host-prod');
/** What cloud-init reads on a host. */
const userDataOf = ({ metadata }: { metadata: [{ user_data: string }] }) => gunzipSync(Buffer.from(metadata[0].user_data, 'base64')).toString();
const HOSTS = ['smithwicks', 'beamish', 'murphys', 'kilkenny'];

describe('config', () => {
  const problems = (override: object) =>
    vulpineSchema
      .safeParse(mergePatch(mergePatch(vulpineValues, variant('multi-server')), override))
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  const one = (label: string, fields: object) => ({ prod: { hosts: { [label]: fields } } });

  test.each([
    [one('beamish', { roles: ['web'], region: 'us-east' }), 'prod.hosts: must have exactly one host with the role search: none has it'],
    [one('beamish', { roles: ['database'] }), 'with the role database: it is smithwicks and beamish'],
    [{ prod: { hosts: { murphys: null, kilkenny: null } } }, 'must have a host or more with the role web: none has it'],
    [one('murphys', { roles: ['web', 'database'] }), 'prod.hosts.murphys.roles: must not join web with another'],
    [one('smithwicks', { roles: ['database', 'database'] }), 'prod.hosts.smithwicks.roles: has one role twice'],
    [one('beamish', { roles: null }), 'prod.hosts.beamish.roles: must say what runs on it'],
    [one('beamish', { roles: [] }), 'prod.hosts.beamish.roles: must name a role'],
    [one('beamish', { roles: ['mail'] }), 'must be one of web, database, search'],
    [one('beamish', { vpcAddress: null }), 'prod.hosts.beamish.vpcAddress: must be its address in the private network'],
    [one('beamish', { vpcAddress: '10.0.0.10' }), 'prod.hosts.beamish.vpcAddress: is also the address of smithwicks'],
    [one('beamish', { vpcAddress: '10.0.0.248' }), 'not an address for a host: 10.0.0.2 to 10.0.0.239'],
    [one('beamish', { vpcAddress: '10.0.1.7' }), 'not an address for a host'],
    [one('beamish', { region: 'eu-west' }), 'must be in one region, because their private network is: there is us-east and eu-west'],
    [{ prod: { instances: { murphys: { domain: 'murphys.example.org' } } } }, 'prod.hosts.murphys: is called as an instance is'],
    [{ prod: { certificates: { challenge: 'http' } } }, 'prod.certificates.challenge: must be "dns" with several hosts of the role web'],
    [{ prod: { topology: 'single' } }, 'prod.hosts.murphys.vpcAddress: is for topology "multi-server"'],
  ])('%j is refused: %s', (override, message) => {
    expect(problems(override).join('\n')).toContain(message);
  });

  test('all of it at once, also when something else is wrong', () => {
    const all = problems({
      shared: { contact: 'nobody' },
      prod: { hosts: { beamish: { roles: null, vpcAddress: '10.0.0.10' }, kilkenny: { region: 'eu-west' } } },
    });
    expect(all).toHaveLength(5);
    expect(problems({})).toEqual([]);
  });

  test('instances whose names give the same ports are refused', () => {
    const instances = Array.from({ length: 200 }, (_, i) => `instance${i}`);
    const same = instances.flatMap((name, i) =>
      instances
        .slice(0, i)
        .filter((other) => vpcPort(0, other) === vpcPort(0, name))
        .map((other) => [other, name] as const),
    );
    const [[first, second] = ['', '']] = same;
    expect(first).not.toBe('');
    const hosts = config('multi-server').prod.hosts;
    expect(serverProblems({ topology: 'multi-server', certificates: { challenge: 'dns' }, hosts, instances: { [first]: {}, [second]: {} } })).toEqual([
      { path: ['instances', second], message: `gets the same ports as ${first}, because of its name: call it otherwise` },
    ]);
  });

  test('ports are outside those that Linux takes for what goes out, and of one container each', () => {
    const all = Array.from({ length: 9 }, (_, kind) => ['vulpine', 'corsac', 'fennec'].map((name) => vpcPort(kind, name))).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(Math.min(...all)).toBeGreaterThan(9999);
    expect(Math.max(...all)).toBeLessThan(32_768);
  });
});

describe('hosts', () => {
  test('are in the private network, each at its address, with the firewall of a machine that has both interfaces', () => {
    const machines = resourcesOf(host, 'linode_instance') as unknown as {
      label: string;
      interface: { purpose: string; ipv4?: { vpc: string } }[];
      interface_generation: string;
    }[];
    expect(machines.map(({ label, interface: all }) => [label, all.map(({ purpose, ipv4 }) => ipv4?.vpc ?? purpose)])).toEqual([
      ['smithwicks', ['public', '10.0.0.10']],
      ['beamish', ['public', '10.0.0.11']],
      ['murphys', ['public', '10.0.0.20']],
      ['kilkenny', ['public', '10.0.0.21']],
    ]);
    for (const machine of machines)
      expect(machine).toMatchObject({
        interface_generation: 'legacy_config',
        lifecycle: { prevent_destroy: true },
        firewall_id: expect.stringContaining(`firewall-${machine.label}_`),
      });
  });

  test('names of instances lead to the balancer, over both, and hosts are found by theirs', () => {
    const records = resourcesOf(host, 'linode_domain_record').map(({ name, record_type, target }) => [
      name,
      record_type,
      `${target}`.replace(/^\$\{(one\(tolist\(tolist\()?(\w+\.\w+?)_resource.*\.(\w+)\W*$/, '$2 $3'),
    ]);
    expect(records).toContainEqual(['', 'A', 'linode_nodebalancer.balancer ipv4']);
    expect(records).toContainEqual(['', 'AAAA', 'linode_nodebalancer.balancer ipv6']);
    expect(records.filter(([name]) => HOSTS.includes(`${name}`))).toHaveLength(8);
    expect(parse(host).output?.SSH?.value).toBe(HOSTS.map((label) => `ssh admin@${label}.vulpine.club`).join('\n'));
  });

  test('the balancer says whose a connection is, and asks whether a host is there', () => {
    expect(onlyResource(host, 'linode_nodebalancer')).toMatchObject({
      vpcs: [{ ipv4_range: '10.0.0.248/30' }],
      firewall_id: expect.stringContaining('firewall-balancer'),
      lifecycle: { prevent_destroy: true },
    });
    for (const one of resourcesOf(host, 'linode_nodebalancer_config'))
      expect(one).toMatchObject({ protocol: 'tcp', proxy_protocol: 'v2', check: 'connection', stickiness: 'none' });
  });

  test('have the folders of what runs on them, and no others; the engine may start before the private address is there', () => {
    const folders = (label: string) => {
      const machine = resourcesOf(host, 'linode_instance').find((one) => one.label === label) as { metadata: [{ user_data: string }] };
      const text = userDataOf(machine);
      expect(text).toContain('net.ipv4.ip_nonlocal_bind = 1');
      return /FOLDERS='([^']+)'/
        .exec(text)?.[1]
        ?.split(' ')
        .map((folder) => folder.replace('/etc/vulpine/vulpine/', ''));
    };
    expect(folders('beamish')).toEqual(['/etc/vulpine']);
    expect(folders('smithwicks')).toEqual(['/etc/vulpine', 'database', '/etc/vulpine/backup']);
    expect(folders('kilkenny')).toEqual(['/etc/vulpine', 'database', 'mastodon', 'smtp', 'aws', '/var/lib/vulpine/certificates']);
    expect(folders('murphys')).toContain('ambassador'); // it is there only
  });

  test('are set up again with what they got at their first start', () => {
    const setups = hostSetups(config('multi-server'));
    expect([...setups.keys()]).toEqual(HOSTS);
    for (const machine of resourcesOf(host, 'linode_instance') as unknown as { label: string; metadata: [{ user_data: string }] }[]) {
      const files = parseYaml(userDataOf(machine)).write_files as { path: string; content: string }[];
      expect(setups.get(machine.label)?.files.map(({ path, content }) => [path, content])).toEqual(files.map(({ path, content }) => [path, content]));
    }
    const units = (label: string) => setups.get(label)?.files.flatMap(({ path }) => (path.endsWith('.timer') ? [path] : []));
    expect(units('murphys')).toEqual(['/etc/systemd/system/vulpine-certificates.timer']);
    expect(units('smithwicks')).toEqual(['/etc/systemd/system/vulpine-backup.timer', '/etc/systemd/system/vulpine-backup-check.timer']);
    expect(units('beamish')).toEqual([]);
  });

  test('the firewall of the only host of before is that of the first one now', () => {
    const [id = ''] = Object.keys(parse(synthEstate('vulpine').get('vulpine-host-prod')).resource?.linode_firewall ?? {});
    expect(parse(host)).toMatchObject({ moved: [{ from: `linode_firewall.${id}`, to: expect.stringMatching(/^linode_firewall\.firewall-smithwicks_/) }] });
  });
});

describe('containers', () => {
  const engine = (label: string, from = stacks) => from.get(`vulpine-containers-${label}-prod`);

  test('each host has its stack, by ssh of its own, and the volumes of what is on it', () => {
    const of = (label: string) => resourcesOf(engine(label), 'docker_volume').map(({ name }) => name);
    expect([...stacks.keys()].sort()).toEqual(
      ['vulpine-content-prod', 'vulpine-host-prod', ...HOSTS.map((label) => `vulpine-containers-${label}-prod`)].sort(),
    );
    for (const label of HOSTS) expect(parse(engine(label)).provider?.docker?.[0]?.host).toContain(`${label.toUpperCase()}_IPV4}`);
    expect([of('smithwicks'), of('beamish'), of('murphys')]).toEqual([['vulpine-db', 'vulpine-redis', 'vulpine-dumps'], ['vulpine-es'], ['vulpine-media']]);
  });

  test('nginx of each web host takes the client from the balancer, and from nobody else; that of the only host takes who connects', () => {
    const nginx = (json: string | undefined) =>
      JSON.stringify(resourcesOf(json, 'docker_container').find(({ name }) => name === 'nginx')?.upload).replaceAll('\\n', '\n');
    for (const label of ['murphys', 'kilkenny']) {
      expect(nginx(engine(label)).match(/set_real_ip_from .*/g)).toEqual(['set_real_ip_from 10.0.0.248/30;']);
      const listening = nginx(engine(label)).match(/^\s*listen .*/gm) ?? [];
      expect(listening.length).toBeGreaterThan(3);
      expect(listening.filter((line) => !line.includes(' proxy_protocol'))).toEqual([]);
    }
    expect(nginx(synthEstate('vulpine').get('vulpine-containers-prod'))).not.toMatch(/proxy_protocol|set_real_ip_from/);
  });

  test('what leads on is nobody, has no secret, and finds connections of hosts that are gone', () => {
    const relays = HOSTS.flatMap((label) => resourcesOf(engine(label), 'docker_container')).filter(({ name }) => /-(relay|gate)$/.test(`${name}`));
    expect(relays).toHaveLength(9);
    for (const relay of relays) {
      expect(relay).toMatchObject({
        user: 'nginx',
        memory: 32,
        capabilities: { drop: ['ALL'] },
        mounts: [],
        env: [],
        sysctls: { 'net.ipv4.tcp_keepalive_time': '60' },
      });
      expect(relay).not.toHaveProperty('capabilities.add');
    }
  });

  test('relays leave with the private address, everything else with the public one, and gates do not leave', () => {
    const options = (label: string, name: string) =>
      resourcesOf(engine(label), 'docker_network').find((one) => one.name === name)?.options as Record<string, string>;
    const MASQUERADE = 'com.docker.network.bridge.enable_ip_masquerade';
    const SOURCE = 'com.docker.network.host_ipv4';
    expect(options('murphys', 'vpc_network')).toEqual({ 'com.docker.network.bridge.enable_icc': 'false', [SOURCE]: '10.0.0.20' });
    expect(options('murphys', 'external_network')[SOURCE]).toMatch(/outputs\.MURPHYS_IPV4\}$/);
    for (const label of ['smithwicks', 'beamish']) {
      expect(options(label, 'vpc_network')).toEqual({ 'com.docker.network.bridge.enable_icc': 'false', [MASQUERADE]: 'false' });
      expect(options(label, 'external_network')).toBeUndefined();
    }
    expect(JSON.stringify(parse(synthEstate('vulpine').get('vulpine-containers-prod')).resource?.docker_network)).not.toContain(SOURCE);
  });

  test('limits of each host fit it, relays among them', () => {
    for (const label of HOSTS) {
      const sum = resourcesOf(engine(label), 'docker_container').reduce((total, { memory }) => total + Number(memory), 0);
      const { type } = resourcesOf(host, 'linode_instance').find((one) => one.label === label) as { type: string };
      expect(sum).toBeLessThan((type === 'g6-standard-4' ? 8192 : 4096) - 768);
    }
    // 2000 + 784, and 128 nginx, 256 streaming, 64 ambassador, 96 relays: to the last MB
    const fits = { web: { replicas: 2, memoryMb: 2000 }, sidekiq: { replicas: 2, memoryMb: 784 } };
    const on = (containers: object) =>
      mergePatch(variant('multi-server'), {
        prod: { hosts: { murphys: { type: 'g6-standard-2' }, kilkenny: { type: 'g6-standard-2' } }, instances: { vulpine: { containers } } },
      }) as object;
    expect(synthEstate('vulpine', on(fits)).size).toBe(6);
    expect(() => synthEstate('vulpine', on({ ...fits, sidekiq: { replicas: 2, memoryMb: 785 } }))).toThrow(
      'vulpine-containers-murphys-prod: 8 containers of vulpine may take 3329 MB, and a g6-standard-2 has 3328 MB',
    );
  });

  test('a web host without a web of each instance is refused: its nginx would answer nothing', () => {
    const third = { prod: { hosts: { porter: { region: 'us-east', type: 'g6-standard-4', roles: ['web'], vpcAddress: '10.0.0.22' } } } };
    expect(() => synthEstate('vulpine', mergePatch(variant('multi-server'), third) as object)).toThrow(
      'vulpine-containers-porter-prod: no web of vulpine is on porter: give it a replica for each host with the role web',
    );
  });

  test('another instance leaves the ports, relays and addresses of the first as they are', () => {
    const both = synthEstate(
      'vulpine',
      mergePatch(variant('multi-server'), {
        prod: {
          hosts: {
            smithwicks: { type: 'g6-standard-8' },
            murphys: { type: 'g6-standard-8' },
            kilkenny: { type: 'g6-standard-8' },
            beamish: { type: 'g6-standard-8' },
          },
          instances: { aardvark: { domain: 'aardvark.example.org' } },
        },
      }) as object,
    );
    for (const [name, json] of stacks) {
      for (const [type, resources] of Object.entries(parse(json).resource ?? {})) {
        for (const [id, before] of Object.entries(resources)) {
          const after = parse(both.get(name)).resource?.[type]?.[id];
          expect([id, after !== undefined]).toEqual([id, true]);
          if (type === 'docker_container' && before.name !== 'nginx') expect(after).toEqual(before);
        }
      }
    }
  });

  test('what talks across hosts must be led on by one port, and found by a name', () => {
    const { prod } = config('multi-server');
    const without = { ...CONTAINERS, db: { ...CONTAINERS.db, networks: { db_network: {} }, listensOn: [5432, 5433] } };
    expect(layoutOf(without, prod).get('murphys')?.problems).toEqual([
      'db is on another host than who talks to it, and listens on several ports or none: one can be led on',
      'db is on another host than who talks to it, and has no alias in db_network for which a relay could stand',
    ]);
    expect(layoutOf(CONTAINERS, prod).get('murphys')?.problems).toEqual([]);
  });
});

test.each(['multi-server', 'multi-server-two-instances'])(
  'needs of %s: the secrets that containers of each host mount, on that host, and no others',
  (name) => {
    const needs = (vulpine.needs?.(config(name)) ?? []).flatMap((need) => (need.kind === 'secret' && need.type === 'host' ? [need] : []));
    const below = (folder: string) => needs.filter(({ file }) => file.startsWith(`${folder}/`)).map(({ host: on }) => on.split('.')[0]);
    expect(below('linode-dns')).toEqual(['murphys', 'kilkenny']); // for their certificates
    expect(below('backup')).toEqual(['smithwicks']); // where the dumps are
    const ofContainers = needs.filter(({ file }) => !/^(linode-dns|backup)\//.test(file));
    const declared = new Set(ofContainers.map(({ host: on, file }) => `${on.split('.')[0]} ${file.split('/').slice(0, 2).join('/')}`));
    const mounted = [...synthEstate('vulpine', variant(name))].flatMap(([stack, json]) =>
      resourcesOf(json, 'docker_container').flatMap(({ mounts }) =>
        (mounts as { source: string; target: string }[])
          .filter(({ target }) => target.startsWith('/run/secrets/'))
          .map(({ source }) => `${stack.split('-')[2]} ${source.replace('/etc/vulpine/', '')}`),
      ),
    );
    expect([...declared].sort()).toEqual([...new Set(mounted)].sort());
    expect(mounted.filter((line) => line.startsWith('beamish'))).toEqual([]);
    const said = new Map(needs.map(({ name: secret, is }) => [secret, is]));
    expect(said.get('vulpine/DB_PASS')).toBe("the database's password, the same on smithwicks, murphys, kilkenny");
    expect(said.get('vulpine/AMBASSADOR_TOKEN')).toBe("the ambassador's token at its instance");
  },
);

test("the one host's volumes are the database host's by their names, and neither is lost by labels that name the first stack", () => {
  const volumes = (json: string | undefined) => resourcesOf(json, 'docker_volume') as { name: string; lifecycle: object }[];
  const single = volumes(synthEstate('vulpine').get('vulpine-containers-prod'));
  const kept = volumes(stacks.get('vulpine-containers-smithwicks-prod'));
  expect(kept.map(({ name }) => name).sort()).toEqual(['vulpine-db', 'vulpine-dumps', 'vulpine-redis']);
  expect(single.map(({ name }) => name)).toEqual(expect.arrayContaining(kept.map(({ name }) => name)));
  for (const { lifecycle } of [...single, ...kept]) expect(lifecycle).toEqual({ prevent_destroy: true, ignore_changes: ['labels'] });
});
