import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export type Release = 'bullseye' | 'bookworm';

/** Outside the repository, kept between runs: making a root takes a minute and downloads 100 MB. */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'estates', 'debian');
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => {
      output.stdout += text;
    });
    child.stderr.on('data', (text) => {
      output.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? 128, ...output, stderr: signal ? `${output.stderr}ended by ${signal}` : output.stderr }));
  });
}

/** Fails with what the program wrote when it did not succeed; a matcher would show the code alone. */
export function succeeded(outcome: Outcome): string {
  if (outcome.code !== 0) throw new Error(`ended with ${outcome.code}\n${outcome.stdout.slice(-4000)}${outcome.stderr.slice(-4000)}`);
  return outcome.stdout;
}

/** Runs a program on this machine and fails with its output when it does. */
export async function must(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  return succeeded(await run(command, args, env));
}

/** systemd as Google's images have it; init and the rest of a machine are not started. */
async function pristine(release: Release): Promise<string> {
  const root = join(CACHE, release);
  if (existsSync(root)) return root;
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(`${root}.`);
  await must('debootstrap', ['--variant=minbase', '--include=systemd', release, partial, ...(process.env.DEBIAN_MIRROR ? [process.env.DEBIAN_MIRROR] : [])]);
  chmodSync(partial, 0o755); // the root of a machine is everybody's
  renameSync(partial, root);
  return root;
}

/** A Debian of its own, to be provisioned like the machine that Packer starts. */
export class DebianRoot {
  private constructor(
    readonly release: Release,
    readonly path: string,
  ) {}

  static async create(release: Release): Promise<DebianRoot> {
    const path = join(mkdtempSync(join(tmpdir(), 'root-')), release);
    await must('cp', ['--archive', '--reflink=auto', await pristine(release), path]);
    for (const file of ['/etc/resolv.conf', '/etc/hosts']) copyFileSync(file, join(path, file));
    if (existsSync(CERTIFICATES)) copyFileSync(CERTIFICATES, join(path, 'usr/local/share/host.crt'));
    // A package's service must not start: it would run in this machine's network.
    writeFileSync(join(path, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    return new DebianRoot(release, path);
  }

  /** Runs a program inside; processes and mounts end with it. `isolated`: in a network that has nothing but loopback. */
  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}, isolated = false): Promise<Outcome> {
    const archives = join(CACHE, `${this.release}-archives`);
    mkdirSync(archives, { recursive: true });
    const inside = [
      'mount -t proc proc "$ROOT/proc"',
      'mount -t tmpfs tmpfs "$ROOT/dev/shm"',
      'mount --bind "$ARCHIVES" "$ROOT/var/cache/apt/archives"',
      ...(isolated ? ['ip link set lo up'] : []),
      'exec chroot "$ROOT" /usr/bin/env -i "$@"',
    ].join(' && ');
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', ...(isolated ? ['--net'] : [])];
    const variables = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', ...fromHost(), ...environment };
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return run('unshare', [...namespaces, 'sh', '-c', inside, 'sh', ...assignments, ...args], { ...process.env, ROOT: this.path, ARCHIVES: archives });
  }

  /** A provisioning script, uploaded and run as Packer does it. */
  provision(script: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    this.upload(script, '/tmp');
    return this.run([`/tmp/${basename(script)}`], environment);
  }

  upload(file: string, folder: string): void {
    mkdirSync(join(this.path, folder), { recursive: true });
    copyFileSync(file, join(this.path, folder, basename(file)));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** How this machine reaches package registries, for the programs inside. */
function fromHost(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => /^(https?_proxy|no_proxy|PIP_INDEX_URL|PIP_DEFAULT_TIMEOUT)$/i.test(name));
  return { PIP_CERT: '/usr/local/share/host.crt', ...Object.fromEntries(names.map((name) => [name, process.env[name] ?? ''])) };
}

/** The source archive of Debian's Python, which stands in for python.org's, with the checksum from its signed description. */
export async function pythonSource(root: DebianRoot): Promise<{ file: string; version: string; sha256: string }> {
  const folder = join(CACHE, 'python-source');
  if (!existsSync(folder)) {
    const script = [
      // beside the packages: the scripts that come after want those
      'sed -i -n "p; s/^deb /deb-src /p" /etc/apt/sources.list',
      'apt-get update --quiet --quiet',
      'apt-get install --quiet --quiet --yes --no-install-recommends dpkg-dev',
      'mkdir /source && cd /source && apt-get source --quiet --quiet --download-only python3.11',
    ];
    succeeded(await root.run(['bash', '-euc', script.join('; ')]));
    await must('cp', ['--recursive', join(root.path, 'source'), folder]);
  }
  const described = await must('sh', ['-c', `sed -n '/^Checksums-Sha256:/,/^Files:/p' "${folder}"/*.dsc`]);
  const [, sha256 = '', name = '', version = ''] = /^ (\w{64}) \d+ (python3\.11_([\d.]+)\.orig\.tar\.\w+)$/m.exec(described) ?? [];
  return { file: join(folder, name), version, sha256 };
}
