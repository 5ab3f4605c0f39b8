import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { CERTIFICATES_UNIT } from '../../estates/vulpine/host/certificates';
import { hostOptions } from '../../estates/vulpine/host/parts';
import { hostFiles } from '../../estates/vulpine/host/user-data';
import { NameServer } from '../support/name-server';
import { Pebble } from '../support/pebble';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { VulpineNginx } from '../support/vulpine-nginx';

const DOMAIN = 'vulpine.example.org';
const UNKNOWN = 'unknown.example.org';

describeReal(['nginx', 'openssl', 'certbot', 'pebble'], 'certificates of a host, by the real certbot from a real authority', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const at = (name: string) => join(folder, name);
  const files = new Map(hostFiles(hostOptions(vulpineSchema.parse(vulpineValues))).map(({ path, content }) => [path, content]));
  let names: NameServer;
  let nginx: VulpineNginx;
  let pebble: Pebble;

  /** What the timer starts, with its folders below ours, and this authority. */
  function renew(more: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly said: string }> {
    const command = /^ExecStart=(.*)$/m.exec(files.get(`/etc/systemd/system/${CERTIFICATES_UNIT}.service`) ?? '')?.[1] ?? '';
    writeFileSync(at('unit'), files.get(command) ?? '', { mode: 0o755 });
    const environment = {
      CONTACT: 'hostmaster@example.org',
      CHALLENGE: 'http',
      TOKEN_FILE: at('none'),
      DOMAINS: DOMAIN,
      WEBROOT: join(nginx.folder, 'acme'),
      CERTIFICATES: join(nginx.folder, 'certificates'),
      RUNTIME_DIRECTORY: at('runtime'),
      LETSENCRYPT_LIVE: at('letsencrypt/live'),
      XDG_CONFIG_HOME: at('config'),
      REQUESTS_CA_BUNDLE: pebble.certificate,
      PATH: `${at('bin')}:${process.env.PATH}`,
      HOME: folder,
      ...more,
    };
    // not waiting in one go: the name server is in this process
    return new Promise((resolve) => {
      execFile(at('unit'), { env: environment, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code ?? 128) : 0, said: `${stdout}${stderr}` }),
      );
    });
  }
  const reloads = () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').match(/^exec nginx nginx -s reload$/gm) : null)?.length ?? 0;

  /** What nginx shows to who trusts the authority. */
  function shown(ca: string): Promise<PeerCertificate> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: nginx.https, servername: DOMAIN, ca, rejectUnauthorized: true }, () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      }).on('error', reject);
    });
  }
  const changedFrom = async (serial: string | undefined): Promise<string> => {
    const ca = await pebble.root();
    for (let tries = 0; tries < 50; tries += 1) {
      const now = await shown(ca).catch(() => undefined);
      if (now && now.serialNumber !== serial) return now.serialNumber;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('nginx shows no other certificate');
  };
  const serial = async () => (await shown(await pebble.root())).serialNumber;

  beforeAll(async () => {
    names = await NameServer.start();
    names.names.set(DOMAIN, ['127.0.0.1']);
    const upstream = { addresses: ['127.0.0.1'], port: 1 };
    nginx = await VulpineNginx.start({ instances: { vulpine: { domain: DOMAIN, web: upstream, streaming: upstream } } }, names.port);
    pebble = await Pebble.start({ httpPort: nginx.http, nameServer: names.port, days: 20 }); // so that each is due: certbot renews thirty days before the end
    for (const name of ['bin', 'runtime', 'config/letsencrypt']) mkdirSync(at(name), { recursive: true });
    const settings = { server: pebble.directory, 'config-dir': at('letsencrypt'), 'work-dir': at('work'), 'logs-dir': at('logs') };
    writeFileSync(
      at('config/letsencrypt/cli.ini'),
      Object.entries(settings)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(''),
    );
    // the engine, which runs things in the container of that name
    const docker = [
      '#!/bin/sh',
      `echo "$*" >>${at('calls')}`,
      `[ ! -e ${at('no-container')} ] || exit 1`,
      '[ "$1 $2" != "exec nginx" ] || { shift 3; exec nginx -c "$CONF" "$@"; }',
    ];
    writeFileSync(at('bin/docker'), `${docker.join('\n').replace('$CONF', join(nginx.folder, 'nginx.conf'))}\n`, { mode: 0o755 });
  });
  afterAll(async () => {
    await nginx?.stop();
    await pebble?.stop();
    names?.close();
  });

  test('the first one: nginx ran without, proves whose the domain is, and has it', async () => {
    const { status, said } = await renew();
    expect([status, said]).toEqual([0, expect.stringContaining(`certificates: ${DOMAIN}: notAfter=`)]);
    await changedFrom(undefined);
    expect(reloads()).toBe(1);
    expect(readdirSync(join(nginx.folder, 'acme/.well-known/acme-challenge'))).toEqual([]);
  });

  test('its key is for root only, and nothing else of certbot is where nginx looks', () => {
    const own = join(nginx.folder, 'certificates', DOMAIN);
    expect(readdirSync(own).sort()).toEqual(['tls.conf', 'tls.pem']);
    expect(statSync(join(own, 'tls.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(readdirSync(at('runtime'))).toEqual([]);
  });

  test('one that is due is renewed, and shown without a restart', async () => {
    const before = await serial();
    expect((await renew()).status).toBe(0);
    expect(await changedFrom(before)).not.toBe(before);
    expect(reloads()).toBe(2);
  });

  describe('that is not due', () => {
    beforeAll(() => {
      const settings = at(`letsencrypt/renewal/${DOMAIN}.conf`);
      writeFileSync(settings, `renew_before_expiry = 10 days\n${readFileSync(settings, 'utf8').replace(/^.*renew_before_expiry.*\n/m, '')}`);
    });

    test('it stays, and nginx is left alone', async () => {
      const before = await serial();
      expect((await renew()).status).toBe(0);
      expect(await serial()).toBe(before);
      expect(reloads()).toBe(2);
    });

    test('a domain that gets none fails the run, says so, and takes nothing from the others', async () => {
      rmSync(join(nginx.folder, 'certificates', DOMAIN), { recursive: true });
      const { status, said } = await renew({ DOMAINS: `${UNKNOWN} ${DOMAIN}` });
      expect(status).toBe(1);
      expect(said).toContain(`certificates: ${UNKNOWN} has no certificate: https does not answer there`);
      expect(said).toContain(`certificates: ${DOMAIN}: nginx gets a new certificate`);
      await changedFrom(undefined);
      expect(reloads()).toBe(3);
    });

    test('a reload that failed is done the next time', async () => {
      const conf = join(nginx.folder, 'nginx.conf');
      const sound = readFileSync(conf, 'utf8');
      rmSync(join(nginx.folder, 'certificates', DOMAIN), { recursive: true });
      writeFileSync(conf, 'broken');
      expect(await renew()).toMatchObject({ status: 1, said: expect.stringContaining('nginx did not read them, and goes on with what it had') });
      expect((await renew()).status).toBe(1);
      writeFileSync(conf, sound);
      expect((await renew()).status).toBe(0);
      const count = reloads();
      expect((await renew()).status).toBe(0);
      expect(reloads()).toBe(count);
    });

    test('without a container yet, the next one reads them as it starts', async () => {
      rmSync(join(nginx.folder, 'certificates', DOMAIN), { recursive: true });
      writeFileSync(at('no-container'), '');
      expect(await renew()).toMatchObject({ status: 0, said: expect.stringContaining('there is no nginx yet') });
      rmSync(at('no-container'));
    });
  });

  test('an authority that is away is no trouble, until a certificate ends soon', async () => {
    await pebble.stop();
    const pem = join(nginx.folder, 'certificates', DOMAIN, 'tls.pem');
    expect((await renew()).status).toBe(0); // not due
    const [key, chain] = [at('key'), at('chain')];
    execFileSync('openssl', ['req', '-x509', '-subj', '/CN=a', '-days', '13', '-nodes', '-newkey', 'rsa:2048', '-keyout', key, '-out', chain], {
      stdio: 'ignore',
    });
    rmSync(at('letsencrypt'), { recursive: true });
    writeFileSync(pem, readFileSync(key, 'utf8') + readFileSync(chain, 'utf8'));
    expect(await renew()).toMatchObject({ status: 1, said: expect.stringContaining('its certificate ends in less than 14 days, and was not renewed') });
  });

  test('by DNS, certbot has what the host asks it for', () => {
    expect(execFileSync('certbot', ['plugins', '--config-dir', at('a'), '--work-dir', at('b'), '--logs-dir', at('c')], { encoding: 'utf8' })).toContain(
      '* dns-linode',
    );
  });
});

describeReal(['systemd-analyze', 'shellcheck', 'shfmt'], 'what a host has for certificates, as its tools read it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'units-'));
  const files = hostFiles(hostOptions(vulpineSchema.parse(vulpineValues)));

  test('systemd takes the units', () => {
    const units = files.filter(({ path }) => path.startsWith(`/etc/systemd/system/${CERTIFICATES_UNIT}.`));
    const paths = units.map(({ path, content }) => {
      const file = join(folder, basename(path));
      writeFileSync(file, content.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'));
      return file;
    });
    expect(paths).toHaveLength(2);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    expect((stdout + stderr).split('\n').filter((line) => line.includes(CERTIFICATES_UNIT))).toEqual([]);
    expect(execFileSync('systemd-analyze', ['calendar', '*-*-* 00,12:00:00'], { encoding: 'utf8' })).toContain('Next elapse');
  });

  test('the scripts are clean', () => {
    for (const name of ['setup', 'certificates']) {
      const script = `estates/vulpine/host/scripts/${name}.sh`;
      expect(execFileSync('shellcheck', [script], { cwd: ROOT, encoding: 'utf8' })).toBe('');
      expect(execFileSync('shfmt', ['--indent', '2', '-d', script], { cwd: ROOT, encoding: 'utf8' })).toBe('');
    }
  });
});
