import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { DebianRoot, must, type Outcome, succeeded } from './debian-root';

const FIXTURES = join(__dirname, '../fixtures/egf2');

/** A Debian 12 in which a machine's user data is carried out; what systemd does there, a stand-in does. */
export class Egf2Root {
  private constructor(readonly root: DebianRoot) {}

  static async create(): Promise<Egf2Root> {
    const root = await DebianRoot.create('bookworm');
    succeeded(
      await root.run([
        'sh',
        '-c',
        'apt-get update -qq && apt-get install -qq -y --no-install-recommends ca-certificates curl git iproute2 procps nginx-light awscli',
      ]),
    );
    mkdirSync(join(root.path, 'usr/local/sbin'), { recursive: true });
    copyFileSync(join(FIXTURES, 'systemctl'), join(root.path, 'usr/local/sbin/systemctl'));
    writeFileSync(join(root.path, 'usr/local/sbin/shutdown'), '#!/bin/sh\necho "$*" >>/var/log/shutdown\n', { mode: 0o755 });
    return new Egf2Root(root);
  }

  /** What cloud-init does with the files of user data. `keep`: which of the steps stay. */
  write(userData: string, keep: (step: string) => boolean = () => true, more = ''): void {
    const { write_files } = parse(userData) as { write_files: { path: string; permissions: string; content: string }[] };
    for (const { path, permissions, content } of write_files) {
      const file = join(this.root.path, path);
      mkdirSync(dirname(file), { recursive: true });
      const text = path.endsWith('/steps.sh') ? content.replaceAll(/^step (\S+ \S+).*\n/gm, (line, step: string) => (keep(step) ? line : '')) + more : content;
      writeFileSync(file, text, { mode: Number.parseInt(permissions, 8) });
    }
  }

  /** Runs the machine's steps, as cloud-init does. `isolated`: nothing but loopback, so that nothing can be fetched. */
  run(environment: Readonly<Record<string, string>> = {}, isolated = false): Promise<Outcome> {
    return this.root.run(['/bin/bash', '/opt/egf2-machine/run.sh'], { APT_FOLDER: '/tmp/apt', POLL_SECONDS: '0.2', ...environment }, isolated);
  }

  read(path: string): string {
    const file = join(this.root.path, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}

/** Repositories of services as the framework has them, on this disk. Answers the commit of each. */
export async function serviceRepositories(folder: string, services: Readonly<Record<string, readonly number[]>>): Promise<Record<string, string>> {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd, encoding: 'utf8' }).trim();
  const commits: Record<string, string> = {};
  for (const [name, ports] of Object.entries(services)) {
    const repository = join(folder, `${name}.git`);
    mkdirSync(repository, { recursive: true });
    git(repository, 'init', '--quiet');
    git(repository, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    copyFileSync(join(FIXTURES, 'service.js'), join(repository, 'index.js'));
    writeFileSync(join(repository, 'ports.json'), JSON.stringify(ports));
    const dependencies = name === 'custom' ? { commons: 'git+https://github.com/EGF2/commons.git' } : {};
    const description = { name, version: '1.0.0', dependencies };
    writeFileSync(join(repository, 'package.json'), JSON.stringify(description));
    // one as it should be, the others as the framework's are: without a lock
    if (name === 'auth') {
      const lock = { name, version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': description } };
      writeFileSync(join(repository, 'package-lock.json'), JSON.stringify(lock));
    }
    git(repository, 'add', '.');
    git(repository, 'commit', '--quiet', '--message', name);
    commits[name] = git(repository, 'rev-parse', 'HEAD');
  }
  return commits;
}

/** This machine's Node as a release archive, with what it hashes to. */
export async function nodeArchive(): Promise<{ file: string; version: string; sha256: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'node-'));
  mkdirSync(join(folder, 'node/bin'), { recursive: true });
  mkdirSync(join(folder, 'node/lib/node_modules'), { recursive: true });
  await must('cp', ['--dereference', process.execPath, join(folder, 'node/bin/node')]);
  await must('cp', ['--recursive', join((await must('npm', ['root', '--global'])).trim(), 'npm'), join(folder, 'node/lib/node_modules/npm')]);
  await must('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'node/bin/npm')]);
  await must('tar', ['-C', folder, '-cf', join(folder, 'node.tar'), 'node']);
  const file = join(folder, 'node.tar');
  return { file, version: process.versions.node, sha256: (await must('sha256sum', [file])).slice(0, 64) };
}

/** A package in the place of Session Manager's agent: its unit waits. */
export async function agentPackage(version: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  const files = {
    'DEBIAN/control': `Package: amazon-ssm-agent\nVersion: ${version}-1\nArchitecture: amd64\nMaintainer: t <t@example.org>\nDescription: stand-in\n`,
    'etc/systemd/system/amazon-ssm-agent.service': '[Service]\nWorkingDirectory=/\nUser=root\nExecStart=/bin/sleep 3600\n',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'agent', path)), { recursive: true });
    writeFileSync(join(folder, 'agent', path), content);
  }
  await must('dpkg-deb', ['--root-owner-group', '--build', join(folder, 'agent'), join(folder, 'agent.deb')]);
  return join(folder, 'agent.deb');
}
