import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { Container } from '../../../constructs/docker/container';
import { Image } from '../../../constructs/docker/image';
import { Network } from '../../../constructs/docker/network';
import { docker } from '../../../constructs/docker/provider';
import { CERTIFICATES_FOLDER, CHALLENGES_FOLDER } from '../../../estates/vulpine/host/certificates';
import { CERTIFICATES_IN_NGINX, CHALLENGES_IN_NGINX, nginxFiles } from '../../../estates/vulpine/nginx/config';
import type { NginxOptions } from '../../../estates/vulpine/nginx/options';
import { DockerReach } from '../../support/docker-reach';
import { ROOT } from '../../support/repository';
import { onlyResource, resourcesOf, synth, synthEstate } from '../../support/synth';

const upstream = (name: string, port = 3000) => ({ name, port });
const one: NginxOptions = {
  instances: { vulpine: { domain: 'vulpine.example.org', web: upstream('vulpine_fe_web'), streaming: upstream('vulpine_fe_streaming', 4000) } },
};
const instances = {
  ...one.instances,
  corsac: { domain: 'corsac.example.org', web: { addresses: ['10.0.0.4', '2001:db8::4'], port: 3000 }, streaming: upstream('c', 4000) },
};
const filesOf = (options: NginxOptions) => new Map(nginxFiles(options).map(({ path, content }) => [path, content]));
const allOf = (options: NginxOptions) => [...filesOf(options).values()].join('\n');
const variant = JSON.parse(readFileSync(join(ROOT, 'estates/vulpine/variants/two-instances.json'), 'utf8')).vulpine as object;

