import { readFileSync } from 'node:fs';
import type { BackupConfig } from '../../../config/vulpine/backup';
import type { MachineFile } from '../../../constructs/core/cloud-config';
import { HOST_FOLDER } from '../containers/secrets';

/** Where a host has the URL that is told, below root's folder; hosts with dumps and hosts with certificates read it. */
export const WEBHOOK_FILE = `${HOST_FOLDER}/backup/WEBHOOK_URL`;

const PROGRAMS = '/opt/vulpine-host';
/** From the repository's root, where synth runs. */
const program = (name: string, from: string): MachineFile => ({ path: `${PROGRAMS}/${name}.sh`, content: readFileSync(from, 'utf8'), mode: '0755' });

/** Where a unit says that something is wrong: the file is there as long as it is. */
export const alertOf = (unit: string) => `/var/lib/${unit}/alert`;

/** Programs by which a unit tells people. */
export const toldFiles = (): MachineFile[] => [
  program('told', 'estates/vulpine/host/scripts/told.sh'),
  program('alert', 'estates/vulpine/backup/scripts/alert.sh'),
];

/** Lines of a unit's service: how it ended is told, whatever the end was. It has a runtime directory already. */
export const toldWhenItFails = (unit: string, what: string, { webhook, repeatHours }: BackupConfig['alert']): string[] => [
  `StateDirectory=${unit}`,
  'StateDirectoryMode=0700',
  `Environment=REPEAT_HOURS=${repeatHours}${webhook ? ` WEBHOOK=${WEBHOOK_FILE}` : ''}`,
  // what cannot be told does not make a run that went well a failed one; it is told after the next
  `ExecStopPost=-${PROGRAMS}/told.sh ${what}`,
];
