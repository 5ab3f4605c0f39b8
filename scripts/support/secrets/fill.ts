import { placeOf, type SecretNeed } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { EstateNeeds } from '../chosen-needs';
import type { CommandLine } from '../command';
import { deploy } from '../preflight/finding';
import { aws, awsCaller, gcloud, googleAccount, kubectl, ssh } from '../tool';
import { concealed } from './concealed';
import { Interrupted } from './hidden-input';
import { type Fillable, type Survey, secretsOf, survey } from './survey';
import { pipedValues, typedValues, type Values } from './values';

export interface Filling extends Pick<CommandLine, 'dryRun' | 'yes'> {
  /** A secret that gets another value. @default those that have none get one */
  readonly rotate?: string | undefined;
}

/** Asks for the values that are missing and adds them. Returns the exit code. */
export async function fillSecrets(needs: readonly EstateNeeds[], { dryRun, yes, rotate }: Filling): Promise<number> {
  const all = secretsOf(needs);
  const chosen = rotate === undefined ? all : all.filter(({ name }) => name === rotate);
  if (rotate !== undefined && chosen.length === 0) throw new UsageError(`There is no secret ${rotate}; ${listed(all)}`);
  if (all.length === 0) {
    console.log('Nothing to do: no secret is declared by what you chose.');
    return 0;
  }
  if (chosen.some(({ type }) => type === 'gcp')) googleAccount();
  for (const region of new Set(chosen.flatMap((need) => (need.type === 'aws' ? [need.region] : [])))) awsCaller(region);
  const found = survey(chosen, { gcloud, aws, ssh, kubectl });
  const wanted = rotate === undefined ? found.empty : [...found.empty, ...found.filled];
  if (rotate === undefined && found.filled.length > 0) console.log(`Kept, because they have a value: ${names(found.filled.map(({ need }) => need))}\n`);
  const added = await addAll(wanted, chosen, { dryRun, yes });
  if (added === 'interrupted') return 130;
  if (added.length > 0) console.log(`\nNext: ${next(added)}`);
  const left = leftOf(found, dryRun ? [] : wanted.filter((one) => !added.includes(one)));
  if (left !== '') console.log(`\n${left}`);
  return left === '' ? 0 : 1;
}

/** Adds the values that it gets. */
async function addAll(
  wanted: readonly Fillable[],
  chosen: readonly SecretNeed[],
  { dryRun, yes }: Pick<Filling, 'dryRun' | 'yes'>,
): Promise<Fillable[] | 'interrupted'> {
  if (wanted.length === 0) {
    console.log('Nothing to add.');
    return [];
  }
  console.log(`${dryRun ? 'Would ask for and add' : 'Asks for and adds'}:`);
  for (const { need, versions } of wanted)
    console.log(`  - ${versions.length > 0 ? 'another value' : 'the value'} of ${need.name} (${placeOf(need)}): ${need.is}`);
  if (dryRun) {
    console.log('\nNothing was added (dry run).');
    return [];
  }
  const added: Fillable[] = [];
  try {
    for await (const { secret, value } of valuesOf(wanted, chosen, yes)) {
      add(secret, value);
      added.push(secret);
      console.log(`added  ${secret.need.name}`);
    }
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error(`\nInterrupted: ${added.length} of ${wanted.length} added. The same command asks for the rest.`);
      return 'interrupted';
    }
    throw error;
  }
  return added;
}

function valuesOf(wanted: readonly Fillable[], chosen: readonly SecretNeed[], yes: boolean): Values {
  if (process.stdin.isTTY) return typedValues(wanted, process.stdin, process.stderr);
  if (!yes) throw new UsageError('Nobody is there to ask: run it at a terminal, or pass --yes (YES=1) and NAME=value lines. Nothing was added.');
  return pipedValues(wanted, chosen, process.stdin);
}

/** What the program says of it is not told if it holds the value. */
function add({ need: { name }, store }: Fillable, value: Buffer): void {
  try {
    store.add(value, { gcloud, aws, ssh, kubectl });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${concealed(error.message, value)}\n${name} was not added. The same command asks for what is left.`);
  }
}

function next(added: readonly Fillable[]): string {
  const lines = [
    'make preflight. What runs already reads a value when it starts: replace its machines, restart its containers, or deploy its functions again.',
  ];
  for (const { need, store, versions } of added) {
    const retire = store.retire(versions);
    if (retire.length > 0) lines.push(`When nothing uses the old value of ${need.name} any more:`, ...retire.map((command) => `  ${command}`));
  }
  return lines.join('\n');
}

/** What still has no value, and why. */
function leftOf({ unmade, hidden }: Survey, unanswered: readonly Fillable[]): string {
  return [
    ...unanswered.map(({ need }) => `${need.name} has no new value: standard input did not name it`),
    ...unmade.map(
      ({ name, stack, type }) =>
        `${name} is not there yet: ${deploy(stack)}${type === 'kubernetes' ? ', set KUBECONFIG' : ''}, then run the same command again`,
    ),
    ...hidden.map(({ need: { name }, store: { viewer } }) => `${name} cannot be seen: it takes ${viewer.role} on ${viewer.on}`),
  ].join('\n');
}

function names(secrets: readonly SecretNeed[]): string {
  return secrets.map(({ name }) => name).join(', ');
}

function listed(secrets: readonly SecretNeed[]): string {
  return secrets.length === 0 ? 'what you chose declares none' : `there is ${names(secrets)}`;
}
