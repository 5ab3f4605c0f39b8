import type { BackupConfig, OffsiteConfig } from '../../../config/vulpine/backup';
import type { MachineFile } from '../../../constructs/core/cloud-config';
import { scriptText, settings, timed } from './part';

/** Where the off-site host has the programs. */
const PROGRAMS = '/opt/vulpine-offsite';

/** What it calls its settings' folder and its timer: those of an instance that sends by itself, or of all. */
const unitOf = (instance?: string) => (instance === undefined ? 'vulpine-offsite' : `vulpine-offsite-${instance}`);

/** For an instance that sends by itself: an account, and a folder, in which no other one may write. */
export const offsiteOf = (offsite: OffsiteConfig, instance: string): OffsiteConfig => ({
  ...offsite,
  user: `${offsite.user}-${instance}`,
  folder: `${offsite.folder}/${instance}`,
});

const program = (name: string): MachineFile => ({ path: `${PROGRAMS}/${name}.sh`, content: scriptText(name), mode: '0755' });

/** Files of the off-site host. @param instance Which sends by itself. @default all come together */
export function offsiteFiles({ folder, keepDays }: OffsiteConfig, { maxAgeHours, alert }: BackupConfig, instance?: string): MachineFile[] {
  const unit = unitOf(instance);
  const folderOfSettings = `/etc/${unit}`;
  return [
    ...['receive', 'keep', 'alert'].map(program),
    {
      path: `${folderOfSettings}/settings`,
      mode: '0644',
      content: settings({
        FOLDER: folder,
        KEEP_DAYS: keepDays,
        MAX_AGE_HOURS: maxAgeHours,
        REPEAT_HOURS: alert.repeatHours,
        WEBHOOK: alert.webhook ? `${folderOfSettings}/WEBHOOK_URL` : '',
      }),
    },
    ...timed(unit, 'Keeps backups of vulpine that have come', `${PROGRAMS}/keep.sh`, '*:0/5', [
      `ReadWritePaths=${folder}`,
      ...(instance === undefined ? [] : [`Environment=VULPINE_OFFSITE=${folderOfSettings}/settings`]),
    ]),
  ];
}

/** A script that sets the off-site host up, for whoever is root there. Only its public key says whose backups it keeps. */
export function offsiteScript(offsite: OffsiteConfig, backup: BackupConfig, publicKey: string, instance?: string): string {
  const files = offsiteFiles(offsite, backup, instance).flatMap(({ path, content, mode = '0600' }) => [
    `install -D -m ${mode} /dev/stdin ${path} <<'END OF FILE'`,
    ...content.split('\n').slice(0, -1),
    'END OF FILE',
  ]);
  const [first = '', ...rest] = scriptText('offsite').split('\n');
  return [first, settings({ FOLDER: offsite.folder, ACCOUNT: offsite.user, PUBLIC_KEY: publicKey, UNIT: unitOf(instance) }).trimEnd(), ...files, ...rest].join(
    '\n',
  );
}
