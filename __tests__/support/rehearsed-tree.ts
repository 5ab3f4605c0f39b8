import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../../rehearsal/runner/options';
import type { World } from '../../rehearsal/runner/rehearse';
import { rehearse } from '../../rehearsal/runner/rehearse';

/** Stacks of a small tree: JSON by name, beside what each needs. */
export interface TreeStack {
  readonly needs?: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON, as a test writes it
  readonly [block: string]: any;
}

/** An `app` without cdktf: it writes what `stacks.js` returns for the override file's content. */
const APP = `
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const out = process.env.CDKTF_OUTDIR;
const stacks = require('./stacks.js')(JSON.parse(readFileSync(process.env.ESTATES_CONFIG, 'utf8')), process.env);
const manifest = { version: 'stand-in', stacks: {} };
for (const [name, { needs: dependencies = [], terraform = {}, ...json }] of Object.entries(stacks)) {
  const workingDirectory = 'stacks/' + name;
  manifest.stacks[name] = { name, workingDirectory, dependencies };
  mkdirSync(out + '/' + workingDirectory, { recursive: true });
  const backend = { local: { path: '../../../.state/' + name + '.tfstate' } };
  writeFileSync(out + '/' + workingDirectory + '/cdk.tf.json', JSON.stringify({ ...json, terraform: { backend, ...terraform } }, null, 2));
}
writeFileSync(out + '/manifest.json', JSON.stringify(manifest));
`;

/** A tree to rehearse. `stacks` is a function's source or a plain object. */
export function makeTree(stacks: Readonly<Record<string, TreeStack>> | string): string {
  const root = mkdtempSync(join(tmpdir(), 'tree-'));
  writeFileSync(join(root, 'cdktf.json'), JSON.stringify({ language: 'typescript', app: 'node app.js' }));
  writeFileSync(join(root, 'app.js'), APP);
  writeFileSync(join(root, 'package-lock.json'), '{}');
  mkdirSync(join(root, 'node_modules'));
  writeStacks(root, stacks);
  return root;
}

export function writeStacks(root: string, stacks: Readonly<Record<string, TreeStack>> | string): void {
  writeFileSync(join(root, 'stacks.js'), `module.exports = ${typeof stacks === 'string' ? stacks : `() => (${JSON.stringify(stacks)})`};`);
}

/** The state of another stack of the tree, as data `terraform_remote_state.<stack>`. */
export function stateOf(stack: string) {
  return { terraform_remote_state: { [stack]: { backend: 'local', config: { path: `../../../.state/${stack}.tfstate` } } } };
}

export interface Result {
  readonly well: boolean;
  readonly report: string;
  readonly progress: string;
}

/** Rehearses a tree; `estates` is the loaded config that it pretends to have. */
export async function rehearseTree(root: string, options: Partial<Options> = {}, world: Partial<World> = {}): Promise<Result> {
  const text = { report: '', progress: '' };
  const well = await rehearse(
    { patterns: [], help: false, ...options },
    {
      root,
      env: process.env,
      signal: new AbortController().signal,
      out: { write: (written) => (text.report += written) },
      err: { write: (written) => (text.progress += written) },
      loadEstates: () => ({}),
      ...world,
    },
  );
  return { well, ...text };
}

/** A copy of a tree, for a second one that differs. */
export function copyTree(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'tree-'));
  cpSync(root, copy, { recursive: true });
  return copy;
}
