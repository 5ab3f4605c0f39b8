import { readFileSync } from 'node:fs';
import type { VulpineConfig } from '../../../config/vulpine';
import type { BackupConfig, OffsiteConfig } from '../../../config/vulpine/backup';
import type { MachineFile } from '../../../constructs/core/cloud-config';
import { HOST_FOLDER } from '../containers/secrets';
import { type HostPart, lines } from '../host/part';
import { WEBHOOK_FILE } from '../host/told';

/** Where a host has the programs and their settings. */
export const PROGRAMS = '/opt/vulpine-backup';
/** What only root reads: the key that copies go by, and URLs. */
export const BACKUP_FOLDER = `${HOST_FOLDER}/backup`;
/** From the repository's root, where synth runs. */
const SCRIPTS = 'estates/vulpine/backup/scripts';

export const scriptText = (name: string) => readFileSync(`${SCRIPTS}/${name}.sh`, 'utf8');
const program = (name: string): MachineFile => ({ path: `${PROGRAMS}/${name}.sh`, content: scriptText(name), mode: '0755' });

/** Settings as shells read them; values are the config's, and hold nothing that a shell would read in its own way. */
export const settings = (values: Readonly<Record<string, string | number>>) => lines(...Object.entries(values).map(([name, value]) => `${name}='${value}'`));

/** A program that a timer starts, and what it may touch. */
export function timed(name: string, says: string, start: string, onCalendar: string, service: readonly string[], unit: readonly string[] = []): MachineFile[] {
  const at = (kind: string) => `/etc/systemd/system/${name}.${kind}`;
  return [
    {
      path: at('service'),
      mode: '0644',
      content: lines(
        '[Unit]',
        `Description=${says}`,
        'Wants=network-online.target',
        'After=network-online.target docker.service',
        ...unit,
        '',
        '[Service]',
        'Type=oneshot',
        `ExecStart=${start}`,
        ...service,
        ...CONFINED,
      ),
    },
    {
      path: at('timer'),
      mode: '0644',
      content: lines(
        '[Unit]',
        `Description=${says}`,
        '',
        '[Timer]',
        `OnCalendar=${onCalendar}`,
        'RandomizedDelaySec=60',
        'Persistent=true',
        '',
        '[Install]',
        'WantedBy=timers.target',
      ),
    },
  ];
}

/** Root that reads what docker's volumes hold, writes its own state, and does nothing else. */
const CONFINED = [
  'Nice=10',
  'IOSchedulingClass=idle',
  'NoNewPrivileges=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectControlGroups=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
];

/** Where the programs find things. */
export interface BackupPlaces {
  /** Of what only root reads: the key, and URLs. */
  readonly folder: string;
  readonly knownHosts: string;
  /** As the engine has them: `<instance>-dumps/_data`. */
  readonly volumes: string;
  /** Of their own. */
  readonly state: string;
  readonly webhook: string;
}

/** What `ship`, `check` and `alert` are told. */
export function shipSettings(
  { maxAgeHours, alert }: BackupConfig,
  { host, port, user }: OffsiteConfig,
  instances: readonly string[],
  { folder, knownHosts, volumes, state, webhook }: BackupPlaces,
): Readonly<Record<string, string | number>> {
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    INSTANCES: instances.join(' '),
    OFFSITE: `${user}@${address}`,
    PORT: port,
    FOLDER: folder,
    KNOWN_HOSTS: knownHosts,
    VOLUMES: volumes,
    STATE: state,
    MAX_AGE_HOURS: maxAgeHours,
    REPEAT_HOURS: alert.repeatHours,
    WEBHOOK: alert.webhook ? webhook : '',
  };
}

/** The off-site host by its key, under the name that ssh asks for. */
export const knownHosts = ({ host, port, hostKey }: OffsiteConfig) => lines(`${port === 22 ? host : `[${host}]:${port}`} ${hostKey}`);

/** What a host needs to send its instances' data away, to look whether it got there, and to get it back. `alsoWrong`: files that are there while something else is wrong. */
export function backupPart({ prod }: VulpineConfig, alsoWrong: readonly string[] = []): HostPart {
  const instances = Object.keys(prod.instances);
  const { offsite } = prod.backup;
  const restore = program('restore');
  if (!offsite) return { files: [restore] };
  const places = {
    folder: BACKUP_FOLDER,
    knownHosts: `${PROGRAMS}/known_hosts`,
    volumes: '/var/lib/docker/volumes',
    state: '/var/lib/vulpine-backup',
    webhook: WEBHOOK_FILE,
  };
  const state = ['StateDirectory=vulpine-backup', 'StateDirectoryMode=0700'];
  return {
    packages: ['curl', 'openssh-client', 'rsync'],
    folders: [BACKUP_FOLDER],
    files: [
      restore,
      ...['ship', 'check', 'alert'].map(program),
      { path: places.knownHosts, mode: '0644', content: knownHosts(offsite) },
      {
        path: `${PROGRAMS}/settings`,
        mode: '0644',
        content: settings({ ...shipSettings(prod.backup, offsite, instances, places), ALSO_WRONG: alsoWrong.join(' ') }),
      },
      {
        path: '/etc/systemd/system/vulpine-backup-key.service',
        mode: '0644',
        content: lines(
          '[Unit]',
          "Description=The key by which vulpine's backups leave this host, made here and nowhere else",
          `ConditionPathExists=!${BACKUP_FOLDER}/key`,
          '',
          '[Service]',
          'Type=oneshot',
          `ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -C vulpine-backup -f ${BACKUP_FOLDER}/key`,
          '',
          '[Install]',
          'WantedBy=multi-user.target',
        ),
      },
      ...timed('vulpine-backup', "Copies of vulpine's dumps and media to the off-site host", `${PROGRAMS}/ship.sh`, '*:10/20', state, [
        // whatever became of it, somebody looks at once
        'OnSuccess=vulpine-backup-check.service',
        'OnFailure=vulpine-backup-check.service',
      ]),
      ...timed('vulpine-backup-check', "How old vulpine's newest copies are", `${PROGRAMS}/check.sh`, '*:0/15', state),
    ],
    units: ['vulpine-backup-key.service', 'vulpine-backup.timer', 'vulpine-backup-check.timer'],
  };
}
