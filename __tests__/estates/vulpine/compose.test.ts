import { execFileSync } from 'node:child_process';
import { createECDH } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { type VulpineConfig, vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { composeOf } from '../../../estates/vulpine/compose/file';
import { composeOptions } from '../../../estates/vulpine/compose/options';
import { SECRETS } from '../../../estates/vulpine/containers/secrets';
import { makeThrowAway } from '../../../scripts/support/vulpine/throw-away';
import { resourcesOf, synthEstate } from '../../support/synth';
import { variant } from '../../support/vulpine/documents';

const configOf = (override: object): VulpineConfig => vulpineSchema.parse(mergePatch(vulpineValues, override));

interface ContainerJson {
  readonly name: string;
  readonly env: readonly string[];
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly networks_advanced: readonly { readonly name: string; readonly aliases?: readonly string[] }[];
  readonly mounts: readonly { readonly type: string; readonly target: string; readonly read_only: boolean; readonly source: string }[];
  readonly upload?: readonly { readonly file: string; readonly content: string }[];
  readonly [more: string]: unknown;
}

describe.each([
  ['one instance', {}],
  ['two instances on one host', variant('two-instances')],
])('a Compose file of %s', (_title, override) => {
  const json = synthEstate('vulpine', override).get('vulpine-containers-prod');
  const terraform = resourcesOf(json, 'docker_container') as unknown as ContainerJson[];
  const { file, files } = composeOf(configOf(override));
  /** What Compose and Terraform would make of a text: both read a dollar as their own. */
  const unescaped = (texts: readonly string[] | undefined) => texts?.map((text) => text.replaceAll('$$', '$'));

  test('has the containers of the host, by their names', () => {
    expect(Object.keys(file.services).sort()).toEqual(terraform.map(({ name }) => name).sort());
    for (const [name, { container_name }] of Object.entries(file.services)) expect(container_name).toBe(name);
  });

  test.each(terraform)('$name is what it is on the host: networks, names, limits, checks, rights, files', (wanted) => {
    const service = file.services[wanted.name];
    const networks = wanted.networks_advanced.map(({ name, aliases }) => [
      /docker_network\.(.*)\.name/.exec(name)?.[1]?.replace(/_resource_\w+$/, ''),
      aliases ?? [],
    ]);
    const given = Object.entries(service?.networks ?? {}).map(([name, use]) => [name.replaceAll('_', '-'), 'aliases' in use ? use.aliases : []]);
    expect(given).toEqual(networks);
    const { restart, init, user, stop_grace_period: stop, mem_limit, memswap_limit, logging, security_opt } = service ?? {};
    expect({ restart, init, user, stop, mem_limit, memswap_limit, logging, security_opt }).toEqual({
      restart: wanted.restart,
      init: wanted.init,
      user: wanted.user,
      stop: `${wanted.stop_timeout}s`,
      mem_limit: `${wanted.memory}m`,
      memswap_limit: `${wanted.memory_swap}m`,
      logging: { driver: wanted.log_driver, options: wanted.log_opts },
      security_opt: wanted.security_opts,
    });
    expect({ drop: service?.cap_drop, add: service?.cap_add }).toEqual({ add: undefined, ...(wanted.capabilities as object) });
    expect(unescaped(service?.entrypoint)).toEqual(unescaped(wanted.entrypoint?.map((text) => text.replaceAll('$${', '${'))));
    expect(unescaped(service?.command)).toEqual(unescaped(wanted.command?.map((text) => text.replaceAll('$${', '${'))));
    // nothing leaves a local run: neither files nor mail
    const own = (line: string) => !/^(LOCAL_DOMAIN|S3_|CDN_|SMTP_)/.test(line);
    expect(
      Object.entries(service?.environment ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .filter(own)
        .sort(),
    ).toEqual(wanted.env.filter(own).sort());
    const { healthcheck } = wanted as unknown as { healthcheck: { retries: number; test: readonly string[] } };
    expect(service?.healthcheck).toMatchObject({ retries: healthcheck.retries });
    expect(unescaped(service?.healthcheck.test)).toEqual(healthcheck.test);
    const mounted = [
      ...wanted.mounts.map(({ type, target, read_only }) => ({ type, target, read_only })),
      ...(wanted.upload ?? []).map(({ file: target }) => ({ type: 'bind', target, read_only: true })),
    ];
    expect(service?.volumes.map(({ type, target, read_only }) => ({ type, target, read_only }))).toEqual(mounted);
  });

  test('its networks lead out, or do not, as on the host', () => {
    const wanted = resourcesOf(json, 'docker_network').map(({ name, internal, options }) => [name, internal, options]);
    const given = Object.entries(file.networks).map(([name, { internal, driver_opts }]) => [name, internal ?? false, driver_opts]);
    // IPv6 is behind NAT here: nobody routes a local prefix
    const withoutRouted = wanted.map(([name, internal, options]) => [
      name,
      internal,
      Object.fromEntries(Object.entries(options as object).filter(([option]) => !option.endsWith('gateway_mode_ipv6'))),
    ]);
    expect(given).toEqual(withoutRouted);
    expect(file.networks.external_network?.ipam?.config).toEqual([{ subnet: '172.31.0.0/16' }, { subnet: 'fd76:756c:7069:6e65::/64' }]);
  });

  test('nginx is the only one that answers beyond docker, on this machine only, and knows the instances by their local names', () => {
    const published = Object.values(file.services).flatMap(({ container_name, ports = [] }) => ports.map((port) => `${container_name} ${port}`));
    expect(published).toEqual(['nginx 127.0.0.1:80:80', 'nginx 127.0.0.1:443:443']);
    for (const instance of Object.keys(configOf(override).prod.instances)) {
      expect(file.services[`${instance}-web-1`]?.environment.LOCAL_DOMAIN).toBe(`${instance}.localhost`);
      expect(files.get(`./files/etc/nginx/conf.d/instance-${instance}.conf`)).toContain(`server_name ${instance}.localhost;`);
    }
    expect(JSON.stringify(file) + [...files.values()].join('')).not.toMatch(/vulpine\.club|S3_ENABLED/);
  });

  test('every file that a service mounts is made, and every volume is one of its own', () => {
    const mounts = Object.values(file.services).flatMap(({ volumes }) => volumes);
    const generated = mounts.filter(({ source }) => source.startsWith('./files/')).map(({ source }) => source);
    expect(generated.sort()).toEqual([...files.keys()].sort());
    expect([...new Set(mounts.filter(({ type }) => type === 'volume').map(({ source }) => source))].sort()).toEqual(Object.keys(file.volumes).sort());
  });
});

test("ports, address and prefix are the caller's; an image with a digest is that", () => {
  const options = { http: 8080, https: 8443, address: '::1', ipv6Prefix: 'fd00:1:2:3::/64' };
  const { file } = composeOf(configOf({}), options, { locked: { 'redis:7.4.5-alpine': 'sha256:a' } });
  expect(file.services.nginx?.ports).toEqual(['[::1]:8080:80', '[::1]:8443:443']);
  expect(file.services.nginx?.networks.external_network).toEqual({ ipv6_address: 'fd00:1:2:3::e621:10' });
  expect(file.services['vulpine-redis-1']?.image).toBe('redis:7.4.5-alpine@sha256:a');
  expect(file.services['vulpine-db-1']?.image).toBe('postgres:16.10-alpine');
  expect(() => composeOf(configOf({}), { http: 0 })).toThrow('must be a port, 1 to 65535');
});

describe('throw-away values', () => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');

  test('every secret gets one, and no other user of this machine may read it', () => {
    const { written } = makeThrowAway(folder, ['vulpine']);
    for (const [group, all] of Object.entries(SECRETS))
      for (const { name } of all) expect(read(`secrets/vulpine/${group}/${name}`)).toMatch(/^[\w-]{32,}={0,2}$/);
    expect(written).toHaveLength(Object.values(SECRETS).flat().length + 2);
    for (const top of ['secrets', 'host']) expect(statSync(join(folder, top)).mode & 0o777).toBe(0o700);
    if (process.getuid?.() === 0) expect(statSync(join(folder, 'secrets/vulpine/database/DB_PASS')).mode & 0o777).toBe(0o600);
  });

  test('keys of notifications are a pair of their curve', () => {
    const [own, other] = ['PRIVATE', 'PUBLIC'].map((name) => Buffer.from(read(`secrets/vulpine/mastodon/VAPID_${name}_KEY`), 'base64url'));
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(own as Buffer);
    expect(pair.getPublicKey()).toEqual(other);
  });

  test("nginx gets a key and a certificate of the domain's", () => {
    const said = execFileSync('openssl', ['x509', '-noout', '-ext', 'subjectAltName', '-in', join(folder, 'host/certificates/vulpine.localhost/tls.pem')], {
      encoding: 'utf8',
    });
    expect(said).toContain('DNS:vulpine.localhost');
    expect(read('host/certificates/vulpine.localhost/tls.pem')).toContain('PRIVATE KEY');
    expect(read('host/certificates/vulpine.localhost/tls.conf')).toContain('ssl_certificate /etc/nginx/certificates/vulpine.localhost/tls.pem;');
  });

  test('what is there stays; half a pair is refused', () => {
    writeFileSync(join(folder, 'secrets/vulpine/database/DB_PASS'), 'mine');
    rmSync(join(folder, 'secrets/vulpine/smtp/SMTP_LOGIN'));
    expect(makeThrowAway(folder, ['vulpine']).written).toEqual(['./secrets/vulpine/smtp/SMTP_LOGIN']);
    expect(read('secrets/vulpine/database/DB_PASS')).toBe('mine');
    rmSync(join(folder, 'secrets/vulpine/mastodon/VAPID_PUBLIC_KEY'));
    expect(() => makeThrowAway(folder, ['vulpine'])).toThrow('VAPID_PUBLIC_KEY is missing, and the other key of the pair is there');
  });
});

test('one port for both ways in is refused', () => {
  const { error } = composeOptions.safeParse({ http: '8443', https: '8443' });
  expect(error?.issues).toEqual([expect.objectContaining({ path: ['https'], message: 'must not be the port of http' })]);
  expect(composeOptions.safeParse({ https: '80' }).success).toBe(false);
});
