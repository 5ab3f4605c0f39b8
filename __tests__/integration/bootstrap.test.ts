import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudBench } from '../support/cloud/bench';
import { newProject } from '../support/cloud/project';

const SCRIPT = 'scripts/bootstrap.ts';
const STACK = 'docker-worker-apis-shared';

/** In front of one synthesized stack whose state belongs in a bucket, or stays here. */
function bench(backend: 'gcs' | 'local', more: object = {}): CloudBench {
  const one = new CloudBench(SCRIPT, { projects: { 'docker-worker': { ...newProject(), billing: true } }, ...more });
  const folder = join(one.root, 'cdktf.out/stacks', STACK);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ terraform: { backend: { [backend]: { path: 'x' } } } }));
  const stacks = { [STACK]: { name: STACK, workingDirectory: `stacks/${STACK}`, dependencies: [] } };
  one.write('cdktf.out/manifest.json', JSON.stringify({ stacks }));
  if (backend === 'gcs') one.write('estates.json', JSON.stringify({ 'docker-worker': { shared: { backend: { type: 'gcs', bucket: 'our-states' } } } }));
  return one;
}
const changes = ({ calls }: CloudBench) =>
  calls.filter(({ args }) => ['create', 'update'].includes(args[2] ?? '')).map(({ args }) => args.slice(2, 4).join(' '));

test('says what it would do, does it, and then finds nothing to do', () => {
  const one = bench('gcs');
  const dry = one.piped('', '--dry-run');
  expect(dry.output).toBe('Would do:\n  - our-states: make it, private, in us-west1\n  - our-states: keep old versions\n\nNothing was changed (dry run).\n');
  expect([dry.code, changes(one)]).toEqual([0, []]);
  expect(one.piped('', '--yes')).toMatchObject({ code: 0, output: expect.stringMatching(/done {2}our-states: keep old versions\n\nNext: make plan/) });
  expect(changes(one)).toEqual(['create gs://our-states', 'update gs://our-states']);
  expect(one.piped('', '--yes')).toMatchObject({ code: 0, output: expect.stringMatching(/^Nothing to do: the place is as it should be/) });
});

test('nobody there to answer changes nothing', () => {
  const one = bench('gcs');
  expect(one.piped('')).toMatchObject({ code: 2, output: expect.stringContaining('Nobody is there to answer: pass --yes') });
  expect(changes(one)).toEqual([]);
});

test('where no config names a place, says how to name one', () => {
  expect(bench('local').piped('', '--yes')).toMatchObject({
    code: 2,
    output: expect.stringMatching(/^No config names a place for state: it is kept in \.state\/[\s\S]*TF_CLOUD_ORGANIZATION/),
  });
});

test('who may not look is told what it takes', () => {
  expect(bench('gcs', { denied: ['storage'] }).piped('', '--yes')).toMatchObject({
    code: 2,
    output: "You may not look at the bucket our-states: it takes roles/storage.bucketViewer on docker-worker, or the name is somebody else's already.\n",
  });
});

test('a state of no stack is named, and stays', () => {
  const one = bench('gcs', { buckets: ['our-states'] });
  mkdirSync(join(one.root, '.state'));
  one.write('.state/docker-worker-gone-prod.tfstate', '{}');
  expect(one.piped('', '--yes').output).toMatch(/^No stack of this config is called docker-worker-gone-prod/);
});

test('explains itself', () => {
  expect(bench('gcs').piped('', '--help')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/make bootstrap ESTATE=[\s\S]*npx tsx scripts\/bootstrap\.ts/),
  });
});
