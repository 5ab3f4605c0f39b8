import { readFileSync } from 'node:fs';
import type { Construct } from 'constructs';
import { cloudConfig, type MachineFile } from '../../core/cloud-config';
import { templateText } from '../../core/template-text';
import { googleOf } from '../provider';
import type { Container, Containers } from './containers';
import { unit, unitName } from './unit';

/** Where everything lies on the machine: its /etc is made anew at every boot. */
const FOLDER = '/etc/container-machine';
const START = `${FOLDER}/start-container.sh`;
/** From the repository's root, where synth runs. */
const START_SOURCE = 'constructs/gcp/container-machine/start-container.sh';
/** Bytes, of one value in a machine's metadata. */
const LONGEST = 262_144;

/** What the machine finds in its metadata under `user-data`: cloud-init does it at every boot. */
export function userData(scope: Construct, estate: string, containers: Containers): string {
  const [first] = containers;
  const files: MachineFile[] = [
    { path: START, content: readFileSync(START_SOURCE, 'utf8') },
    ...containers.flatMap((container) => [
      { path: `${FOLDER}/${container.name}.env`, content: variables(container) },
      { path: `${FOLDER}/${container.name}.secrets`, content: secrets(container) },
      { path: `/etc/systemd/system/${unitName(container)}`, content: unit(container, { estate, script: START, isChecked: container === first }) },
    ]),
  ];
  const text = cloudConfig(files, ['systemctl daemon-reload', ...containers.map((container) => `systemctl start --no-block ${unitName(container)}`)]);
  const length = Buffer.byteLength(text);
  if (length > LONGEST)
    throw new Error(`${scope.node.path}: its user data has ${length} bytes, and a machine takes ${LONGEST}; shorten the containers' variables`);
  return templateText(text);
}

function variables(container: Container): string {
  return lines(Object.entries(container.variables).map(([variable, value]) => `${variable}=${value}`));
}

/** Where each value is, not what it is. */
function secrets(container: Container): string {
  return lines(Object.entries(container.secrets).map(([variable, secret]) => `${variable} projects/${googleOf(secret).project}/secrets/${secret.name}`));
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
