import { ARTIFACT_REGISTRY, COMPUTE } from '../../support/google/discovery';
import { RolloutBench } from '../../support/rollout/bench';

const GROUP = '/compute/v1/projects/p/zones/us-central1-a/instanceGroupManagers/shard-1';
const PACKAGE = '/v1/projects/p/locations/us-central1/repositories/filmlinkd/packages/scraper';

test.each([
  ['a field that no group has', 'PATCH', GROUP, { template: 'x' }, /Unknown name "template"/],
  ['a field of another type', 'PATCH', GROUP, { updatePolicy: { maxSurge: 0 } }, /Invalid value at 'updatePolicy.maxSurge'/],
  ['a word that is not one', 'PATCH', GROUP, { updatePolicy: { minimalAction: 'RECREATE' } }, /minimalAction/],
  ['a query that no method has', 'GET', `${GROUP}?view=FULL`, undefined, /Unknown name "view"/],
  ['a body where none belongs', 'POST', `${GROUP}/listManagedInstances`, {}, /takes no body/],
  ['a method that is not one', 'PUT', GROUP, {}, /is not a method/],
  ['a tag of another repository', 'GET', `${PACKAGE.replace('filmlinkd', 'other')}/tags/prod`, undefined, /is not ours/],
  ['a tag with an unknown field', 'PATCH', `${PACKAGE}/tags/prod?updateMask=version`, { digest: 'x' }, /Unknown name "digest"/],
  ['a tag that is no path', 'GET', `${PACKAGE}/tags/a/b`, undefined, /is not a method/],
])('%s is refused, as Google would', async (_, method, url, body, says) => {
  const { cloud } = new RolloutBench();
  expect((await cloud.handle(method, url, body)).status).toBe(400);
  expect(cloud.refused).toEqual([expect.stringMatching(says)]);
});

test('the documents route what they hold, and nothing else', () => {
  expect(ARTIFACT_REGISTRY.route('POST', `${PACKAGE}/tags`)?.name).toBe('tags.create');
  expect(COMPUTE.route('POST', GROUP.replace('/compute/v1', ''))).toBeUndefined();
  expect(ARTIFACT_REGISTRY.mistakesOf('Tag', { version: 7 })).toEqual([expect.stringContaining("Invalid value at 'version'")]);
  expect(() => ARTIFACT_REGISTRY.mistakesOf('Instance', {})).toThrow('the extract has no Instance');
});

test('a group shows its old self while the operation runs, and says for a moment longer that nothing is to do', async () => {
  const { cloud, clock } = new RolloutBench();
  const group = cloud.group('shard-1');
  const look = async () => {
    const { body } = await cloud.handle('GET', GROUP, undefined);
    const { versions, status } = body as ReturnType<typeof group.shown>;
    return [versions[0]?.name, status.isStable, status.versionTarget.isReached];
  };
  await cloud.handle('PATCH', GROUP, { versions: [{ ...group.versions[0], name: 'release-1' }] });
  expect(await look()).toEqual([undefined, true, true]);
  clock.pass(3);
  expect(await look()).toEqual(['release-1', true, true]);
  clock.pass(26);
  expect(await look()).toEqual(['release-1', false, false]);
  clock.pass(60);
  expect(await look()).toEqual(['release-1', true, true]);
});
