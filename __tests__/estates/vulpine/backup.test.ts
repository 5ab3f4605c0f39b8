import { gunzipSync } from 'node:zlib';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { compressed } from '../../../constructs/core/compressed';
import { offsiteFiles, offsiteScript } from '../../../estates/vulpine/backup/offsite';
import { backupPart } from '../../../estates/vulpine/backup/part';
import { CONTAINERS } from '../../../estates/vulpine/containers/table';
import { hostOptions } from '../../../estates/vulpine/host/parts';
import { hostUserData } from '../../../estates/vulpine/host/user-data';
import { vulpineNeeds } from '../../../estates/vulpine/needs';

const configured = (backup: object = {}) => vulpineSchema.parse(mergePatch(vulpineValues, { prod: { backup } }));
const problems = (backup: object) =>
  vulpineSchema.safeParse(mergePatch(vulpineValues, { prod: { backup } })).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
const fileOf = (path: string, backup: object = {}) => backupPart(configured(backup)).files.find((file) => file.path === path)?.content ?? '';
const WITHOUT = { offsite: null, withoutOffsite: 'a test of an hour: nothing in it is kept' };

describe('backup in the config', () => {
  test.each([
    [{ offsite: null }, 'prod.backup: must have either offsite, where copies go, or withoutOffsite'],
    [{ withoutOffsite: 'there is one all the same' }, 'prod.backup: must have either offsite'],
    [{ ...WITHOUT, withoutOffsite: 'no' }, 'prod.backup.withoutOffsite: must give the reason'],
    [{ offsite: { hostKey: '|1|abc= ssh-ed25519 AAAA' } }, 'prod.backup.offsite.hostKey: not the public key of a host'],
    [{ offsite: { hostKey: 'ssh-ed25519 AAAA\n* ssh-rsa BBBB' } }, 'prod.backup.offsite.hostKey'],
    [{ offsite: { host: "$(id)'" } }, 'prod.backup.offsite.host: not a DNS name or an address'],
    [{ offsite: { user: 'root' } }, 'prod.backup.offsite.user: not a user name other than root'],
    [{ offsite: { folder: '/srv/../etc; id' } }, 'prod.backup.offsite.folder: not an absolute path'],
    [{ offsite: { port: 0 } }, 'prod.backup.offsite.port: must be 1 or more'],
    [{ offsite: { keepDays: 1 } }, 'prod.backup.offsite.keepDays: must be 7 days or more'],
    [{ maxAgeHours: 0 }, 'prod.backup.maxAgeHours: must be 1 hour or more'],
    [{ alert: { repeatHours: 1.5 } }, 'prod.backup.alert.repeatHours: must be whole hours'],
  ])('%j is refused: %s', (backup, message) => {
    expect(problems(backup).join('\n')).toContain(message);
  });

  test('the values are an hour, two hours of age, thirty days', () => {
    expect(configured().prod.backup).toMatchObject({ maxAgeHours: 2, offsite: { port: 22, keepDays: 30 }, alert: { webhook: false, repeatHours: 6 } });
  });
});

