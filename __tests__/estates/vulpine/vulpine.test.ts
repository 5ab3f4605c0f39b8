import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { overlap } from '../../../config/vulpine/docker-pool';
import { BALANCER_RANGE, VPC_RANGE } from '../../../config/vulpine/multi-server';
import { Image } from '../../../constructs/docker/image';
import { docker } from '../../../constructs/docker/provider';
import { EXPORT_SECRETS, SECRETS } from '../../../estates/vulpine/containers/secrets';
import { IPV4_NAT } from '../../../estates/vulpine/containers/spec';
import { NGINX_ADDRESS } from '../../../estates/vulpine/containers/table';
import { hostUserData } from '../../../estates/vulpine/host/user-data';
import { lockedImages } from '../../../estates/vulpine/images';
import { ROOT } from '../../support/repository';
import { onlyResource, parse, resourcesOf, synth, synthEstate } from '../../support/synth';

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/vulpine/variants/${name}.json`), 'utf8')).vulpine as object;
const stacks = synthEstate('vulpine');
const host = stacks.get('vulpine-host-prod');
const containers = stacks.get('vulpine-containers-prod');
/** Why a config is refused, by path. */
const problems = (override: object) =>
  vulpineSchema.safeParse(mergePatch(vulpineValues, override)).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the host', () => {
  test('is the one of the documents: backed up, behind its firewall, protected', () => {
    expect(onlyResource(host, 'linode_instance')).toMatchObject({
      label: 'smithwicks',
      region: 'us-east',
      type: 'g6-standard-4',
      backups_enabled: true,
      firewall_id: expect.stringContaining('linode_firewall.'),
      lifecycle: { prevent_destroy: true, ignore_changes: expect.arrayContaining(['metadata', 'image']) },
    });
  });

  test('lets in the web, ICMP, and admins', () => {
    const { inbound, inbound_policy } = onlyResource(host, 'linode_firewall') as { inbound: Record<string, unknown>[]; inbound_policy: string };
    expect(inbound_policy).toBe('DROP');
    expect(inbound.map(({ label, protocol, ports, ipv4, ipv6 }) => [label, protocol, ports, ipv4, ipv6])).toEqual([
      ['ssh', 'TCP', '22', ['192.0.2.0/24'], ['2001:db8::/32']],
      ['web', 'TCP', '80,443', ['0.0.0.0/0'], ['::/0']],
      ['icmp', 'ICMP', undefined, ['0.0.0.0/0'], ['::/0']],
    ]);
  });

  test('ranges of one kind only leave the other out', () => {
    const json = synthEstate('vulpine', { prod: { admins: { ranges: ['2001:db8::/48'] } } }).get('vulpine-host-prod');
    const [ssh] = onlyResource(json, 'linode_firewall').inbound as Record<string, unknown>[];
    expect(ssh).toEqual({ action: 'ACCEPT', label: 'ssh', ports: '22', protocol: 'TCP', ipv6: ['2001:db8::/48'] });
  });

  test('gets a /64, or keeps the one it has; nginx has its documented address in it, and so has DNS', () => {
    expect((0xe621n << 16n) + 0x10n).toBe(BigInt(NGINX_ADDRESS)); // ...::e621:10
    const adopted = synthEstate('vulpine', variant('adopted'));
    expect(resourcesOf(host, 'linode_ipv6_range')).toHaveLength(1);
    expect(resourcesOf(adopted.get('vulpine-host-prod'), 'linode_ipv6_range')).toEqual([]);
    const address = `\${cidrhost("2600:3c03:e000:27b::/64", ${NGINX_ADDRESS})}`;
    expect(resourcesOf(adopted.get('vulpine-host-prod'), 'linode_domain_record')).toContainEqual(
      expect.objectContaining({ name: '', record_type: 'AAAA', target: address }),
    );
    expect(parse(adopted.get('vulpine-host-prod')).output?.SMITHWICKS_PREFIX?.value).toBe('2600:3c03:e000:27b::/64');
    const nginx = resourcesOf(adopted.get('vulpine-containers-prod'), 'docker_container').find(({ name }) => name === 'nginx');
    expect(JSON.stringify(nginx?.networks_advanced)).toMatch(new RegExp(`cidrhost\\(data.terraform_remote_state.[^)]*SMITHWICKS_PREFIX, ${NGINX_ADDRESS}\\)`));
  });

  test('is called what it is also backwards, once the name leads there', () => {
    const names = resourcesOf(host, 'linode_rdns').map(({ rdns, depends_on }) => [rdns, (depends_on as string[]).length]);
    expect(names).toEqual([
      ['smithwicks.vulpine.club', 1],
      ['smithwicks.vulpine.club', 1],
      ['vulpine.club', 1],
    ]);
  });

  test('an instance with a domain of its own has a zone of its own, and one below has none', () => {
    const zones = (domain: string) =>
      resourcesOf(
        synthEstate('vulpine', { prod: { hosts: { smithwicks: { type: 'g6-standard-6' } }, instances: { corsac: { domain } } } }).get('vulpine-host-prod'),
        'linode_domain',
      ).map((zone) => zone.domain);
    expect(zones('corsac.example.org')).toEqual(['vulpine.club', 'corsac.example.org']);
    expect(zones('corsac.vulpine.club')).toEqual(['vulpine.club']);
  });

  test('without a named key Terraform asks for one; with one it does not', () => {
    expect(parse(host)).toHaveProperty('variable.admin_ssh_keys.type', 'list(string)');
    const key = `ssh-ed25519 ${'A'.repeat(43)}= me`;
    const json = synthEstate('vulpine', { prod: { admins: { sshKeys: [key] } } }).get('vulpine-host-prod');
    expect(parse(json)).not.toHaveProperty('variable');
    expect(onlyResource(json, 'linode_instance').authorized_keys).toEqual([key]);
  });
});

describe('user data', () => {
  const text = hostUserData({ admin: 'admin', parts: [{ files: [], folders: ['/etc/vulpine/nginx'], units: ['a.timer'] }] });
  const files = new Map((parseYaml(text).write_files as { path: string; content: string }[]).map(({ path, content }) => [path, content]));

  test('is what the machine gets, and fits', () => {
    const [{ user_data }] = onlyResource(host, 'linode_instance').metadata as [{ user_data: string }];
    const packed = Buffer.from(user_data, 'base64');
    expect(packed.length).toBeLessThan(16_384);
    const got = gunzipSync(packed).toString();
    for (const secret of ['database', 'mastodon', 'smtp', 'aws', 'ambassador']) expect(got).toContain(`/etc/vulpine/vulpine/${secret}`);
  });

  test('the engine speaks IPv6, keeps its logs short, and forwarding does not cost the host its own way out', () => {
    expect(JSON.parse(files.get('/etc/docker/daemon.json') ?? '')).toMatchObject({
      ipv6: true,
      ip6tables: true,
      'userland-proxy': false, // by which clients would be the host
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '20m' },
    });
    expect(files.get('/etc/sysctl.d/90-vulpine.conf')).toMatch(/all\.forwarding = 1[\s\S]*accept_ra = 2/);
    expect(files.get('/etc/ssh/sshd_config.d/10-vulpine.conf')).toContain('PermitRootLogin no\nPasswordAuthentication no\n');
  });

  test("the engine's own addresses are nobody's whom the estate knows, nor those of a default VPC, and there are enough", () => {
    const { 'default-address-pools': pools } = JSON.parse(files.get('/etc/docker/daemon.json') ?? '');
    expect(pools).toHaveLength(1);
    const [{ base, size }] = pools as [{ base: string; size: number }];
    const declared = [IPV4_NAT, VPC_RANGE, BALANCER_RANGE, ...vulpineValues.prod.admins.ranges.filter((range) => !range.includes(':'))];
    // a default VPC of AWS; Linode's private addresses
    expect([...declared, '172.31.0.0/16', '192.168.128.0/17'].filter((range) => overlap(range, base))).toEqual([]);
    // of each instance four, and docker0, and vpc_network
    expect(2 ** (size - Number(base.split('/')[1]))).toBeGreaterThan(20 * 4 + 2);
    expect([overlap('172.24.0.0/14', '172.27.3.0/24'), overlap('172.27.3.0/24', '172.24.0.0/14'), overlap('172.24.0.0/14', '172.28.0.0/16')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('admins do not come from there', () => {
    expect(problems({ prod: { admins: { ranges: ['172.25.0.0/16', '203.0.113.0/24'] } } })).toEqual([
      'prod.admins.ranges.0: must not overlap 172.24.0.0/14: hosts have their containers there, and would not answer',
    ]);
  });

  test('gives the script every variable that it asks for, and bash can read both', () => {
    const script = files.get('/opt/vulpine-host/setup.sh') ?? '';
    const asked = [...script.matchAll(/"\$\{([A-Z_]+):\?\}"/g)].map(([, name]) => name);
    const given = (files.get('/opt/vulpine-host/variables') ?? '').split('\n').flatMap((line) => line.split('=')[0] || []);
    expect(asked.length).toBeGreaterThan(3);
    expect(given.sort()).toEqual(asked.sort());
    for (const name of ['/opt/vulpine-host/setup.sh', '/opt/vulpine-host/variables']) execFileSync('bash', ['-n'], { input: files.get(name) });
    expect(script).toMatch(/^set -euo pipefail$/m);
    expect(script.split('\n# Test\n')).toHaveLength(2);
  });
});

describe('images', () => {
  const image = (digest?: string) =>
    parse(
      synth((stack) => new Image(stack, 'image-redis', { image: 'ghcr.io/a/redis:7.4', digest, lock: 'make lock' }), {
        providers: [docker({ user: 'u', address: () => 'h' })],
      }),
    );

  test('a digest that is locked is what runs; one that is not fails the deploy, not the synth', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(Object.values(image(digest).resource?.docker_image ?? {})).toEqual([expect.objectContaining({ name: `ghcr.io/a/redis@${digest}` })]);
    expect(image(digest)).not.toHaveProperty('variable');
    const open = image();
    expect(Object.values(open.resource?.docker_image ?? {})).toEqual([expect.objectContaining({ name: 'ghcr.io/a/redis@${var.digest_image_redis}' })]);
    expect(open).toHaveProperty('variable.digest_image_redis.validation.0.condition', '${can(regex("^sha256:[0-9a-f]{64}$", var.digest_image_redis))}');
  });

  test('a lock file with something else in it is refused', () => {
    expect(lockedImages('{}')).toEqual({});
    expect(() => lockedImages('{"redis:7": "latest"}')).toThrow('redis:7 is not a digest; run make vulpine-images-lock');
  });
});

describe('containers', () => {
  const all = resourcesOf(containers, 'docker_container');

  test('have names of their own, one image per program, and limits that fit the host', () => {
    expect(all.map(({ name }) => name)).toHaveLength(14);
    const sum = all.reduce((total, { memory }) => total + Number(memory), 0);
    expect(sum).toBeLessThan(8192 - 768);
    expect(resourcesOf(containers, 'docker_image')).toHaveLength(7);
  });

  test('have no swap beside their limits, none of what root can but what they name, and get no more', () => {
    for (const one of all) {
      expect(one).toMatchObject({ restart: 'unless-stopped', security_opts: ['no-new-privileges:true'], capabilities: { drop: ['ALL'] } });
      expect([one.name, one.memory_swap]).toEqual([one.name, one.memory]);
    }
    const kept = (all as { mounts: { target: string; read_only: boolean }[] }[]).flatMap(({ mounts }) => mounts.filter(({ read_only }) => !read_only));
    expect([...new Set(kept.map(({ target }) => target))].sort()).toEqual(
      ['/data', '/dumps', '/mastodon/public/system', '/usr/share/elasticsearch/data', '/var/lib/postgresql/data'].sort(),
    );
  });

  test('more than the host has is refused, with what to do', () => {
    expect(() => synthEstate('vulpine', { prod: { instances: { corsac: { domain: 'corsac.example.org' } } } })).toThrow(
      "vulpine-containers-prod: 27 containers of vulpine and corsac may take 13312 MB, and a g6-standard-4 has 7424 MB for them (768 MB are the system's): choose a bigger type, or less",
    );
    const fewer = { containers: { sidekiq: { replicas: 1 }, web: { replicas: 1, memoryMb: 512 }, es: { memoryMb: 768 }, db: { memoryMb: 768 } } };
    const instances = { vulpine: fewer, corsac: { domain: 'corsac.example.org', ...fewer } };
    expect(synthEstate('vulpine', { prod: { instances } }).size).toBe(3);
  });

  test('what a program takes for itself follows its limit', () => {
    const limits = { redis: { memoryMb: 512 }, es: { memoryMb: 2048 }, sidekiq: { replicas: 1 } };
    const sized = resourcesOf(
      synthEstate('vulpine', { prod: { instances: { vulpine: { containers: limits } } } }).get('vulpine-containers-prod'),
      'docker_container',
    );
    const of = (containers: typeof all, name: string) => containers.find((one) => one.name === name) as unknown as { command: string[]; env: string[] };
    const maxmemory = (containers: typeof all) =>
      of(containers, 'vulpine-redis-1').command.at(of(containers, 'vulpine-redis-1').command.indexOf('--maxmemory') + 1);
    const heap = (containers: typeof all) => of(containers, 'vulpine-es-1').env.find((line) => line.startsWith('ES_JAVA_OPTS='));
    expect([maxmemory(all), maxmemory(sized)]).toEqual(['192mb', '384mb']);
    expect([heap(all), heap(sized)]).toEqual(['ES_JAVA_OPTS=-Xms512m -Xmx512m', 'ES_JAVA_OPTS=-Xms1024m -Xmx1024m']);
    expect(of(sized, 'vulpine-es-1').env).toContain('discovery.type=single-node');
  });

  test('no secret is a variable of a container, and each gets the files of its groups only, read-only', () => {
    const names = Object.values(SECRETS).flatMap((group) => group.map(({ name }) => name));
    for (const { env, mounts } of all as { env: string[]; mounts: { source: string; target: string; read_only: boolean }[] }[]) {
      expect(env.filter((line) => names.includes(line.split('=')[0] ?? ''))).toEqual([]);
      for (const mount of mounts.filter(({ source }) => source.startsWith('/'))) expect(mount.read_only).toBe(true);
    }
    const mountsOf = (name: string) =>
      (all.find((one) => one.name === name) as { mounts: { source: string }[] }).mounts
        .map(({ source }) => source)
        .filter((source) => source.startsWith('/etc/vulpine'));
    expect(mountsOf('vulpine-db-1')).toEqual(['/etc/vulpine/vulpine/database']);
    expect(mountsOf('vulpine-es-1')).toEqual([]);
    expect(mountsOf('vulpine-streaming-2')).toEqual(['/etc/vulpine/vulpine/database', '/etc/vulpine/vulpine/mastodon']);
  });

  test('another instance takes nothing from the first: it keeps every address that it has', () => {
    const addresses = (json: string | undefined) =>
      Object.entries(parse(json).resource ?? {}).flatMap(([type, ids]) => Object.keys(ids).map((id) => `${type}.${id}`));
    const both = synthEstate('vulpine', variant('two-instances'));
    for (const name of ['vulpine-host-prod', 'vulpine-containers-prod']) {
      expect(addresses(both.get(name))).toEqual(expect.arrayContaining(addresses(stacks.get(name))));
    }
  });

  test.each([
    ['db', 'db'],
    ['es', 'es'],
    ['redis', 'redis'],
    ['dbbackup', 'dumps'],
  ])('two %s in one volume are refused, with what to do', (name, volume) => {
    const instances = { vulpine: { containers: { [name]: { replicas: 2 }, sidekiq: { replicas: 1 } } } };
    expect(() => synthEstate('vulpine', { prod: { instances } })).toThrow(
      `vulpine-containers-prod: ${name} of vulpine keeps ${volume} in a volume, and there are 2 of it: let there be one`,
    );
  });

  test('mail has a carrier and a sender, in what sends it and nowhere else; TLS from the start at its port', () => {
    const mailOf = (json: string | undefined, container: string) =>
      resourcesOf(json, 'docker_container')
        .filter(({ name }) => name === container)
        .flatMap(({ env }) => (env as string[]).filter((line) => line.startsWith('SMTP_')))
        .sort();
    expect(mailOf(containers, 'vulpine-sidekiq-4')).toEqual(['SMTP_FROM_ADDRESS=notifications@vulpine.club', 'SMTP_PORT=587', 'SMTP_SERVER=smtp.example.net']);
    expect(mailOf(containers, 'vulpine-web-1')).toHaveLength(3);
    for (const other of ['vulpine-streaming-1', 'vulpine-db-1', 'vulpine-ambassador-1']) expect(mailOf(containers, other)).toEqual([]);
    const other = synthEstate('vulpine', { prod: { mail: { port: 465 }, instances: { vulpine: { mailFrom: 'fox@example.org' } } } });
    expect(mailOf(other.get('vulpine-containers-prod'), 'vulpine-web-2')).toEqual([
      'SMTP_FROM_ADDRESS=fox@example.org',
      'SMTP_PORT=465',
      'SMTP_SERVER=smtp.example.net',
      'SMTP_TLS=true',
    ]);
  });

  test('what is kept is in volumes of the instance, protected', () => {
    const volumes = resourcesOf(synthEstate('vulpine', variant('two-instances')).get('vulpine-containers-prod'), 'docker_volume');
    expect(volumes.map(({ name }) => name).sort()).toEqual(
      ['corsac', 'vulpine'].flatMap((one) => ['db', 'dumps', 'es', 'media', 'redis'].map((volume) => `${one}-${volume}`)),
    );
    for (const volume of volumes) expect(volume).toMatchObject({ lifecycle: { prevent_destroy: true } });
  });

  test('their stack speaks to the host by ssh, and to nobody who is somebody else today', () => {
    const [provider] = parse(containers).provider?.docker ?? [];
    expect(provider).toMatchObject({
      host: expect.stringMatching(/^ssh:\/\/admin@\$\{data\.terraform_remote_state\..*SMITHWICKS_IPV4\}$/),
      ssh_opts: expect.arrayContaining(['BatchMode=yes']),
    });
  });
});

describe('a program that takes secrets as variables', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'setpriv'), '#!/bin/sh\necho "setpriv $1 $2 $3" >&2\nshift 4\nexec "$@"\n', { mode: 0o755 });
  mkdirSync(join(folder, 'run/mastodon'), { recursive: true });
  const script = EXPORT_SECRETS.replaceAll('/run/secrets', join(folder, 'run'));
  const start = (user: string, ...command: string[]) =>
    execFileSync('/bin/sh', ['-c', script, user, ...command], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  test('gets them as they are, whatever is in them, and is somebody else', () => {
    const values = { PLAIN: 'a', ODD: '$(touch /tmp/no) `x` "y" \'z\' \\ $HOME #', LINES: 'one\ntwo', EMPTY: '' };
    for (const [name, value] of Object.entries(values)) writeFileSync(join(folder, 'run/mastodon', name), `${value}\n`);
    const got = start('root', process.execPath, '-e', 'console.log(JSON.stringify(process.env))');
    expect(JSON.parse(got)).toMatchObject(values);
    expect(JSON.parse(got)).toMatchObject({ HOME: '/root' });
    expect(JSON.parse(got)).not.toHaveProperty('value');
  });

  test('does not start when a name is none, nor as a user that is not there', () => {
    expect(() => start('nobody-of-that-name', 'true')).toThrow();
    writeFileSync(join(folder, 'run/mastodon', 'a b'), 'c');
    expect(() => start('root', 'true')).toThrow();
  });
});

describe('config', () => {
  test.each([
    [{ prod: { topology: 'cloud' } }, 'prod.topology: must be "single" or "multi-server" or "kubernetes"'],
    [{ prod: { hosts: { other: { region: 'us-east', type: 'g6-standard-4' } } } }, 'prod.hosts: must name one host'],
    [{ prod: { hosts: { smithwicks: { type: 'g6-nanode-1' } } } }, 'prod.hosts.smithwicks.type: must be one of g6-standard-2'],
    [{ prod: { hosts: { smithwicks: { ipv6Prefix: '2600:3c03:e000:27b::1/64' } } } }, 'bits beyond /64 are set'],
    [{ prod: { hosts: { smithwicks: { ipv6Prefix: '2600:3c03:e000:27b::/80' } } } }, 'it is a /64'],
    [{ prod: { admins: { ranges: ['0.0.0.0/0'] } } }, 'must not be the whole Internet'],
    [{ prod: { admins: { ranges: [] } } }, 'nobody could log in'],
    [{ prod: { admins: { ranges: ['2001:db8::1'] } } }, 'not an IPv6 network: it looks like 2001:db8::/32'],
    [{ prod: { admins: { sshKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] } } }, 'not a public ssh key'],
    [{ prod: { admins: { sshKeys: ['ssh-ed25519 AAAA me@${path.cwd}'] } } }, 'a template of Terraform'],
    [{ prod: { instances: { vulpine: null } } }, 'must have an instance'],
    [{ prod: { instances: { corsac: { domain: 'vulpine.club' } } } }, 'has one domain twice'],
    [{ prod: { instances: { corsac: { domain: 'smithwicks.vulpine.club' } } } }, 'has a domain that is the name of a host'],
    [{ prod: { instances: { vulpine: { containers: { nginx: { replicas: 2 } } } } } }, 'prod.instances.vulpine.containers'],
    [{ shared: { images: { redis: 'redis' } } }, 'shared.images.redis: not an image by its tag'],
    [{ prod: { admins: { ranges: ['203.0.113.7'] } } }, 'prod.admins.ranges.0: not a network: one address is 203.0.113.7/32'],
    [{ prod: { instances: { vulpine: { domain: 'smithwicks.vulpine.club' } } } }, 'prod.instances: has a domain that is the name of a host'],
    [{ prod: { backup: { offsite: { host: 'smithwicks.vulpine.club' } } } }, 'prod.backup.offsite.host: must be another machine'],
    [{ prod: { backup: { offsite: { host: 'vulpine.club' } } } }, 'prod.backup.offsite.host: must be another machine'],
    [{ shared: { images: { mastodon: 'ghcr.io/mastodon/mastodon:v4.5.0' } } }, 'shared.images.streaming: must have the tag of shared.images.mastodon'],
    [{ prod: { instances: { vulpine: { containers: { es: { memoryMb: 512 } } } } } }, 'prod.instances.vulpine.containers.es.memoryMb: must be 768 MB or more'],
    [{ prod: { instances: { vulpine: { containers: { redis: { memoryMb: 192 } } } } } }, 'containers.redis.memoryMb: must be 256 MB or more'],
    [{ prod: { instances: { vulpine: { mailFrom: 'vulpine' } } } }, 'prod.instances.vulpine.mailFrom: not an e-mail address'],
    [{ prod: { mail: { port: 0 } } }, 'prod.mail.port: must be 1 or more'],
    // all at once, also where others are wrong
    [{ prod: { topology: 'cloud', backup: { offsite: { host: 'vulpine.club' } } } }, 'prod.backup.offsite.host: must be another machine'],
  ])('%j is refused: %s', (override, message) => {
    expect(problems(override).join('\n')).toContain(message);
  });

  test('an image of somebody else may count its versions otherwise', () => {
    expect(problems({ shared: { images: { mastodon: 'me/mastodon:foxes-7' } } })).toEqual([]);
  });
});