describe("nginx's files", () => {
  test('one for each instance, one for names that nobody has, and one for all', () => {
    const all = ['/etc/nginx/nginx.conf', '/etc/nginx/conf.d/default.conf', '/usr/share/nginx/html/unavailable.html'];
    expect([...filesOf({ instances }).keys()].sort()).toEqual(
      [...all, '/etc/nginx/conf.d/instance-corsac.conf', '/etc/nginx/conf.d/instance-vulpine.conf'].sort(),
    );
    expect([...filesOf(one).keys()]).toHaveLength(4);
  });

  test('another instance changes nothing of the first', () => {
    const [before, after] = [filesOf(one), filesOf({ instances })];
    for (const [path, content] of before) expect(after.get(path)).toBe(content);
  });

  test('a name is looked up again and again, an address stands in a group of its own', () => {
    expect(filesOf(one).get('/etc/nginx/conf.d/instance-vulpine.conf')).toContain('  set $web vulpine_fe_web;\n  set $streaming vulpine_fe_streaming;\n');
    const corsac = filesOf({ instances }).get('/etc/nginx/conf.d/instance-corsac.conf') ?? '';
    expect(corsac).toMatch(/^upstream corsac_web \{\n {2}server 10\.0\.0\.4:3000 [^\n]*\n {2}server \[2001:db8::4\]:3000 [^\n]*\n\}\n\nserver \{\n/);
    expect(corsac).not.toContain('$web');
    for (const port of [80, 443])
      for (const at of ['', '[::]:']) expect(corsac).toMatch(new RegExp(`^ {2}listen ${at.replace(/[[\]]/g, '\\$&')}${port}[ ;]`, 'm'));
  });

  test('behind a balancer, every port speaks the PROXY protocol, and only the balancer is believed', () => {
    const behind: NginxOptions = { instances, clientAddress: { proxyProtocolFrom: ['192.168.255.0/24', '2001:db8::/32'] } };
    const listens = (options: NginxOptions) => [...allOf(options).matchAll(/^ *listen .*$/gm)].map(([line]) => line.trim());
    expect(listens(behind)).toHaveLength(12);
    expect(listens(behind).every((line) => line.endsWith(' proxy_protocol;'))).toBe(true);
    expect(listens({ instances }).some((line) => line.includes('proxy'))).toBe(false);
    expect(allOf(behind)).toContain('  set_real_ip_from 192.168.255.0/24;\n  set_real_ip_from 2001:db8::/32;\n  real_ip_header proxy_protocol;\n');
    expect(allOf({ instances })).not.toMatch(/real_ip/);
    const without = (text: string) =>
      text
        .replaceAll(/^ *(set_real_ip_from|real_ip_header) .*\n/gm, '')
        .replaceAll(' proxy_protocol;', ';')
        .replaceAll(/\n+/g, '\n');
    expect(without(allOf(behind))).toBe(allOf({ instances }).replaceAll(/\n+/g, '\n'));
  });

  test('by DNS, no challenge is shown', () => {
    expect(allOf({ ...one, challenge: 'dns' })).not.toContain('acme');
    expect(allOf(one)).toContain(`root ${CHALLENGES_IN_NGINX};`);
  });

  test('no stapling: the authority has no OCSP any more', () => expect(allOf(one)).not.toMatch(/stapling/));

  test.each([
    [{ instances: {} }, 'must have an instance'],
    [{ instances: { vulpine: { ...one.instances.vulpine, domain: 'a.org; return 200' } } }, 'not a domain name'],
    [{ instances: { 'a b': one.instances.vulpine } }, 'lower-case letters and digits'],
    [{ instances: { vulpine: { ...one.instances.vulpine, web: upstream('a;b') } } }, 'not a name of a host'],
    [{ instances: { vulpine: { ...one.instances.vulpine, web: { addresses: [], port: 1 } } } }, 'must have an address'],
    [{ ...one, clientAddress: { proxyProtocolFrom: ['10.0.0.0/33'] } }, 'the prefix length is 0 to 32'],
    [{ ...one, clientAddress: { proxyProtocolFrom: [] } }, 'must name a network'],
    [{ ...one, resolver: 'localhost' }, 'must be an address, or a whole DNS name'],
    [{ ...one, resolver: 'a.org; return 200' }, 'must be an address, or a whole DNS name'],
  ])('%j is refused', (options, message) => {
    expect(() => nginxFiles(options as NginxOptions)).toThrow(message);
  });
});

describe("nginx's container", () => {
  const json = synthEstate('vulpine', variant).get('vulpine-containers-prod') ?? '';
  const nginx = resourcesOf(json, 'docker_container').find(({ name }) => name === 'nginx') as {
    upload: { file: string; content: string }[];
    mounts: { source: string; target: string; read_only: boolean }[];
  };
  const text = nginx.upload.map(({ content }) => content).join('\n');

  test('has its files, and sees certificates and challenges, nothing else of the host', () => {
    expect(nginx.upload.map(({ file }) => file)).toContain('/etc/nginx/conf.d/instance-corsac.conf');
    expect(nginx.mounts.map(({ source, target, read_only }) => [source, target, read_only])).toEqual([
      [CERTIFICATES_FOLDER, CERTIFICATES_IN_NGINX, true],
      [CHALLENGES_FOLDER, CHALLENGES_IN_NGINX, true],
    ]);
  });

  test('finds every upstream by a name that its networks know', () => {
    const reach = new DockerReach(json);
    const named = [...text.matchAll(/set \$(web|streaming) ([\w.-]+);/g)];
    expect(named).toHaveLength(4);
    for (const [, of, name] of named) expect([name, reach.resolve('nginx', name as string).every((found) => found.includes(`-${of}-`))]).toEqual([name, true]);
    for (const [, , name] of named) expect(reach.resolve('nginx', name as string)).toHaveLength(2);
    expect([...new Set([...text.matchAll(/proxy_pass http:\/\/\$(\w+):(\d+);/g)].map(([, of, port]) => `${of}:${port}`))].sort()).toEqual([
      'streaming:4000',
      'web:3000',
    ]);
  });

  test('a file is put into a container as it is', () => {
    const files = [{ path: '/etc/a', content: '${HOME} %{if} $x' }];
    const made = synth(
      (stack) =>
        new Container(stack, 'a', {
          name: 'alone',
          image: new Image(stack, 'image', { image: 'a:1', digest: `sha256:${'a'.repeat(64)}`, lock: 'l' }),
          networks: [{ network: new Network(stack, 'n', { name: 'net' }) }],
          memoryMb: 32,
          healthCheck: { test: ['CMD', 'true'] },
          files,
        }),
      { providers: [docker({ user: 'u', address: () => 'h' })] },
    );
    expect(onlyResource(made, 'docker_container').upload).toEqual([{ file: '/etc/a', content: '$${HOME} %%{if} $x' }]);
  });
});

test('a challenge that nobody knows is refused', () => {
  const given = mergePatch(vulpineValues, { prod: { certificates: { challenge: 'tls' } } });
  expect(vulpineSchema.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'prod.certificates.challenge: must be "http" or "dns"',
  ]);
});