describe('a host', () => {
  test('knows the off-site host by its key only, under the name that ssh asks for', () => {
    const known = (host: string, port: number) => fileOf('/opt/vulpine-backup/known_hosts', { offsite: { host, port } }).split(' ')[0];
    expect(known('offsite.example.net', 22)).toBe('offsite.example.net');
    expect(known('offsite.example.net', 2222)).toBe('[offsite.example.net]:2222');
    expect(known('2001:db8::7', 22)).toBe('2001:db8::7');
    expect(fileOf('/opt/vulpine-backup/settings', { offsite: { host: '2001:db8::7' } })).toContain("OFFSITE='vulpine-backup@[2001:db8::7]'");
    expect(
      backupPart(configured())
        .files.map(({ content }) => content)
        .join('\n'),
    ).not.toMatch(/accept-new|StrictHostKeyChecking=no/);
  });

  test('ships, and looks whatever became of it, and at other times too', () => {
    const unit = fileOf('/etc/systemd/system/vulpine-backup.service');
    expect(unit).toMatch(/^OnSuccess=vulpine-backup-check.service\nOnFailure=vulpine-backup-check.service$/m);
    expect(backupPart(configured()).units).toEqual(['vulpine-backup-key.service', 'vulpine-backup.timer', 'vulpine-backup-check.timer']);
  });

  test('makes its own key, and never another one', () => {
    expect(fileOf('/etc/systemd/system/vulpine-backup-key.service')).toContain('ConditionPathExists=!/etc/vulpine/backup/key\n');
  });

  test('without an off-site host has what restores, and nothing that would fail every hour', () => {
    const { files, units } = backupPart(configured(WITHOUT));
    expect(files.map(({ path }) => path)).toEqual(['/opt/vulpine-backup/restore.sh']);
    expect(units).toBeUndefined();
    expect(vulpineNeeds(configured(WITHOUT)).filter((need) => need.kind === 'secret' && need.name.startsWith('backup/'))).toEqual([]);
  });

  test('asks for the URLs that are used', () => {
    const secrets = (backup: object) =>
      vulpineNeeds(configured(backup)).flatMap((need) =>
        need.kind === 'secret' && need.type === 'host' && need.name.startsWith('backup/') ? [need.file] : [],
      );
    expect(secrets({})).toEqual(['backup/HEARTBEAT_URL']);
    expect(secrets({ alert: { webhook: true } })).toEqual(['backup/HEARTBEAT_URL', 'backup/WEBHOOK_URL']);
    expect(fileOf('/opt/vulpine-backup/settings')).toMatch(/^WEBHOOK=''$/m);
    expect(fileOf('/opt/vulpine-backup/settings', { alert: { webhook: true } })).toMatch(/^WEBHOOK='\/etc\/vulpine\/backup\/WEBHOOK_URL'$/m);
  });

  test('gets all of it at its first start: user data has the room', () => {
    const text = hostUserData(hostOptions(configured()));
    const packed = compressed(text);
    expect(packed.length).toBeLessThan(16_384);
    expect(gunzipSync(packed).toString()).toBe(text);
    for (const name of ['ship', 'check', 'alert', 'restore']) expect(text).toContain(`  - path: /opt/vulpine-backup/${name}.sh`);
  });
});

test('the container that dumps is well only with a whole dump, and ends when told', () => {
  const { health, command, stopSeconds } = CONTAINERS.dbbackup;
  expect(health.test.join(' ')).toContain('[ ! -e /dumps/FAILED ]');
  expect(command?.[0]).not.toMatch(/-mmin|-mtime/); // age alone deletes nothing
  expect(stopSeconds).toBe(10);
});

test('the off-site host gets its programs, and a key that may add files and ask', () => {
  const { backup } = configured().prod;
  if (!backup.offsite) throw new Error('there is one');
  expect(offsiteFiles(backup.offsite, backup).map(({ path }) => path)).toEqual([
    '/opt/vulpine-offsite/receive.sh',
    '/opt/vulpine-offsite/keep.sh',
    '/opt/vulpine-offsite/alert.sh',
    '/etc/vulpine-offsite/settings',
    '/etc/systemd/system/vulpine-offsite.service',
    '/etc/systemd/system/vulpine-offsite.timer',
  ]);
  const script = offsiteScript(backup.offsite, backup, 'ssh-ed25519 AAAA vulpine-backup');
  expect(script).toMatch(
    /^#!\/bin\/bash\nFOLDER='\/srv\/vulpine-backup'\nACCOUNT='vulpine-backup'\nPUBLIC_KEY='ssh-ed25519 AAAA vulpine-backup'\nUNIT='vulpine-offsite'\n/,
  );
  expect(script).toContain('restrict,command=');
});
