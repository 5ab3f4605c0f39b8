import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { HostSetup } from '../../estates/vulpine/host/setups';
import { ssh } from '../../scripts/support/tool';
import { RemoteSetup, shown } from '../../scripts/support/vulpine/host-setup';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { Sshd } from '../support/sshd';

const ODD = 'it\'s "$HOME" `id` $(id) \\ ü😀=\n\n%s\n';

describeReal(['sshd'], 'a host that is set up again, by the real ssh', () => {
  let sshd: Sshd;
  let setup: HostSetup;
  const path = process.env.PATH;
  const remote = (files = setup.files) => new RemoteSetup({ ...setup, files }, ssh);

  beforeAll(async () => {
    sshd = await Sshd.start('smithwicks.vulpine.club');
    process.env.PATH = `${sshd.bin}:${path}`;
    // a test writes nothing to this machine's own folders
    const files: HostSetup['files'] = [
      { path: sshd.at('opt/setup.sh'), content: '#!/bin/sh\necho "$0 ran"\n', mode: '0755' },
      { path: sshd.at('etc/deep/settings'), content: ODD, mode: '0644' },
      { path: sshd.at('etc/empty'), content: '' },
    ];
    setup = { host: sshd.host, user: 'admin', files, command: ['/bin/sh', '-c', `${sshd.at('opt/setup.sh')} >${sshd.at('said')}`] };
  });
  afterAll(async () => {
    process.env.PATH = path;
    await sshd?.stop();
  });

  test('what is not there is new, arrives byte for byte with its mode, and is then as it should be', () => {
    const differences = remote().differences();
    expect(differences.map(shown)).toEqual([
      `new    ${sshd.at('opt/setup.sh')} (2 lines, 0755)`,
      `new    ${sshd.at('etc/deep/settings')} (3 lines, 0644)`,
      `new    ${sshd.at('etc/empty')} (0 lines, 0600)`,
    ]);
    remote().write(differences);
    expect(readFileSync(sshd.at('etc/deep/settings'), 'utf8')).toBe(ODD);
    expect(setup.files.map(({ path: file }) => (statSync(file).mode & 0o777).toString(8))).toEqual(['755', '644', '600']);
    expect(remote().differences()).toEqual([]);
    expect(readdirSync(sshd.at('etc/deep'))).toEqual(['settings']);
  });

  test('lines and modes that changed are shown, and only those files are written', () => {
    writeFileSync(sshd.at('etc/deep/settings'), ODD.replace('%s', '%d'));
    chmodSync(sshd.at('opt/setup.sh'), 0o700);
    const before = statSync(sshd.at('etc/empty')).ino;
    const differences = remote().differences();
    expect(differences.map(shown)).toEqual([
      `other  ${sshd.at('opt/setup.sh')} (0700 becomes 0755)`,
      `other  ${sshd.at('etc/deep/settings')}\n         @@ -2,2 +2,2 @@\n          \n         -%d\n         +%s`,
    ]);
    remote().write(differences);
    expect(remote().differences()).toEqual([]);
    expect(statSync(sshd.at('etc/empty')).ino).toBe(before);
  });

  test('a connection that breaks in the middle changes nothing', () => {
    const changed = setup.files.map((file) => ({ ...file, content: `${file.content}more\n` }));
    const differences = remote(changed).differences();
    const cut = ssh.startedBy((program, args, input) => spawnSync(program, args, { encoding: 'utf8', input: input.slice(0, -3), env: process.env }));
    expect(() => new RemoteSetup({ ...setup, files: changed }, cut).write(differences)).toThrow(`${sshd.at('etc/empty')} did not arrive whole`);
    expect(remote().differences()).toEqual([]);
    expect(readdirSync(sshd.at('etc')).sort()).toEqual(['deep', 'empty']);
  });

  test('then its script runs, as root there', () => {
    ssh.write(remote().run);
    expect(readFileSync(sshd.at('said'), 'utf8')).toBe(`${sshd.at('opt/setup.sh')} ran\n`);
    expect(sshd.calls).toContain("admin@smithwicks.vulpine.club 'sudo' '-n' '/bin/sh' '-c'");
  });

  test('the command shows every file of a host that has none, and changes nothing in a dry run', async () => {
    mkdirSync(sshd.at('home'), { recursive: true });
    const run = (...args: string[]) =>
      new Promise<{ code: number; output: string }>((resolve) => {
        const env = { ...process.env, ESTATES_CONFIG: undefined, HOME: sshd.at('home') };
        execFile(process.execPath, ['--import', 'tsx', 'scripts/vulpine-host-setup.ts', ...args], { cwd: ROOT, env }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
        );
      });
    const { code, output } = await run('--dry-run');
    expect(output).toContain('  new    /opt/vulpine-host/setup.sh (');
    expect(output).toContain('  new    /etc/systemd/system/vulpine-certificates.timer (');
    expect(output).toMatch(/^Would write what differs, and set up smithwicks\.vulpine\.club\.\n\nNothing was changed \(dry run\)\.$/m);
    expect(code).toBe(0);
    expect(await run('--host', 'nobody', '--yes')).toEqual({ code: 2, output: 'There is no host nobody; there is smithwicks\n' });
    expect((await run()).output).toContain('pass --yes (YES=1). Nothing was changed.');
  });
});
