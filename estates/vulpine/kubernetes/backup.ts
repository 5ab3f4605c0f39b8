import { isIP, isIPv6 } from 'node:net';
import type { BackupConfig, OffsiteConfig } from '../../../config/vulpine/backup';
import type { Mount } from '../../../constructs/kubernetes/pod';
import type { End, Way } from '../../../constructs/kubernetes/traffic-policy';
import { offsiteOf } from '../backup/offsite';
import { knownHosts, PROGRAMS, scriptText, settings, shipSettings } from '../backup/part';
import { SECRETS_FOLDER } from '../containers/secrets';
import { labelsOf } from './plan';
import { DNS, OUTSIDE } from './ways';

/** The job that sends an instance's dumps away, and looks how old they are: `dbbackup` makes them, on its disk. */
export const BACKUP_JOB = {
  name: 'backup',
  labels: { 'app.kubernetes.io/name': 'backup' },
  /** As often as a host. */
  schedule: '10,30,50 * * * *',
  beginSeconds: 600,
  deadlineSeconds: 3600,
  memoryMb: 128,
  /** Who has the disk. */
  beside: labelsOf('dbbackup'),
} as const;

/** The secret with URLs that are told. */
export const BACKUP_SECRET = 'backup';
/** Before the deadline, so that somebody looks in any case. */
const SHIP_SECONDS = BACKUP_JOB.deadlineSeconds - 600;
/** The claim of the first and only pod of `dbbackup`; and its folders, of dumps, and of the job's own. */
const CLAIM = 'dumps-dbbackup-0';
const [DUMPS, OWN] = ['dumps', 'backup'];

const STATE = '/var/lib/vulpine-backup';
const VOLUMES = '/volumes';
const URLS = `${SECRETS_FOLDER}/${BACKUP_SECRET}`;

/** Its programs, and what they are told. */
export function backupFiles(backup: BackupConfig, offsite: OffsiteConfig, instance: string): Record<string, string> {
  const own = offsiteOf(offsite, instance);
  const places = { folder: `${STATE}/own`, knownHosts: `${PROGRAMS}/known_hosts`, volumes: VOLUMES, state: `${STATE}/state`, webhook: `${URLS}/WEBHOOK_URL` };
  return {
    ...Object.fromEntries(['job', 'ship', 'check', 'alert'].map((name) => [`${name}.sh`, scriptText(name)])),
    known_hosts: knownHosts(own),
    settings: settings({ ...shipSettings(backup, own, [instance], places), HEARTBEAT: `${URLS}/HEARTBEAT_URL`, SHIP_SECONDS }),
  };
}

export const BACKUP_COMMAND = [`${PROGRAMS}/job.sh`];

/** Dumps, which it may only read, on their disk; beside them a folder of its own, with its key. Media are in the bucket. */
export const backupMounts = (configMap: string, instance: string): Mount[] => [
  { name: 'programs', to: PROGRAMS, configMap, executable: true },
  { name: 'urls', to: URLS, secret: BACKUP_SECRET },
  { name: 'disk', to: `${VOLUMES}/${instance}-dumps/_data`, claim: CLAIM, folder: DUMPS as string, readOnly: true },
  { name: 'disk', to: STATE, claim: CLAIM, folder: OWN as string, readOnly: false },
  { name: 'media', to: `${VOLUMES}/${instance}-media/_data`, scratchMb: 1 },
];

/** It asks the off-site host, and who is told, by https: policies know no names, so that it is everything outside where the config has no address. */
export function backupWays({ host, port }: OffsiteConfig): Way[] {
  const there: readonly End[] = isIP(host) ? [{ network: `${host}/${isIPv6(host) ? 128 : 32}` }] : OUTSIDE;
  const tcp = (number: number) => [{ port: number, protocol: 'TCP' as const }];
  return [{ ends: there, ports: tcp(port) }, { ends: OUTSIDE, ports: tcp(443) }, DNS];
}
