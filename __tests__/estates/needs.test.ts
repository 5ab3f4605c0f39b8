import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_APIS } from '../../config/base-apis';
import { estates } from '../../estates/index';
import { SERVICE_NAMES } from '../../services/contracts/egf2-services';
import { driftOf } from '../support/cloud/drift';
import { REAL_CASES } from '../support/cloud/estates';
import { ROOT } from '../support/repository';

test('every estate declares what it needs', () => {
  expect(estates.filter(({ needs }) => !needs).map(({ name }) => name)).toEqual([]);
});

test.each(REAL_CASES)('$title: its needs are what its stacks name, no more and no less', (one) => {
  expect(driftOf(one)).toEqual([]);
});

const plain = REAL_CASES[0];
const signed = REAL_CASES.find(({ title }) => title.includes('signed'));
if (!plain || !signed) throw new Error('no case has a signed web hook');

test.each(signed.needs.filter(({ kind }) => kind !== 'api').map((need, i) => [need.kind, i, need] as const))(
  'a %s that is not declared is found (%i)',
  (_, __, need) => {
    expect(driftOf({ ...signed, needs: signed.needs.filter((one) => one !== need) })).toEqual([expect.stringContaining('in a stack, but no need')]);
  },
);

test('what no stack names any more is found, of every kind', () => {
  expect(driftOf({ ...plain, needs: signed.needs }).map((line) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['bucket', 'image', 'secret', 'container']),
  );
});

test('a secret that another stack makes, and a registry that its stack does not make, are found', () => {
  const moved = signed.needs.map((need) => ('stack' in need && need.stack ? { ...need, stack: 'docker-worker-workers-prod' } : need));
  expect(driftOf({ ...signed, needs: moved }).length).toBeGreaterThan(2);
});

test("a trigger's repository is a need", () => {
  const repository = 'projects/docker-worker/locations/us-west1/connections/github/repositories/bot';
  const json = JSON.stringify({ terraform: {}, resource: { google_cloudbuild_trigger: { it: { repository_event_config: { repository } } } } });
  const stacks = new Map([...plain.stacks, ['more', json]]);
  expect(driftOf({ ...plain, stacks })).toEqual(['repository docker-worker us-west1 github bot: in a stack, but no need']);
  const need = {
    kind: 'repository-connection',
    environment: 'shared',
    project: 'docker-worker',
    region: 'us-west1',
    connection: 'github',
    repository: 'bot',
  } as const;
  expect(driftOf({ stacks, needs: [...plain.needs, { ...need, remoteUri: 'https://github.com/me/bot.git' }] })).toEqual([]);
});

test("docker-worker's runbook enables the APIs that it needs first", () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbooks/docker-worker.md'), 'utf8');
  expect(runbook).toContain(`gcloud services enable ${BASE_APIS.join(' ')}`);
});

test("egf2's machines clone the source of each service: where its commit is named, and where it is not", () => {
  const estate = estates.find(({ name }) => name === 'egf2');
  const sources = estate?.needs?.(estate.schema.parse(estate.values)).filter((need) => need.kind === 'source') ?? [];
  expect(sources.map(({ of }) => of)).toEqual(SERVICE_NAMES);
  expect(sources.filter(({ commit }) => commit === undefined).map(({ of }) => of)).toEqual(['job']);
});
