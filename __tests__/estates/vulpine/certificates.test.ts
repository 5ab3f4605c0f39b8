import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { certificates } from '../../../estates/vulpine/host/certificates';
import { hostSetups } from '../../../estates/vulpine/host/setups';
import { vulpineNeeds } from '../../../estates/vulpine/needs';
import several from '../../../estates/vulpine/variants/multi-server.json';

const DOMAINS = ['vulpine.example.org', 'corsac.example.org'];
const part = (challenge: 'http' | 'dns') => certificates({ domains: DOMAINS, contact: 'a@example.org', challenge, alert: { webhook: true, repeatHours: 6 } });
const fileOf = (name: string, challenge: 'http' | 'dns' = 'http') => part(challenge).files.find(({ path }) => path.endsWith(name))?.content ?? '';
const configOf = (challenge: 'http' | 'dns') => vulpineSchema.parse(mergePatch(vulpineValues, { prod: { certificates: { challenge } } }));

describe('what a host has for certificates', () => {
  test('the script is given every variable that it asks for', () => {
    const asked = [...fileOf('certificates.sh').matchAll(/"\$\{([A-Z_]+):\?\}"/g)].map(([, name]) => name);
    const given = [...fileOf('vulpine-host/certificates').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect([...given, 'RUNTIME_DIRECTORY'].sort()).toEqual(asked.sort());
    expect(fileOf('.service')).toMatch(/^EnvironmentFile=\/opt\/vulpine-host\/certificates$[\s\S]*^RuntimeDirectory=/m);
    expect(fileOf('vulpine-host/certificates')).toContain('DOMAINS="vulpine.example.org corsac.example.org"\n');
  });

  test("a timer starts it, and Debian's own does nothing", () => {
    expect(part('http').units).toEqual(['vulpine-certificates.timer']);
    expect(fileOf('certbot.service.d/vulpine.conf')).toBe('[Unit]\nConditionPathExists=!/opt/vulpine-host/certificates.sh\n');
  });

  test('by DNS it has what asks Linode, and a token to ask for; otherwise neither', () => {
    expect([part('http').packages, part('dns').packages]).toEqual([
      ['certbot', 'curl', 'openssl'],
      ['certbot', 'curl', 'openssl', 'python3-certbot-dns-linode'],
    ]);
    const tokens = (challenge: 'http' | 'dns') =>
      vulpineNeeds(configOf(challenge)).flatMap((need) => (need.kind === 'secret' && need.name.includes('DNS') ? need : []));
    expect(tokens('http')).toEqual([]);
    expect(tokens('dns')).toEqual([expect.objectContaining({ type: 'host', host: 'smithwicks.vulpine.club', file: 'linode-dns/LINODE_DNS_TOKEN' })]);
    expect(fileOf('vulpine-host/certificates', 'dns')).toContain('TOKEN_FILE="/etc/vulpine/linode-dns/LINODE_DNS_TOKEN"\n');
  });

  test('no two files of a host are one', () => {
    const [setup] = [...hostSetups(configOf('dns')).values()];
    const paths = setup?.files.map(({ path }) => path) ?? [];
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.length).toBeGreaterThan(10);
  });
});

describe('by DNS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const at = (name: string) => join(folder, name);
  for (const name of ['bin', 'runtime', 'given', 'live/vulpine.example.org']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('script'), fileOf('certificates.sh'), { mode: 0o755 });
  /** Writes down how it was called, and what the file with the token was. */
  const certbot = [
    '#!/bin/sh',
    `echo "$*" >>${at('calls')}`,
    `stat -c %a ${at('runtime/linode.ini')} >>${at('calls')}`,
    `cat ${at('runtime/linode.ini')} >${at('ini')}`,
    'exit 1',
  ];
  writeFileSync(at('bin/certbot'), `${certbot.join('\n')}\n`, { mode: 0o755 });
  writeFileSync(at('bin/docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const variables = {
    DOMAINS: 'vulpine.example.org',
    CONTACT: 'a@example.org',
    CHALLENGE: 'dns',
    WEBROOT: at('acme'),
    TOKEN_FILE: at('token'),
    CERTIFICATES: at('given'),
  };
  const run = () =>
    spawnSync(at('script'), {
      encoding: 'utf8',
      env: { ...variables, RUNTIME_DIRECTORY: at('runtime'), LETSENCRYPT_LIVE: at('live'), PATH: `${at('bin')}:${process.env.PATH}` },
    });

  test('without a token nobody is asked, and it is said what to do', () => {
    expect(run()).toMatchObject({ status: 1, stderr: `certificates: ${at('token')} has no value: run make secrets ESTATE=vulpine\n` });
    expect(existsSync(at('calls'))).toBe(false);
  });

  test('the token is in a file of root while certbot runs, in no argument, and gone afterwards', () => {
    writeFileSync(at('token'), 'a-secret-token');
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('vulpine.example.org has no certificate: https does not answer there') });
    const calls = readFileSync(at('calls'), 'utf8');
    expect(calls).toContain(`--dns-linode --dns-linode-credentials ${at('runtime/linode.ini')} --cert-name vulpine.example.org --domain vulpine.example.org`);
    expect(calls).toMatch(/^600$/m);
    expect(calls).not.toContain('a-secret-token');
    expect(readFileSync(at('ini'), 'utf8')).toBe('dns_linode_version = 4\ndns_linode_key = a-secret-token');
    expect(readdirSync(at('runtime'))).toEqual(['problems']);
  });
});

