import { readFileSync } from 'node:fs';
import { cloudConfig, type MachineFile } from '../../../constructs/core/cloud-config';
import { compressed as packed } from '../../../constructs/core/compressed';

/** One script of a machine, with what it takes. A script ends in its own test. */
export interface Step {
  /** The script's name, without `.sh`. */
  readonly script: keyof typeof SCRIPTS;
  readonly environment?: Readonly<Record<string, string>>;
  /** What this step is about, when a script runs more than once. */
  readonly of?: string;
}

/** What becomes of a machine on which a step fails. */
export type OnFailure =
  /** It stays, for somebody to look at: nothing else would take its place. */
  | 'stay'
  /** It shuts down ten minutes later, and its group starts another one. */
  | 'shutdown';

export interface Machine {
  readonly steps: readonly Step[];
  /** What the scripts need besides their environment. */
  readonly files?: readonly MachineFile[];
  readonly onFailure: OnFailure;
}

/** From the repository's root, where synth runs. */
const HERE = 'estates/egf2/machines/scripts';
const SCRIPTS = {
  'secure-mirrors': `${HERE}/secure-mirrors.sh`,
  'install-ssm-agent': `${HERE}/install-ssm-agent.sh`,
  'install-node': 'packer/scripts/install-node.sh',
  'make-swap': `${HERE}/make-swap.sh`,
  'mount-data': `${HERE}/mount-data.sh`,
  'install-rethinkdb': `${HERE}/install-rethinkdb.sh`,
  'install-elasticsearch': `${HERE}/install-elasticsearch.sh`,
  'install-launcher': `${HERE}/install-launcher.sh`,
  'install-service': `${HERE}/install-service.sh`,
  'check-service': `${HERE}/check-service.sh`,
  'install-nginx': `${HERE}/install-nginx.sh`,
} as const;

/** Where everything lies on the machine. */
export const FOLDER = '/opt/egf2-machine';

/** Bytes of user data that EC2 takes, before its base64. */
export const LONGEST = 16_384;

/** A file of this folder as it lies on a machine. */
export function scriptFile(name: string, source = `${HERE}/${name}`): MachineFile {
  return { path: `${FOLDER}/${name}`, content: readFileSync(source, 'utf8'), mode: '0755' };
}

/** The user data of a machine, as people read it. EC2 gets it by `compressed`. */
export function userData({ steps, files = [], onFailure }: Machine): string {
  const names = [...new Set(steps.map(({ script }) => script))];
  const all: readonly MachineFile[] = [
    scriptFile('run.sh'),
    scriptFile('lib.sh'),
    { path: `${FOLDER}/steps.sh`, content: stepsFile(steps, onFailure) },
    ...names.map((name) => scriptFile(`${name}.sh`, SCRIPTS[name])),
    ...files,
  ];
  // no secret is among them, and the services' own users read them
  const text = cloudConfig(
    all.map((file) => ({ mode: '0644', ...file })),
    [['/bin/bash', `${FOLDER}/run.sh`]],
  );
  const { length } = packed(text);
  if (length > LONGEST) throw new Error(`user data has ${length} bytes when compressed, and EC2 takes ${LONGEST}: shorten what its options hold`);
  return text;
}

/** User data as EC2 takes it: cloud-init unpacks it, and only so does it fit. In base64. */
export function compressed(text: string): string {
  return Buffer.from(packed(text)).toString('base64');
}

function stepsFile(steps: readonly Step[], onFailure: OnFailure): string {
  return [
    '# shellcheck shell=bash disable=SC2034,SC2016',
    '# What run.sh does, in this order.',
    `on_failure=${onFailure}`,
    ...steps.map(({ script, of, environment = {} }) => {
      const assignments = Object.entries(environment).map(([name, value]) => `${name}=${shellQuoted(value)}`);
      return ['step', script, shellQuoted(of ?? ''), ...assignments].join(' ');
    }),
    '',
  ].join('\n');
}

export function shellQuoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
