import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Commands that busybox is in the test image. */
const COMMANDS = ['sh', 'awk', 'cat', 'dd', 'echo', 'env', 'head', 'ls', 'printf', 'seq', 'sha256sum', 'sleep', 'tail', 'yes'];

/** A Docker engine of its own: its data, its socket, no network. As root. */
export class DockerEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'docker-'));
  readonly socket = join(this.folder, 'docker.sock');
  readonly host = `unix://${this.socket}`;
  private daemon: ChildProcess | undefined;

  async start(...options: string[]): Promise<void> {
    const log = openSync(join(this.folder, 'dockerd.log'), 'a');
    const folders = ['--data-root', join(this.folder, 'data'), '--exec-root', join(this.folder, 'exec'), '--pidfile', join(this.folder, 'pid')];
    // Without a bridge it stays out of the way of other engines on this machine; pulling is done by the engine itself.
    const daemon = spawn('dockerd', ['--host', this.host, ...folders, '--bridge=none', '--iptables=false', '--ip6tables=false', ...options], {
      stdio: ['ignore', log, log],
    });
    this.daemon = daemon;
    for (let attempt = 0; attempt < 200 && daemon.exitCode === null; attempt += 1) {
      if (existsSync(this.socket) && this.answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`dockerd did not start:\n${readFileSync(join(this.folder, 'dockerd.log'), 'utf8').slice(-4000)}`);
  }

  /** Runs the docker command. */
  docker(...args: string[]): string {
    return execFileSync('docker', ['--host', this.host, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: this.folder },
    }).trim();
  }

  /** Ids of all containers, running or not. */
  containers(): string[] {
    return this.docker('ps', '--all', '--quiet', '--no-trunc').split('\n').filter(Boolean);
  }

  /** An image with nothing but busybox, and what a Dockerfile could say. */
  importBusybox(name: string, ...changes: string[]): void {
    const root = mkdtempSync(join(this.folder, 'image-'));
    for (const folder of ['bin', 'tmp']) mkdirSync(join(root, folder));
    cpSync(execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'));
    for (const command of COMMANDS) symlinkSync('busybox', join(root, 'bin', command));
    execFileSync('tar', ['-C', root, '-cf', `${root}.tar`, '.']);
    this.docker(
      'import',
      '--change',
      'ENV PATH=/bin',
      '--change',
      'CMD ["echo","the image\'s own command"]',
      ...changes.flatMap((change) => ['--change', change]),
      `${root}.tar`,
      name,
    );
  }

  /** An image with nothing but this Node, its libraries and files below /srv, and what a Dockerfile could say. */
  importNode(name: string, files: readonly string[], ...changes: string[]): void {
    const libraries = [...execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).matchAll(/(\/\S+) \(/g)].map(([, path]) => path as string);
    const root = mkdtempSync(join(this.folder, 'image-'));
    for (const folder of ['bin', 'srv', 'tmp']) mkdirSync(join(root, folder));
    cpSync(process.execPath, join(root, 'bin/node'), { dereference: true });
    for (const library of libraries) cpSync(library, join(root, library), { dereference: true });
    for (const file of files) cpSync(file, join(root, 'srv', basename(file)));
    execFileSync('tar', ['-C', root, '-cf', `${root}.tar`, '.']);
    this.docker('import', ...['ENV PATH=/bin', ...changes].flatMap((change) => ['--change', change]), `${root}.tar`, name);
    for (const made of [root, `${root}.tar`]) rmSync(made, { recursive: true });
  }

  /** Takes the engine away, as a crash does. Containers that run are found dead when it starts again. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
    // Its containerd dies with it; where nobody reaps that, the next engine would take it for alive.
    rmSync(join(this.folder, 'exec/containerd/containerd.pid'), { force: true });
  }

  /** As `systemctl stop` does; what it leaves can be started again. */
  async stopDaemon(): Promise<void> {
    await this.end('SIGTERM');
  }

  async stop(): Promise<void> {
    if (this.daemon?.exitCode === null && this.answers()) {
      const left = this.containers();
      if (left.length > 0) this.docker('rm', '--force', ...left);
    }
    await this.end('SIGTERM');
    // dockerd that was killed leaves its containerd, and mounts keep the folder from being removed.
    for (const pid of processesIn(this.folder)) process.kill(pid, 'SIGKILL');
    const mounts = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const mount of mounts.filter((path) => path.startsWith(this.folder)).reverse()) execFileSync('umount', ['--lazy', mount]);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { daemon } = this;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    daemon.kill(signal);
    await once(daemon, 'exit');
  }

  private answers(): boolean {
    try {
      this.docker('version');
      return true;
    } catch {
      return false;
    }
  }
}

/** Processes whose command line names the folder: containerd and its shims. */
function processesIn(folder: string): number[] {
  const listed = execFileSync('sh', ['-c', `grep -l -a -F -s "$1" /proc/[0-9]*/cmdline || true`, 'sh', folder], { encoding: 'utf8' });
  const own = new Set([process.pid, process.ppid]);
  return [...listed.matchAll(/\/proc\/(\d+)\//g)].map((match) => Number(match[1])).filter((pid) => !own.has(pid) && existsSync(`/proc/${pid}`));
}
