import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../services/testbench/free-port';

/** A host of the test's own: a real sshd on loopback, for whoever runs the test. Who logs in is root there by a `sudo` that does nothing. */
export class Sshd {
  private child?: ChildProcess;
  port = 0;

  private constructor(
    readonly folder: string,
    /** DNS name that leads to it, for the `ssh` of {@link bin}. */
    readonly host: string,
  ) {}

  /** On PATH before others: the real ssh, which finds the host, logs in as whoever runs the test, and writes down how it was called. */
  get bin(): string {
    return join(this.folder, 'bin');
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** How ssh was called so far. */
  get calls(): string {
    return existsSync(join(this.folder, 'calls')) ? readFileSync(join(this.folder, 'calls'), 'utf8') : '';
  }

  static async start(host: string): Promise<Sshd> {
    const sshd = new Sshd(mkdtempSync(join(tmpdir(), 'sshd-')), host);
    await sshd.prepare();
    await sshd.listen();
    return sshd;
  }

  private async prepare(): Promise<void> {
    for (const name of ['bin', 'remote']) mkdirSync(join(this.folder, name));
    for (const key of ['host-key', 'key', 'other-key']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.at(key)]);
    writeFileSync(this.at('authorized_keys'), readFileSync(this.at('key.pub')), { mode: 0o600 });
    this.port = await freePort();
    writeFileSync(this.at('remote/sudo'), '#!/bin/sh\nshift\nexec "$@"\n');
    chmodSync(this.at('remote/sudo'), 0o755);
    const settings = {
      Port: `${this.port}`,
      ListenAddress: '127.0.0.1',
      HostKey: this.at('host-key'),
      AuthorizedKeysFile: this.at('authorized_keys'),
      PidFile: 'none',
      StrictModes: 'no',
      UsePAM: 'no',
      PasswordAuthentication: 'no',
      PermitRootLogin: 'prohibit-password',
      SetEnv: `PATH=${this.at('remote')}:/usr/bin:/bin`,
    };
    writeFileSync(this.at('sshd_config'), lines(settings));
    this.logsInBy('key');
    writeFileSync(
      join(this.bin, 'ssh'),
      `#!/bin/bash\nprintf '%s\\n' "$*" >>${this.at('calls')}\nexec /usr/bin/ssh -F ${this.at('config')} "\${@/#*@${this.host}/${userInfo().username}@${this.host}}"\n`,
    );
    chmodSync(join(this.bin, 'ssh'), 0o755);
  }

  /** The key that ssh has from now on. */
  logsInBy(key: 'key' | 'other-key'): void {
    const settings = {
      HostName: '127.0.0.1',
      Port: `${this.port}`,
      IdentityFile: this.at(key),
      IdentitiesOnly: 'yes',
      UserKnownHostsFile: this.at('known_hosts'),
    };
    writeFileSync(this.at('config'), `Host ${this.host}\n${lines(settings)}`);
  }

  /** Gone, as a host is whose firewall was closed. */
  async stop(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  async listen(): Promise<void> {
    mkdirSync('/run/sshd', { recursive: true }); // where it locks itself up, as root
    this.child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', this.at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    this.child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const end = Date.now() + 20_000;
    while (!said.includes('listening')) {
      if (this.child.exitCode !== null || Date.now() > end) throw new Error(`sshd does not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  at(name: string): string {
    return join(this.folder, name);
  }
}

const lines = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
