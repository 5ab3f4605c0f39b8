import { resolveNs } from 'node:dns/promises';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check, Step } from '../../../constructs/core/first-deploy';
import { type Asker, askStep } from '../../../scripts/support/up/ask';
import { up } from '../../../scripts/support/up/up';

const here = process.cwd();
const never = new AbortController().signal;
const bucket = { kind: 'state-bucket', environment: 'shared', type: 'gcs', bucket: 'our-states', project: 'films', location: 'europe-west4' } as const;
const keys = (...names: string[]): Check => ({ kind: 'keys', file: 'keys.json', keys: names });
const step = (done: readonly Check[], ...lines: readonly string[]): Step => ({ title: 'the keys', done, does: { kind: 'commands', lines } });

/** A world that lets nobody look at anything. */
const refusing = { ask: () => ({ is: 'refused' }) } as Pick<Asker['gcloud'], 'ask'>;
const asker = (): Asker => ({
  estate: 'films',
  stacks: new Map(),
  gcloud: refusing,
  aws: refusing,
  ssh: refusing,
  kubectl: refusing,
  git: { unless: () => undefined },
  curl: { unless: () => undefined },
  make: { unless: () => undefined },
  terraform: { write: () => '' },
  resolve: resolveNs,
  baseOf: () => undefined,
  env: process.env,
  mayInitialize: false,
});

let said: string;
const note = (...[text]: unknown[]) => {
  said += `${text}\n`;
};
beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), 'steps-')));
  said = '';
  for (const name of ['log', 'error'] as const) jest.spyOn(console, name).mockImplementation(note);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => process.chdir(here));

const climb = (...steps: readonly Step[]) =>
  up(
    { estate: 'films', environment: 'dev', steps, entrance: [], stacks: new Map(), next: 'make plan' },
    {
      asker: asker(),
      entrance: [],
      patienceMs: 0,
      paint: (_, text) => text,
      lines: async () => undefined,
      listen: () => ({ interrupt: never, kill: never }),
      dryRun: false,
      yes: true,
    },
  );

test('a step is done when all of its checks hold, not when the first does', async () => {
  writeFileSync('keys.json', '{"one": 1}');
  expect(await askStep(step([keys('one')]), asker())).toEqual({ is: 'done', mend: [] });
  expect(await askStep(step([keys('one'), keys('two')]), asker())).toEqual({ is: 'to do', remark: 'keys.json has no two', mend: [] });
});

test('a need that nobody may look at is not done: it was not asked', async () => {
  expect(await askStep(step([{ kind: 'need', need: bucket }]), asker())).toMatchObject({
    is: 'not asked',
    remark: 'state bucket our-states: you may not look: it takes roles/storage.bucketViewer on films',
  });
});

test('what went well is asked again, and stops where it still is not so', async () => {
  expect(await climb(step([keys('one')], 'true'), step([keys('two')], 'touch later'))).toBe(1);
  expect(said).toMatch(/Stopped at step 1 of 2, the keys\.\ntrue went well, but keys\.json has no one\./);
  expect([existsSync('later'), existsSync('.state/up.lock')]).toEqual([false, false]);
});

test('what is so by then goes on to the next; what is done is not done again', async () => {
  const lines = [`echo '{"one": 1}' >keys.json`, 'echo once >>runs'];
  expect(await climb(step([keys('one')], ...lines))).toBe(0);
  expect(await climb(step([keys('one')], ...lines))).toBe(0);
  expect([readFileSync('runs', 'utf8'), said.includes('Nothing to do: 1 step, all done.')]).toEqual(['once\n', true]);
});
