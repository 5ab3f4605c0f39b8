import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import { Stack } from '../../../rehearsal/runner/stack';
import { forgetLocalPlaces, isInitialized } from '../state/remembered-place';
import type { Tool } from '../tool';
import { type Answer, done, notAsked, toDo } from './answer';

/** A state, as far as it says what exists. */
interface StateJson {
  readonly resources?: readonly {
    readonly mode: string;
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly status?: string; readonly deposed?: string }[];
  }[];
}

export interface WhereStates {
  readonly terraform: Pick<Tool, 'write'>;
  /** Whether Terraform may be initialized to ask for a state that is elsewhere: it writes files, and may make a workspace. */
  readonly mayInitialize: boolean;
}

/** Whether the stack is deployed: everything that is synthesized is in its state, whole. */
export function stackState(stack: Stack, where: WhereStates): Answer {
  const state = stack.stateFile === undefined ? elsewhere(stack, where) : localState(stack.stateFile);
  if (state === 'not asked') return notAsked('its state is not on this machine, and asking for it takes make synth and Terraform initialized for it');
  if (state === undefined) return toDo();
  const whole = new Set(
    (state.resources ?? []).flatMap(({ mode, module, type, name, instances }) =>
      mode === 'managed' && module === undefined && instances.some(isWhole) && instances.every(({ status }) => status !== 'tainted') ? [`${type}.${name}`] : [],
    ),
  );
  const missing = [...stack.resources.keys()].filter((address) => !whole.has(address));
  if (missing.length === 0) return done();
  return toDo(missing.length === stack.resources.size ? undefined : `${missing.length} of ${stack.resources.size} resources are missing`);
}

/** A deposed one is about to be deleted. */
const isWhole = ({ deposed }: { readonly deposed?: string }) => deposed === undefined;

/** Of a stack that was synthesized elsewhere: the folder of states is at the repository's root. */
function localState(stateFile: string): StateJson | undefined {
  const file = join('.state', basename(stateFile));
  return existsSync(file) ? parsed(file, readFileSync(file, 'utf8')) : undefined;
}

function elsewhere({ name, place }: Stack, { terraform, mayInitialize }: WhereStates): StateJson | undefined | 'not asked' {
  const folder = join('cdktf.out/stacks', name);
  const synthesized = existsSync(join(folder, 'cdk.tf.json')) ? Stack.read(name, folder, []) : undefined;
  // what was synthesized there with another config would be asked for another state
  if (synthesized?.place !== place) return 'not asked';
  if (!isInitialized(synthesized)) {
    if (!mayInitialize) return 'not asked';
    forgetLocalPlaces([synthesized]);
    terraform.write([`-chdir=${folder}`, 'init', '-input=false', '-no-color']);
  }
  const printed = terraform.write([`-chdir=${folder}`, 'state', 'pull']).trim();
  return printed === '' ? undefined : parsed(`${name}'s state`, printed);
}

function parsed(name: string, text: string): StateJson {
  try {
    return JSON.parse(text) as StateJson;
  } catch {
    throw new UsageError(`${name} is no JSON`);
  }
}
