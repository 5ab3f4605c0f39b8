import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { UsageError } from './command';

/** A synthesized stack, as far as commands need to know it. */
export interface Stack {
  readonly name: string;
  /** Names of the stacks that must be deployed before it. */
  readonly dependencies: readonly string[];
  readonly folder: string;
  readonly resources: number;
  /** Addresses with `prevent_destroy`. */
  readonly protects: readonly string[];
  /** `local`, `cloud`, `gcs` or `s3`. */
  readonly backend: string;
}

type Blocks = Record<string, Record<string, { lifecycle?: { prevent_destroy?: boolean } }>>;

/** All stacks of `cdktf.out`, each after those it depends on. */
export function synthesizedStacks(out = 'cdktf.out'): Stack[] {
  const manifest = join(out, 'manifest.json');
  if (!existsSync(manifest)) throw new UsageError(`${manifest} is missing: run make synth first`);
  const stacks: Record<string, { dependencies: string[]; workingDirectory: string; synthesizedStackPath: string }> = JSON.parse(
    readFileSync(manifest, 'utf8'),
  ).stacks;
  const all = Object.entries(stacks).map(([name, { dependencies, workingDirectory, synthesizedStackPath }]) => {
    const { resource = {}, terraform } = JSON.parse(readFileSync(join(out, synthesizedStackPath), 'utf8')) as {
      resource?: Blocks;
      terraform: { backend?: Record<string, unknown> };
    };
    const addresses = Object.entries(resource).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, { lifecycle }]) => ({ address: `${type}.${id}`, protects: lifecycle?.prevent_destroy === true })),
    );
    return {
      name,
      dependencies,
      folder: join(out, workingDirectory),
      resources: addresses.length,
      protects: addresses.filter(({ protects }) => protects).map(({ address }) => address),
      backend: Object.keys(terraform.backend ?? { cloud: {} })[0] ?? 'cloud',
    };
  });
  return inDependencyOrder(all);
}

function inDependencyOrder(stacks: readonly Stack[]): Stack[] {
  const ordered = new Map<string, Stack>();
  const visit = (stack: Stack) => {
    if (ordered.has(stack.name)) return;
    for (const name of stack.dependencies) visit(stacks.find((other) => other.name === name) as Stack);
    ordered.set(stack.name, stack);
  };
  for (const stack of stacks) visit(stack);
  return [...ordered.values()];
}

/** The stacks that match any of the patterns, such as `moshi-*-dev`. A pattern that matches nothing is an error. */
export function chooseStacks(stacks: readonly Stack[], patterns: readonly string[]): Stack[] {
  const matchers = patterns.map((pattern) => ({ pattern, matches: picomatch(pattern) }));
  for (const { pattern, matches } of matchers) {
    if (!stacks.some(({ name }) => matches(name))) {
      throw new UsageError(`no stack is called ${pattern}; there is\n  ${stacks.map(({ name }) => name).join('\n  ')}`);
    }
  }
  return stacks.filter(({ name }) => matchers.some(({ matches }) => matches(name)));
}

/** The chosen stacks and all that they depend on, in deployment order. */
export function withDependencies(stacks: readonly Stack[], chosen: readonly Stack[]): Stack[] {
  const wanted = new Set(chosen.map(({ name }) => name));
  for (const stack of [...stacks].reverse()) {
    if (wanted.has(stack.name)) for (const name of stack.dependencies) wanted.add(name);
  }
  return stacks.filter(({ name }) => wanted.has(name));
}

/** Stacks outside the choice that depend on something in it. */
export function dependents(stacks: readonly Stack[], chosen: readonly Stack[]): Stack[] {
  const gone = new Set(chosen.map(({ name }) => name));
  return stacks.filter((stack) => !gone.has(stack.name) && stack.dependencies.some((name) => gone.has(name)));
}
