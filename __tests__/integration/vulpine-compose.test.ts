import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CONTAINERS } from '../../estates/vulpine/containers/table';
import { DockerReach } from '../support/docker-reach';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { synthEstate } from '../support/synth';
import { documented, variant } from '../support/vulpine/documents';
import { ENGINE, HOST, HostEngine } from '../support/vulpine/host-engine';
import { Matrix } from '../support/vulpine/matrix';
import { type Address, familyOf, Prober } from '../support/vulpine/prober';
import { standIn } from '../support/vulpine/stand-ins';

/** What the command writes for a config, with throw-away values. */
function written(override: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const config = join(folder, 'estates.json');
  writeFileSync(config, JSON.stringify({ vulpine: override }));
  const args = ['--import', 'tsx', 'scripts/vulpine-compose.ts', '--folder', folder, '--secrets'];
  execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ESTATES_CONFIG: config } });
  return folder;
}

const servicesIn = (folder: string) =>
  (parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')) as { services: Record<string, { image: string; command?: string[] }> }).services;

/** Docker Compose, in a folder, on an engine. */
function compose(folder: string, host: string, ...args: readonly string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: host, COMPOSE_HTTP_TIMEOUT: '300' };
  return execFileSync('docker-compose', ['--project-name', 'local', ...args], { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}

describeReal(['docker-compose'], "vulpine's Compose file, as an old Docker Compose reads it", () => {
  test.each([
    ['one instance', {}],
    ['two instances', variant('two-instances')],
  ])('is taken for %s, with every word of a command as it stands in the table', (_title, override) => {
    const folder = written(override);
    const read = parse(compose(folder, 'unix:///dev/null', 'config')) as { services: Record<string, { command?: string[]; entrypoint?: string[] }> };
    expect(Object.keys(read.services).sort()).toEqual(Object.keys(servicesIn(folder)).sort());
    // what it prints is a Compose file again: a dollar is two
    const commandOf = (name: string) => read.services[name]?.command?.map((word) => word.replaceAll('$$', '$'));
    expect(commandOf('vulpine-dbbackup-1')).toEqual(CONTAINERS.dbbackup.command);
    expect(commandOf('vulpine-redis-1')).toEqual(CONTAINERS.redis.byMemory?.(CONTAINERS.redis.memoryMb).command);
  });
});

describeReal([ENGINE, 'docker-compose', 'busybox'], "vulpine's Compose file on a Docker engine", () => {
  const engine = new HostEngine();
  const prober = new Prober(engine);
  const model = new DockerReach(synthEstate('vulpine').get('vulpine-containers-prod'));
  const all = documented(['vulpine']);
  const names = all.map(({ name }) => name);
  const portsOf = (name: string) => CONTAINERS[all.find((one) => one.name === name)?.of ?? 'nginx'].listensOn ?? [];
  let folder: string;
  let addresses: Address[];
  let matrix: Matrix;

  beforeAll(async () => {
    await engine.start();
    engine.importBusybox('stand-in');
    await prober.listen();
    folder = written({});
    const services = servicesIn(folder);
    for (const image of new Set(Object.values(services).map((service) => service.image))) engine.docker('tag', 'stand-in', image);
    const standIns = Object.keys(services).map((name) => {
      const [shell, ...words] = standIn(name, portsOf(name)).map((word) => word.replaceAll('$', '$$$$'));
      return [name, { user: '0', entrypoint: [shell], command: words }]; // the image has no list of users
    });
    writeFileSync(join(folder, 'stand-ins.yaml'), JSON.stringify({ services: Object.fromEntries(standIns) }));
    compose(folder, engine.host, '--file', 'compose.yaml', '--file', 'stand-ins.yaml', 'up', '--detach', '--no-color');
    addresses = await prober.addresses(portsOf);
    matrix = new Matrix(
      all,
      addresses,
      await prober.askAll(
        names,
        addresses.map((address) => ({ ...address, ports: address.ports.slice(0, 1) })),
      ),
    );
    console.log(`by the Compose file: who reaches whom, over IPv4 and IPv6\n${matrix.table()}`);
  });

  afterAll(() => engine.stop());

  test('brings up every container of the host, in the same networks', () => {
    const networks = (name: string) => [...new Set(addresses.filter(({ of }) => of === name).map(({ network }) => network))].sort();
    expect(names.map((name) => [name, networks(name)])).toEqual(names.map((name) => [name, model.namesOfNetworks(name)]));
  });

  test('who reaches whom is what it is on the host, address by address', () => {
    for (const { name, reaches } of all) expect([name, matrix.from(name, 'ipv4'), matrix.from(name, 'ipv6')]).toEqual([name, reaches, []]);
    const { answered, wanted } = matrix.byAddress(model);
    expect(answered).toEqual(wanted);
  });

  test('the same reach out, behind this machine by both, and the host', () => {
    for (const family of ['ipv4', 'ipv6'] as const) {
      expect(matrix.reaching('outside', family)).toEqual(model.outward(family));
      expect(new Set(matrix.seenOutside(family).values())).toEqual(new Set([HOST[family]]));
      expect(matrix.reaching('host', family)).toEqual(model.toHost().sort());
    }
  });

  test('nginx answers this machine, and nothing answers another', async () => {
    const own = await prober.ask('host', [{ of: 'host', address: '127.0.0.1', ports: [80, 443] }]);
    expect(own.map(({ by, port }) => `${by} ${port}`).sort()).toEqual(['nginx 443', 'nginx 80']);
    const others = addresses.filter(({ of }) => of !== 'outside').map((one) => (one.of === 'host' ? { ...one, ports: [80, 443] } : one));
    expect((await prober.ask('outside', others)).map(({ to, port }) => `${to.of} ${familyOf(to)} ${port}`)).toEqual([]);
  });

  test('a container finds the values of its groups, and no others', () => {
    const value = readFileSync(join(folder, 'secrets/vulpine/database/DB_PASS'), 'utf8');
    expect(engine.docker('exec', 'vulpine-dbbackup-1', 'cat', '/run/secrets/database/DB_PASS')).toBe(value);
    expect(engine.docker('exec', 'vulpine-dbbackup-1', 'ls', '/run/secrets')).toBe('database');
    expect(engine.docker('exec', 'nginx', 'ls', '/etc/nginx')).toBe('acme\ncertificates\nconf.d\nnginx.conf');
  });

  test('names stand for whom they stand for on the host', async () => {
    const asked = [...new Set([...names, ...model.aliases()])];
    const owner = new Map(addresses.filter(({ of }) => of !== 'host').map(({ of, address }) => [address, of]));
    const resolved = await prober.resolveAll(names, asked);
    for (const name of names) {
      const stands = asked.map((alias) => [alias, [...new Set((resolved.get(name)?.get(alias) ?? []).map((address) => owner.get(address) ?? address))].sort()]);
      expect([name, stands]).toEqual([name, asked.map((alias) => [alias, model.resolve(name, alias)])]);
    }
  });
});
