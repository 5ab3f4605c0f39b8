import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CONTAINERS } from '../../estates/vulpine/containers/table';
import { type NginxFile, nginxFiles } from '../../estates/vulpine/nginx/config';
import type { NginxOptions } from '../../estates/vulpine/nginx/options';
import { freePort } from '../../services/testbench/free-port';

/** What nginx may do in its container, of what root can; Debian's has the same needs. */
const CAPABILITIES = (CONTAINERS.nginx.capabilities ?? []).map((name) => `+${name.toLowerCase().replace('cap_', '')}`);
const CONFINED = ['setpriv', '--no-new-privs', `--bounding-set=-all,${CAPABILITIES.join(',')}`, '--inh-caps=-all', '--'];

/** The real nginx on loopback, with the generated files: only folders, ports, its user, and who knows names are others. As root it has the container's capabilities. */
export class VulpineNginx {
  readonly folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  readonly log = join(this.folder, 'access.log');
  private child?: ChildProcess;
  private said = '';

  private constructor(
    readonly http: number,
    readonly https: number,
  ) {
    // its workers are another user
    chmodSync(this.folder, 0o755);
    if (basename(tmpdir()).startsWith('estates-test-')) chmodSync(tmpdir(), 0o711);
    for (const name of ['certificates', 'conf.d', 'acme/.well-known/acme-challenge', 'html', 'tmp']) mkdirSync(join(this.folder, name), { recursive: true });
    chmodSync(join(this.folder, 'tmp'), 0o1777);
    copyFileSync('/etc/nginx/mime.types', join(this.folder, 'mime.types'));
  }

  /** `edit` breaks the files, to see that it is noticed. */
  static async write(options: NginxOptions, nameServer: number, edit?: (text: string) => string): Promise<VulpineNginx> {
    return VulpineNginx.lay(nginxFiles(options), nameServer, edit);
  }

  /** The same with files from elsewhere, by their paths in the container. */
  static async lay(files: readonly NginxFile[], nameServer: number, edit = (text: string) => text): Promise<VulpineNginx> {
    const nginx = new VulpineNginx(await freePort(), await freePort());
    for (const { path, content } of files) {
      mkdirSync(dirname(nginx.at(path)), { recursive: true });
      writeFileSync(nginx.at(path), edit(nginx.moved(content, nameServer)));
    }
    return nginx;
  }

  static async start(options: NginxOptions, nameServer: number): Promise<VulpineNginx> {
    const nginx = await VulpineNginx.write(options, nameServer);
    await nginx.start();
    return nginx;
  }

  /** Where a path of the container's is here. */
  at(path: string): string {
    return join(this.folder, path.replace(/^\/etc\/nginx\//, '').replace(/^\/usr\/share\/nginx\//, ''));
  }

  private moved(content: string, nameServer: number): string {
    return content
      .replaceAll('/etc/nginx/', `${this.folder}/`)
      .replaceAll('/usr/share/nginx/', `${this.folder}/`)
      .replaceAll('_temp_path /tmp/', `_temp_path ${this.folder}/tmp/`)
      .replace('/run/nginx.pid', join(this.folder, 'pid'))
      .replace('/dev/stdout', this.log)
      .replace('user nginx;', 'user www-data;')
      .replace(/\bresolver \S+ valid/, `resolver 127.0.0.1:${nameServer} valid`)
      .replace(/listen (\[::\]:)?(80|443)\b/g, (_, v6, port) => `listen ${v6 ? '[::1]' : '127.0.0.1'}:${port === '80' ? this.http : this.https}`);
  }

  /** What `nginx -t` says of the files. */
  check(): { readonly status: number | null; readonly stderr: string } {
    return spawnSync('nginx', ['-t', '-c', join(this.folder, 'nginx.conf')], { encoding: 'utf8' });
  }

  async start(): Promise<void> {
    const command = ['nginx', '-c', join(this.folder, 'nginx.conf'), '-g', 'daemon off;'];
    const [program = '', ...args] = process.getuid?.() === 0 ? [...CONFINED, ...command] : command;
    this.child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr?.on('data', (text) => {
      this.said += text;
    });
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.child.exitCode !== null) throw new Error(`nginx ended: ${this.said}`);
      if (await isOpen(this.http)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`nginx does not answer: ${this.said}`);
  }

  /** As the host does it, inside of the container. */
  reload(): void {
    execFileSync('nginx', ['-c', join(this.folder, 'nginx.conf'), '-s', 'reload'], { stdio: 'ignore' });
  }

  /** Gives it a certificate of nobody's. */
  certify(domain: string): void {
    const folder = join(this.folder, 'certificates', domain);
    mkdirSync(folder, { recursive: true });
    const [key, chain] = [join(folder, 'key'), join(folder, 'chain')];
    const subject = ['-subj', `/CN=${domain}`, '-days', '1', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', chain], { stdio: 'ignore' });
    writeFileSync(join(folder, 'tls.pem'), readFileSync(key, 'utf8') + readFileSync(chain, 'utf8'), { mode: 0o600 });
    const file = `certificates/${domain}/tls.pem`;
    writeFileSync(join(folder, 'tls.conf'), `ssl_reject_handshake off;\nssl_certificate ${file};\nssl_certificate_key ${file};\n`);
  }

  async stop(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
