import { readFileSync } from 'node:fs';
import { cloudConfig, type MachineFile } from '../../../constructs/core/cloud-config';
import { DOCKER, ENGINE } from './engine';
import { type HostPart, lines } from './part';

export interface HostOptions {
  /** Admin's user name. */
  readonly admin: string;
  /** What it has beside the engine. */
  readonly parts: readonly HostPart[];
}

/** From the repository's root, where synth runs. */
const SCRIPT = 'estates/vulpine/host/scripts/setup.sh';
/** Where a host has what sets it up. */
const FOLDER = '/opt/vulpine-host';

/** Sets a host up: with the files of {@link hostFiles} there, as often as one likes. */
export const SETUP = ['/bin/bash', '-c', `set -a; . ${FOLDER}/variables; exec ${FOLDER}/setup.sh`] as const;

/** Every file that setting a host up puts there. No secret is in one. */
export function hostFiles({ admin, parts }: HostOptions): MachineFile[] {
  const all = [ENGINE, ...parts];
  const words = (of: (part: HostPart) => readonly string[] | undefined) => [...new Set(all.flatMap((part) => of(part) ?? []))].join(' ');
  const variables = {
    ADMIN: admin,
    FOLDERS: words(({ folders }) => folders),
    PACKAGES: words(({ packages }) => packages),
    UNITS: words(({ units }) => units),
    ...DOCKER,
  };
  return [
    { path: `${FOLDER}/setup.sh`, content: readFileSync(SCRIPT, 'utf8'), mode: '0755' },
    { path: `${FOLDER}/variables`, content: lines(...Object.entries(variables).map(([name, value]) => `${name}='${value}'`)), mode: '0644' },
    ...all.flatMap(({ files }) => files),
  ];
}

/** The user data of a host, as people read it. */
export function hostUserData(options: HostOptions): string {
  return cloudConfig(hostFiles(options), [SETUP]);
}
