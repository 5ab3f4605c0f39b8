import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { NameServer } from '../support/name-server';
import { type PodFile, podFiles, type Secrets } from '../support/pod-files';
import { describeReal } from '../support/real';
import { Replica } from '../support/replica';
import { synthEstate } from '../support/synth';
import { variant } from '../support/vulpine/documents';
import { VulpineNginx } from '../support/vulpine-nginx';

jest.setTimeout(60_000);

/** What `kubectl create secret tls` makes of a certificate of nobody's. */
function certificate(domain: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const [key, chain] = [join(folder, 'key'), join(folder, 'chain')];
  const subject = ['-subj', `/CN=${domain}`, '-days', '1', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', chain], { stdio: 'ignore' });
  return { 'tls.crt': readFileSync(chain, 'utf8'), 'tls.key': readFileSync(key, 'utf8') };
}

const VARIANTS = [
  ['kubernetes', { vulpine: 'vulpine.club' }],
  ['kubernetes-two-instances', { vulpine: 'vulpine.club', corsac: 'corsac.example.org' }],
] as const;

describeReal(['nginx', 'openssl', 'setpriv'], "nginx's files in the cluster", () => {
  let secrets: Secrets;
  beforeAll(() => {
    secrets = { 'tls-vulpine': certificate('vulpine.club'), 'tls-corsac': certificate('corsac.example.org') };
  });

  describe.each(VARIANTS)('of variant %s', (name, domains) => {
    const json = synthEstate('vulpine', variant(name)).get('vulpine-workloads-prod');
    const files = () => podFiles(json, 'nginx', secrets);
    const checked = async (pod: readonly PodFile[], edit?: (text: string) => string) => (await VulpineNginx.lay(pod, 53, edit)).check();

    test('nginx takes them as the pod has them, without a word', async () => {
      const pod = files();
      for (const domain of Object.values(domains)) expect(pod.map(({ path }) => path)).toContain(`/etc/nginx/certificates/${domain}/tls.conf`);
      expect(await checked(pod)).toMatchObject({ status: 0, stderr: expect.not.stringContaining('[') });
    });

    test('and does not when a directive is broken, a certificate is another key’s, or a file is not where it is looked for', async () => {
      expect(await checked(files(), (text) => text.replace('server_tokens off;', 'server_token off;'))).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('unknown directive "server_token"'),
      });
      const mixed = { ...secrets, 'tls-vulpine': { ...secrets['tls-vulpine'], 'tls.key': secrets['tls-corsac']?.['tls.key'] ?? '' } };
      expect(await checked(podFiles(json, 'nginx', mixed))).toMatchObject({ status: 1, stderr: expect.stringContaining('key values mismatch') });
      const elsewhere = files().map(({ path, content }) => ({ path: path.replace('tls.crt', 'tls.pem'), content }));
      expect(await checked(elsewhere)).toMatchObject({ status: 1, stderr: expect.stringContaining('tls.crt') });
    });

    test('it asks for the name server by a name, which must be known when it starts', async () => {
      const [, resolver = ''] = /resolver (\S+) valid/.exec(files().find(({ path }) => path === '/etc/nginx/nginx.conf')?.content ?? '') ?? [];
      expect(resolver).toBe('kube-dns.kube-system.svc.cluster.local');
      expect(await checked(files(), (text) => text.replace('resolver 127.0.0.1:53', 'resolver localhost'))).toMatchObject({ status: 0 });
      expect(await checked(files(), (text) => text.replace('resolver 127.0.0.1:53', `resolver ${resolver}`))).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(`host not found in resolver "${resolver}"`),
      });
    });

    test('a pod without its certificate does not start, and says which', () => {
      expect(() => podFiles(json, 'nginx', {})).toThrow('the pod does not start: there is no secret tls-vulpine');
    });

    test('it answers behind the NodeBalancer: each domain by its own certificate, by names of the cluster, and with the client’s address', async () => {
      const names = await NameServer.start();
      const replica = await Replica.start('127.0.0.2', 0);
      // ports are the pods'; here one replica has any
      const here = (text: string) =>
        text
          .replace(/(proxy_pass http:\/\/\$\w+):(3000|4000);/g, `$1:${replica.port};`)
          .replace('set_real_ip_from 192.168.255.0/24;', 'set_real_ip_from 127.0.0.0/8;');
      for (const instance of Object.keys(domains))
        for (const kind of ['web', 'streaming']) names.names.set(`fe-${kind}.mastodon-${instance}.svc.cluster.local`, ['127.0.0.2']);
      const nginx = await VulpineNginx.lay(files(), names.port, here);
      try {
        await nginx.start();
        for (const domain of Object.values(domains)) {
          const { certificateOf, body } = await askProxied(nginx.https, domain, '203.0.113.77');
          expect(certificateOf).toBe(domain);
          expect(body).toContain('"x-forwarded-for":"203.0.113.77"');
        }
      } finally {
        await nginx.stop();
        await replica.stop();
        names.close();
      }
    });
  });
});

/** A request as a NodeBalancer hands it on: the client's address first, by PROXY protocol. */
async function askProxied(port: number, domain: string, client: string): Promise<{ readonly certificateOf: string; readonly body: string }> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.write(`PROXY TCP4 ${client} 127.0.0.1 40000 ${port}\r\n`);
  const tls = connectTls({ socket, servername: domain, rejectUnauthorized: false });
  await new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject));
  const certificateOf = `${tls.getPeerCertificate().subject.CN}`;
  tls.write(`GET / HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`);
  let body = '';
  tls.setEncoding('utf8').on('data', (text) => {
    body += text;
  });
  await new Promise((resolve, reject) => tls.once('end', resolve).once('error', reject));
  return { certificateOf, body };
}
