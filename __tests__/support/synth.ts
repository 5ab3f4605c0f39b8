import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { mergePatch } from '../../config/merge';
import type { Estate } from '../../constructs/core/estate';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { EstatesApp } from '../../constructs/core/estates-app';
import { google } from '../../constructs/gcp/provider';
import { allEstates, estates } from '../../estates/index';
import { parse } from './stack-json';

export { parse, type StackJson } from './stack-json';

const TEST_STACK: EstateStackProps = {
  estate: 'test',
  environment: 'prod',
  protection: 'on',
  backend: { type: 'local' },
  providers: [google({ project: 'test-project', region: 'us-central1', zone: 'us-central1-a' })],
};

/** One stack built by `build`, prepared, validated, checked against the policy, as JSON text for cdktf's matchers. Its path is `test-unit-prod`. */
export function synth(build: (stack: EstateStack) => void, props: Partial<EstateStackProps> = {}): string {
  const app = testApp();
  const stack = new EstateStack(app, 'unit', { ...TEST_STACK, ...props });
  build(stack);
  return jsonOf(app).get(stack.node.id) as string;
}

/** All stacks of all estates by name, with the committed values patched by `override`. */
export function synthEstates(override: object = {}, env: Record<string, string> = {}): ReadonlyMap<string, string> {
  return synthAll(estates, override, env);
}

/** The same, and the estate that deploys them from Terraform Cloud, as `example-org`. */
export function synthWithTerraformCloud(override: Record<string, object> = {}): ReadonlyMap<string, string> {
  return synthAll(allEstates, mergePatch({ 'terraform-cloud': { shared: { organization: 'example-org' } } }, override) as object, {});
}

/** The same for one estate, which is faster. `override` is its own section. */
export function synthEstate(name: string, override: object = {}): ReadonlyMap<string, string> {
  return synthAll(
    estates.filter((estate) => estate.name === name),
    { [name]: override },
    {},
  );
}

function synthAll(chosen: readonly Estate[], override: object, env: Record<string, string>): ReadonlyMap<string, string> {
  const patched = chosen.map((estate) => ({ ...estate, values: mergePatch(estate.values, (override as Record<string, unknown>)[estate.name] ?? {}) }));
  const config = loadConfig(patched, { env, root: tmpdir() });
  const app = testApp();
  const deployment = config.terraformCloud ? { terraformCloud: { type: 'cloud', ...config.terraformCloud } as const } : {};
  for (const estate of chosen) estate.stacks(app, config.estates[estate.name], deployment);
  return jsonOf(app);
}

/** Resources of one type in a stack's JSON, by logical id. */
export function resourcesOf(json: string | undefined, type: string): Record<string, unknown>[] {
  return Object.values(parse(json).resource?.[type] ?? {});
}

/** The only resource of its type. */
export function onlyResource(json: string | undefined, type: string): Record<string, unknown> {
  const found = resourcesOf(json, type);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}, expected one`);
  return found[0] as Record<string, unknown>;
}

/** An app that writes, if at all, to a folder of the run's own. */
export function testApp(): EstatesApp {
  return new EstatesApp({ outdir: mkdtempSync(join(tmpdir(), 'synth-')) });
}

function jsonOf(app: EstatesApp): ReadonlyMap<string, string> {
  const problems = app.validate();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return new Map(app.node.children.map((stack) => [stack.node.id, JSON.stringify((stack as EstateStack).toTerraform())]));
}
