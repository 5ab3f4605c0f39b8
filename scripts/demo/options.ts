import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface DemoOptions {
  /** How long things happen, milliseconds. @default until somebody stops it */
  readonly playMs?: number;
  readonly bus: 'embedded' | 'pubsub';
  readonly store: 'embedded' | 'firestore';
}

/** What is made beforehand, by `make`. */
export const BUNDLES = { folder: '.cache', files: ['scraper.js', 'shard.js', 'worker.js'] } as const;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** Milliseconds. */
const LONGEST = 24 * 3_600_000;

const EMULATED: readonly string[] = ['BUS=pubsub', 'STORE=firestore'];
export const EMULATORS_INSTALL = 'gcloud components install beta pubsub-emulator cloud-firestore-emulator';

/** What the emulators are started with, and how somebody gets it. */
const PROGRAMS = {
  gcloud: `install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install), then: ${EMULATORS_INSTALL}`,
  java: 'install a Java runtime 17 or newer, such as apt-get install default-jre-headless',
} as const;

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** The options, or everything that keeps the demo from starting. */
export function demoOptions({ for: time, bus = 'embedded', store = 'embedded' }: Given, path = process.env.PATH ?? ''): DemoOptions | readonly string[] {
  const problems: string[] = [];
  const playMs = time === undefined ? undefined : milliseconds(String(time));
  if (time !== undefined && playMs === undefined) problems.push(`FOR=${time}: must be a time such as 20s, 2m or 1h, 1s at least and 24h at most`);
  const choice = <T extends string>(name: string, value: unknown, values: readonly T[]): T | undefined => {
    if (values.includes(value as T)) return value as T;
    problems.push(`${name}=${value}: must be ${values.join(' or ')}`);
    return undefined;
  };
  const chosen = { bus: choice('BUS', bus, ['embedded', 'pubsub']), store: choice('STORE', store, ['embedded', 'firestore']) };
  const emulated = [`BUS=${chosen.bus}`, `STORE=${chosen.store}`].filter((setting) => EMULATED.includes(setting));
  if (emulated.length > 0) {
    for (const [program, install] of Object.entries(PROGRAMS)) {
      if (!isOnPath(program, path)) problems.push(`${program} is not on PATH, and ${emulated.join(' ')} needs it: ${install}`);
    }
  }
  for (const file of BUNDLES.files) {
    if (!existsSync(join(BUNDLES.folder, file))) problems.push(`${join(BUNDLES.folder, file)} is not there: make demo makes it, or make build`);
  }
  if (problems.length > 0 || !chosen.bus || !chosen.store) return problems;
  return { bus: chosen.bus, store: chosen.store, ...(playMs !== undefined && { playMs }) };
}

function milliseconds(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h)$/.exec(text) ?? [];
  const value = Number(number) * (UNITS[unit] ?? Number.NaN);
  return value >= 1000 && value <= LONGEST ? value : undefined;
}

function isOnPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