describe('a renewal that fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'told-'));
  const at = (name: string) => join(folder, name);
  for (const name of ['bin', 'runtime', 'state', 'given', 'live']) mkdirSync(at(name));
  for (const name of ['certificates.sh', 'told.sh', 'alert.sh']) writeFileSync(at(name), fileOf(name), { mode: 0o755 });
  for (const name of ['certbot', 'docker']) writeFileSync(at(`bin/${name}`), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const service = fileOf('vulpine-certificates.service');

  /** A run as systemd does it, with what stands in the unit: the program, and what comes after it, which gets to know how it ended. */
  async function run(domains: string): Promise<number> {
    const [, repeat = '', webhook = ''] = /^Environment=(REPEAT_HOURS=\d+) (WEBHOOK=\S+)$/m.exec(service) ?? [];
    expect(webhook).toBe('WEBHOOK=/etc/vulpine/backup/WEBHOOK_URL');
    const [, after = '', what = ''] = /^ExecStopPost=-\/opt\/vulpine-host\/(\S+) (.+)$/m.exec(service) ?? [];
    const env = {
      PATH: `${at('bin')}:/usr/bin:/bin`,
      DOMAINS: domains,
      CONTACT: 'a@example.org',
      CHALLENGE: 'http',
      WEBROOT: at('acme'),
      TOKEN_FILE: at('token'),
      CERTIFICATES: at('given'),
      LETSENCRYPT_LIVE: at('live'),
      RUNTIME_DIRECTORY: at('runtime'),
      STATE_DIRECTORY: at('state'),
      REPEAT_HOURS: repeat.split('=')[1],
      WEBHOOK: at('WEBHOOK_URL'),
    };
    const { status } = spawnSync(at('certificates.sh'), { env });
    const told = spawn(at(after), [what], { env: { ...env, SERVICE_RESULT: status === 0 ? 'success' : 'exit-code' }, stdio: 'ignore' });
    const [code] = await once(told, 'close');
    return code;
  }

  test('is told by the webhook once, with the domain, and once when it is well again', async () => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        heard.push(JSON.parse(body).text);
        response.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      writeFileSync(at('WEBHOOK_URL'), `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await run('vulpine.example.org corsac.example.org')).toBe(0);
      expect(await run('vulpine.example.org corsac.example.org')).toBe(0);
      const [said = ''] = heard;
      expect(said).toContain(': certificates: vulpine.example.org has no certificate: https does not answer there; corsac.example.org has no certificate');
      expect(heard).toHaveLength(1);
      expect(existsSync(at('state/alert'))).toBe(true);
      const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '60', '-subj', '/CN=v'];
      mkdirSync(at('live/vulpine.example.org'));
      const files = ['-keyout', at('live/vulpine.example.org/privkey.pem'), '-out', at('live/vulpine.example.org/fullchain.pem')];
      expect(spawnSync('openssl', [...made, ...files]).status).toBe(0);
      expect(await run('vulpine.example.org')).toBe(0);
      expect(heard.slice(1)).toEqual([expect.stringContaining('well again')]);
      expect(existsSync(at('state/alert'))).toBe(false);
    } finally {
      server.close();
    }
  });

  test('stops the heartbeat of the host, where one is kept', () => {
    const [setup] = [...hostSetups(configOf('http')).values()];
    const settings = setup?.files.find(({ path }) => path === '/opt/vulpine-backup/settings')?.content;
    expect(settings).toContain("ALSO_WRONG='/var/lib/vulpine-certificates/alert'\n");
    expect(service).toContain('StateDirectory=vulpine-certificates\n');
  });

  test("every host with certificates is asked for the webhook's URL, when there is to be one", () => {
    const hosts = (override: object) =>
      vulpineNeeds(vulpineSchema.parse(mergePatch(mergePatch(vulpineValues, several.vulpine), { prod: { backup: { alert: override } } }))).flatMap((need) =>
        need.kind === 'secret' && need.type === 'host' && need.name === 'backup/WEBHOOK_URL' ? need.host.split('.')[0] : [],
      );
    expect(hosts({ webhook: true }).sort()).toEqual(['kilkenny', 'murphys', 'smithwicks']);
    expect(hosts({ webhook: false })).toEqual([]);
  });
});
