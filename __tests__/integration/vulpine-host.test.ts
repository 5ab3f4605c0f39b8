import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { EXPORT_SECRETS } from '../../estates/vulpine/containers/secrets';
import { hostOptions } from '../../estates/vulpine/host/parts';
import { hostUserData } from '../../estates/vulpine/host/user-data';
import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

const folder = mkdtempSync(join(tmpdir(), 'vulpine-'));
const text = hostUserData(hostOptions(vulpineSchema.parse(vulpineValues)));
const files = new Map((parse(text).write_files as { path: string; content: string }[]).map(({ path, content }) => [path, content]));
const written = (path: string) => {
  const file = join(folder, path.replaceAll('/', '-'));
  writeFileSync(file, files.get(path) ?? '');
  return file;
};

describeReal(['cloud-init', 'sshd'], "vulpine's host, as its tools read it", () => {
  test('cloud-init takes it', () => {
    const file = join(folder, 'user-data');
    writeFileSync(file, text);
    expect(execFileSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' })).toMatch(/Valid/i);
  });

  test('sshd takes its settings, and lets nobody in by password', () => {
    const [settings, key] = [written('/etc/ssh/sshd_config.d/10-vulpine.conf'), join(folder, 'key')];
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    mkdirSync('/run/sshd', { recursive: true });
    const said = execFileSync('/usr/sbin/sshd', ['-T', '-h', key, '-f', settings], { encoding: 'utf8' });
    expect(said).toMatch(/^permitrootlogin no$/m);
    expect(said).toMatch(/^passwordauthentication no$/m);
    expect(said).toMatch(/^kbdinteractiveauthentication no$/m);
  });
});

describeReal(['setpriv', 'root'], 'a program that takes secrets as variables', () => {
  test('has them, is another user for good, and cannot read where they came from', () => {
    const run = join(folder, 'run');
    mkdirSync(join(run, 'database'), { recursive: true });
    const file = join(run, 'database/DB_PASS');
    writeFileSync(file, 'it\'s "$HOME"', { mode: 0o600 });
    chmodSync(run, 0o700);
    const script = EXPORT_SECRETS.replaceAll('/run/secrets', run);
    const command = `printf '%s|' "$DB_PASS" "$HOME" "$(id -un)" "$(id -gn)"; cat ${file} 2>&1 | grep -c 'Permission denied'`;
    const said = execFileSync('/bin/sh', ['-c', script, 'games', '/bin/sh', '-c', command], { encoding: 'utf8', env: { PATH: process.env.PATH } });
    expect(said).toBe('it\'s "$HOME"|/usr/games|games|games|1\n');
  });
});

describeReal(['terraform'], 'an image by something that is no digest', () => {
  test('fails the deploy, and says what to do', () => {
    const { code, output } = new RepositoryCopy().run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--estate', 'vulpine'], {
      ESTATES_CONFIG: undefined,
      TF_VAR_digest_image_redis: 'latest',
    });
    expect(output).toContain('Not a digest, which is sha256: and 64 hexadecimal digits. Run make');
    expect(output).toMatch(/^vulpine-host-prod .*applied/m);
    expect(code).not.toBe(0);
  });
});
