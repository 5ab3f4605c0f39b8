import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { offsiteFiles } from '../../estates/vulpine/backup/offsite';
import { backupPart } from '../../estates/vulpine/backup/part';
import { ROOT } from './repository';
import { Sshd } from './sshd';

const SCRIPTS = join(ROOT, 'estates/vulpine/backup/scripts');

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** A host with an instance's volumes, an off-site host behind a real sshd that takes the host's key by the forced command only, and who is told. */
export class BackupBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'backup-'));
  readonly bin = this.at('bin');
  readonly volumes = this.at('volumes');
  readonly offsite = this.at('offsite');
  /** What has been asked of the URLs: the path, and the body. */
  readonly told: string[] = [];
  /** What they answer. */
  status = 200;
  sshd!: Sshd;
  private server!: Server;

  static async start(): Promise<BackupBench> {
    const bench = new BackupBench();
    bench.sshd = await Sshd.start('offsite.example.net');
    bench.server = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        bench.told.push(`${request.url}${body && ` ${JSON.parse(body).text}`}`);
        response.writeHead(bench.status).end();
      });
    });
    await new Promise<void>((resolve) => bench.server.listen(0, '127.0.0.1', resolve));
    bench.prepare();
    return bench;
  }

  async close(): Promise<void> {
    await this.sshd.stop();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private prepare(): void {
    for (const name of [
      'bin',
      'etc',
      'state',
      'programs',
      'offsite/incoming',
      'offsite/snapshots',
      ...['dumps', 'media', 'db'].map((one) => `volumes/vulpine-${one}/_data`),
    ])
      mkdirSync(this.at(name), { recursive: true });
    const hostKey = readFileSync(this.sshd.at('host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ').trim();
    const offsite = { host: '127.0.0.1', port: this.sshd.port, folder: this.offsite, hostKey };
    const config = vulpineSchema.parse(mergePatch(vulpineValues, { prod: { backup: { offsite, alert: { webhook: true } } } }));
    const { backup } = config.prod;
    if (!backup.offsite) throw new Error('the config has an off-site host');
    const files = new Map([...backupPart(config).files, ...offsiteFiles(backup.offsite, backup)].map(({ path, content }) => [path, content]));
    const here = (text = '') =>
      text
        .replace('/opt/vulpine-backup/known_hosts', this.at('known_hosts'))
        .replace("STATE='/var/lib/vulpine-backup'", `STATE='${this.at('state')}'`)
        .replaceAll('/etc/vulpine/backup', this.at('etc'))
        .replaceAll('/etc/vulpine-offsite', this.at('etc'))
        .replace('/var/lib/docker/volumes', this.volumes)
        .replace(/OFFSITE='[^@]*@/, `OFFSITE='${process.env.USER ?? execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()}@`);
    writeFileSync(this.at('settings'), here(files.get('/opt/vulpine-backup/settings')));
    writeFileSync(this.at('offsite-settings'), here(files.get('/etc/vulpine-offsite/settings')));
    writeFileSync(this.at('known_hosts'), files.get('/opt/vulpine-backup/known_hosts') ?? '');
    for (const name of ['ship', 'check', 'alert', 'restore', 'keep', 'receive'])
      this.program(`programs/${name}.sh`, readFileSync(join(SCRIPTS, `${name}.sh`), 'utf8'));
    copyFileSync(this.sshd.at('key'), this.at('etc/key'));
    chmodSync(this.at('etc/key'), 0o600);
    const { port } = this.server.address() as AddressInfo;
    writeFileSync(this.at('etc/HEARTBEAT_URL'), `http://127.0.0.1:${port}/heartbeat-a1b2`);
    writeFileSync(this.at('etc/WEBHOOK_URL'), `http://127.0.0.1:${port}/webhook-c3d4`);
    const key = readFileSync(this.sshd.at('key.pub'), 'utf8');
    writeFileSync(this.sshd.at('authorized_keys'), `restrict,command="${this.at('programs/receive.sh')} ${this.offsite}" ${key}`, { mode: 0o600 });
  }

  /** A program of the host's or the off-site host's own, to its end. */
  run(name: 'ship' | 'check' | 'keep' | 'restore', ...args: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync(this.at(`programs/${name}.sh`), args, { ...this.options, encoding: 'utf8' });
    return { code: status, output: stdout + stderr };
  }

  /** The same, while this process goes on: it may be what the program asks. */
  async runBeside(name: 'ship' | 'check' | 'keep' | 'restore', args: readonly string[] = [], begun: (child: ChildProcess) => void = () => {}): Promise<Ran> {
    const child = spawn(this.at(`programs/${name}.sh`), args, { ...this.options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    begun(child);
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, output };
  }

  env: Record<string, string> = {};

  get options() {
    return {
      cwd: this.folder,
      env: {
        PATH: `${this.bin}:/usr/bin:/bin:/usr/sbin`,
        TMPDIR: process.env.TMPDIR,
        VULPINE_BACKUP: this.at('settings'),
        VULPINE_OFFSITE: this.at('offsite-settings'),
        VOLUMES: this.volumes,
        ...this.env,
      },
    };
  }

  program(name: string, text: string): void {
    writeFileSync(this.at(name), text);
    chmodSync(this.at(name), 0o755);
  }

  /** Of the first instance's volumes. */
  volume(name: 'dumps' | 'media' | 'db', file = ''): string {
    return join(this.volumes, `vulpine-${name}`, '_data', file);
  }

  get dumps(): string[] {
    return readdirSync(this.volume('dumps'))
      .filter((name) => name.endsWith('.dump'))
      .sort();
  }

  get snapshots(): string[] {
    return readdirSync(join(this.offsite, 'snapshots')).sort();
  }

  /** What the newest snapshot of the off-site host holds. */
  kept(file: string): Buffer | undefined {
    const path = join(this.offsite, 'snapshots', this.snapshots.at(-1) ?? '', file);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  /** An ssh with the host's key, as somebody would use it who has taken it. */
  stolen(program: string, ...args: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync(program, args, { ...this.options, encoding: 'utf8', timeout: 30_000 });
    return { code: status, output: stdout + stderr };
  }

  get ssh(): string {
    return `ssh -F none -i ${this.at('etc/key')} -p ${this.sshd.port} -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile=${this.at('known_hosts')}`;
  }

  get address(): string {
    return /OFFSITE='([^']*)'/.exec(readFileSync(this.at('settings'), 'utf8'))?.[1] ?? '';
  }

  at(name: string): string {
    return join(this.folder, name);
  }
}

/** How a dump is called that began so long ago. */
export const dumpName = (minutesAgo: number) => `${new Date(Date.now() - minutesAgo * 60_000).toISOString().replace(/[-:]|\.\d+/g, '')}.dump`;
