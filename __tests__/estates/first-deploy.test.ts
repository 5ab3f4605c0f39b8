import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import type { EstateStack } from '../../constructs/core/estate-stack';
import type { Check, Step } from '../../constructs/core/first-deploy';
import type { Need, SecretNeed } from '../../constructs/core/need';
import { estates } from '../../estates/index';
import { environmentsOf } from '../../scripts/support/environments';
import { ROOT, repositoryFiles } from '../support/repository';
import { testApp } from '../support/synth';

interface SetUp {
  readonly title: string;
  readonly estate: string;
  readonly override: object;
}

const HMAC = { prod: { webhook: { auth: 'hmac', callers: null, reason: 'The callers are machines of somebody else' } } };
const IN_BUCKET = { shared: { backend: { type: 'gcs', bucket: 'our-states' } } };

/** Every estate, and every variant of one. */
const SET_UPS: readonly SetUp[] = [
  ...estates.map(({ name }) => ({ title: `${name} as it is`, estate: name, override: {} })),
  ...estates.flatMap(({ name }) => {
    const folder = join(ROOT, 'estates', name, 'variants');
    const files = repositoryFiles().some((file) => file.startsWith(`estates/${name}/variants/`)) ? readdirSync(folder) : [];
    return files.map((file) => ({
      title: `${name}, ${file}`,
      estate: name,
      override: (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, object>)[name] as object,
    }));
  }),
  { title: 'docker-worker with a signed web hook, its state in a bucket', estate: 'docker-worker', override: { ...HMAC, ...IN_BUCKET } },
];

/** One set-up, built once. */
function built({ estate: name, override }: SetUp) {
  const estate = estates.find((one) => one.name === name);
  if (!estate?.firstDeploy || !estate.needs) throw new Error(`${name} has no first deployment`);
  const { firstDeploy } = estate;
  const config = estate.schema.parse(mergePatch(estate.values, override));
  const app = testApp();
  estate.stacks(app, config, {});
  app.validate(); // it finds what stacks read of each other
  const stacks = new Map(
    (app.node.children as EstateStack[]).map((stack) => [
      stack.node.id,
      { needs: stack.dependencies.map(({ node }) => node.id), json: JSON.stringify(stack.toTerraform()) },
    ]),
  );
  const needs = estate.needs(config);
  return environmentsOf(needs).map((environment) => ({
    environment,
    stacks,
    needs: needs.filter((need) => need.environment === 'shared' || need.environment === environment),
    ...firstDeploy(config, environment),
  }));
}

const checksOf = <K extends Check['kind']>(step: Step | undefined, kind: K) =>
  (step?.done ?? []).filter((check): check is Extract<Check, { kind: K }> => check.kind === kind);
const stacksOf = (step: Step | undefined) => checksOf(step, 'stack').map(({ stack }) => stack);

const makefile = repositoryFiles()
  .filter((file) => file === 'Makefile' || /^estates\/[^/]+\/targets\.mk$/.test(file))
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n');

/** What is there before the first step, and only a person gets. */
const BEFORE: readonly Need['kind'][] = ['project', 'aws-account', 'token', 'source'];

/** How a stack names a secret that something in it reads. */
function nameIn(need: SecretNeed): string {
  if (need.type === 'host') return `${need.folder}/${need.file.split('/').slice(0, -1).join('/')}`;
  return need.name;
}

describe.each(SET_UPS)('$title', (setUp) => {
  const all = built(setUp);

  test('each stack comes after those that it depends on', () => {
    for (const { steps, stacks } of all) {
      const order = steps.flatMap(stacksOf);
      for (const [i, stack] of order.entries()) expect(order.slice(0, i)).toEqual(expect.arrayContaining(stacks.get(stack)?.needs ?? ['no such stack']));
    }
  });

  test('each stack of an environment, and each shared one, is deployed by one step', () => {
    for (const { steps, stacks, environment } of all) {
      const own = [...stacks.keys()].filter((name) => name.endsWith('-shared') || name.endsWith(`-${environment}`));
      expect(steps.flatMap(stacksOf).sort()).toEqual(own.sort());
      for (const step of steps) {
        const deploys = step.does.kind === 'make' && step.does.target === 'deploy' ? step.does.values.STACKS?.split(' ') : [];
        expect(deploys).toEqual(stacksOf(step));
      }
    }
  });

  test('each need is fulfilled by one step, or is there before the first', () => {
    for (const { steps, needs } of all) {
      const fulfilled = steps.flatMap((step) => checksOf(step, 'need').map(({ need }) => JSON.stringify(need)));
      expect(new Set(fulfilled).size).toBe(fulfilled.length);
      const left = needs.filter((need) => !fulfilled.includes(JSON.stringify(need)));
      expect(left.filter(({ kind }) => !BEFORE.includes(kind))).toEqual([]);
    }
  });

  test('secrets get their values when they are there, and before anything reads them', () => {
    for (const { steps, needs, stacks } of all) {
      const at = (stack: string) => steps.findIndex((step) => stacksOf(step).includes(stack));
      for (const need of needs) {
        if (need.kind !== 'secret') continue;
        const given = steps.findIndex((step) =>
          checksOf(step, 'need').some((check) => check.need === need || JSON.stringify(check.need) === JSON.stringify(need)),
        );
        expect(given).toBeGreaterThan(at(need.stack));
        const readers = [...stacks].filter(([name, { json }]) => name !== need.stack && at(name) >= 0 && json.includes(nameIn(need)));
        for (const [reader] of readers) expect(at(reader)).toBeGreaterThan(given);
      }
    }
  });

  test('images are baked before what starts from them', () => {
    for (const { steps, stacks } of all) {
      for (const [i, step] of steps.entries()) {
        for (const { need } of checksOf(step, 'need')) {
          if (need.kind !== 'image') continue;
          const users = [...stacks].filter(([, { json }]) => json.includes(`/global/images/${need.name ?? `family/${need.family}`}`)).map(([name]) => name);
          const deployedBy = users.map((name) => steps.findIndex((one) => stacksOf(one).includes(name)));
          expect(deployedBy.filter((at) => at >= 0)).not.toEqual([]);
          for (const at of deployedBy) if (at >= 0) expect(at).toBeGreaterThan(i);
        }
      }
    }
  });

  test('no step is done because another one is', () => {
    for (const { steps } of all) {
      const done = steps.map((step) => checksOf(step, 'answers').map(({ url }) => url)).filter((urls) => urls.length > 0);
      expect(new Set(done.flat()).size).toBe(done.flat().length);
    }
  });

  test('every target is there, and every step can be asked for', () => {
    for (const { steps } of all) {
      expect(new Set(steps.map(({ title }) => title)).size).toBe(steps.length);
      for (const { done, does } of steps) {
        expect(done).not.toEqual([]);
        const targets = [...(does.kind === 'make' ? [does.target] : []), ...done.flatMap((check) => (check.kind === 'nothing-to-do' ? [check.target] : []))];
        for (const target of targets) expect([target, new RegExp(`^${target}::?`, 'm').test(makefile)]).toEqual([target, true]);
        if (does.kind === 'commands') expect(does.lines).not.toEqual([]);
        if (does.kind === 'person') expect(does.says.length + done.filter(({ kind }) => kind === 'need').length).toBeGreaterThan(0);
      }
    }
  });
});
