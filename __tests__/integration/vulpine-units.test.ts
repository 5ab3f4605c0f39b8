import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { DUMPS } from '../../estates/vulpine/backup/dumps';
import { offsiteFiles, offsiteScript } from '../../estates/vulpine/backup/offsite';
import { backupPart } from '../../estates/vulpine/backup/part';
import { certificates } from '../../estates/vulpine/host/certificates';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

const folder = mkdtempSync(join(tmpdir(), 'units-'));
const config = vulpineSchema.parse(vulpineValues);
const { backup } = config.prod;
if (!backup.offsite) throw new Error('the config has an off-site host');
const certificatesPart = certificates({ domains: ['vulpine.example.org'], contact: 'a@example.org', challenge: 'http', alert: backup.alert });
const files = [...backupPart(config).files, ...offsiteFiles(backup.offsite, backup), ...certificatesPart.files];

describeReal(['systemd-analyze'], "units of vulpine's hosts", () => {
  test('systemd takes them, with every program there', () => {
    for (const { path, content, mode } of [...files, { path: '/usr/bin/ssh-keygen', content: '', mode: '0755' as const }]) {
      mkdirSync(join(folder, 'root', dirname(path)), { recursive: true });
      writeFileSync(join(folder, 'root', path), content);
      chmodSync(join(folder, 'root', path), Number.parseInt(mode ?? '0600', 8));
    }
    const units = readdirSync(join(folder, 'root/etc/systemd/system')).filter((name) => !name.endsWith('.d'));
    expect(units).toHaveLength(9);
    execFileSync('cp', ['-r', '/lib/systemd/system', join(folder, 'root/etc/systemd/.known')]);
    mkdirSync(join(folder, 'root/lib/systemd'), { recursive: true });
    execFileSync('cp', ['-r', '/lib/systemd/system', join(folder, 'root/lib/systemd/system')]);
    const said = execFileSync('systemd-analyze', ['verify', '--recursive-errors=yes', `--root=${join(folder, 'root')}`, ...units], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(said).toBe('');
  });

  test.each(files.filter(({ path }) => path.endsWith('.timer')).map(({ path, content }) => [path, /OnCalendar=(.*)/.exec(content)?.[1] ?? '']))(
    '%s: %s is a time',
    (_, time) => {
      expect(execFileSync('systemd-analyze', ['calendar', time], { encoding: 'utf8' })).toContain('Next elapse');
    },
  );
});

describeReal(['shellcheck', 'shfmt'], "programs of vulpine's hosts", () => {
  const all = ['backup', 'host'].flatMap((part) => {
    const scripts = join(ROOT, 'estates/vulpine', part, 'scripts');
    return readdirSync(scripts).map((name) => join(scripts, name));
  });
  const made = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('have nothing that shellcheck knows', () => {
    const offsite = made('offsite-whole.sh', offsiteScript(backup.offsite as never, backup, 'ssh-ed25519 AAAA'));
    execFileSync('shellcheck', [...all, made('dump.sh', DUMPS), offsite], { stdio: 'pipe' });
  });

  test('are laid out as shfmt does', () => {
    expect(execFileSync('shfmt', ['--indent', '2', '--diff', ...all, made('dump.sh', DUMPS)], { encoding: 'utf8' })).toBe('');
  });
});
