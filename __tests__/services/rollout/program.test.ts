import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutVariables } from '../../../services/contracts/rollout';
import type { Clock } from '../../../services/runtime/clock';
import type { Server } from '../../support/loopback';
import { ROOT } from '../../support/repository';
import { digestOf, GROUPS, IMAGES } from '../../support/rollout/bench';
import { FakeCloud, type FakeCloudOptions } from '../../support/rollout/fake-cloud';
import { ACCOUNT, serveCloud } from '../../support/rollout/server';

/** A thousand seconds a second: machines are made while we look. */
const start = Date.now();
const clock: Clock = {
  now: () => start + (Date.now() - start) * 1000,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 1000)),
};

const servers: Server[] = [];
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(servers.map((server) => server.close()));
});

async function cloudWith(options: Partial<FakeCloudOptions> = {}): Promise<{ cloud: FakeCloud; url: string }> {
  const cloud = new FakeCloud({ clock, tag: 'prod', groups: Object.fromEntries(GROUPS.map(({ name, images }) => [name, images])), ...options });
  for (const image of IMAGES) {
    cloud.registry.set(image, 'prod', digestOf(image, '0'), 0);
    cloud.registry.set(image, '1', digestOf(image, '1'), 0);
  }
  const server = await serveCloud(cloud);
  servers.push(server);
  return { cloud, url: server.url };
}

/** The bundle that a build starts. `url`: of the cloud, undefined: there is none. */
function run(url: string | undefined, changes: Partial<Record<keyof RolloutVariables, string | undefined>> = {}) {
  const host = url?.replace('http://', '');
  const variables: RolloutVariables = {
    ACTION: 'deliver',
    PROJECT: 'p',
    REGION: 'us-central1',
    ZONE: 'us-central1-a',
    REPOSITORY: 'filmlinkd',
    TAG: 'prod',
    RELEASE: '1',
    GROUPS: JSON.stringify(GROUPS),
    LOOK_SECONDS: '0.02',
    PATIENCE_SECONDS: '1',
    DELIVER_COMMAND: 'make filmlinkd-deliver ENV=prod',
    ROLLBACK_COMMAND: 'make filmlinkd-rollback ENV=prod',
    COMPUTE_URL: `${url ?? 'http://127.0.0.1:9'}/compute/v1`,
    REGISTRY_URL: `${url ?? 'http://127.0.0.1:9'}/v1`,
  };
  const google = host ? { GCE_METADATA_HOST: host } : { METADATA_SERVER_DETECTION: 'none' };
  const env = { PATH: process.env.PATH, HOME: mkdtempSync(join(tmpdir(), 'home-')), ...google, ...(variables as object), ...changes };
  const child = spawn(process.execPath, [join(ROOT, '.cache/rollout.js')], { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    said.stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    said.stderr += piece;
  });
  return { child, ended: once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal, ...said })) };
}

const TRACE = /\n\s+at /;

test('delivers, and exits with 0', async () => {
  const { cloud, url } = await cloudWith();
  const { code, stdout, stderr } = await run(url).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Delivers 1 as prod: scraper-1, scraper-2, shard-1, one after the other\n[\s\S]*All 3 machines are well\.\n$/);
  expect(cloud.replaced.map(({ group, ill }) => [group, ill])).toEqual(GROUPS.map(({ name }) => [name, []]));
  expect(cloud.refused).toEqual([]);
});

test('killed by SIGKILL and started again, ends as if it had not been; then goes back', async () => {
  let kill = () => {};
  const { cloud, url } = await cloudWith({
    fault: ({ method, of }) => {
      if (method === 'instanceGroupManagers.patch' && of === 'scraper-2') kill();
      return undefined;
    },
  });
  const first = run(url);
  kill = () => void first.child.kill('SIGKILL');
  expect((await first.ended).signal).toBe('SIGKILL');
  kill = () => {};
  expect((await run(url).ended).code).toBe(0);
  expect(IMAGES.map((image) => [cloud.registry.get(image, 'prod'), cloud.registry.get(image, 'prod-previous')])).toEqual(
    IMAGES.map((image) => [digestOf(image, '1'), digestOf(image, '0')]),
  );
  expect([...cloud.groups.values()].map(({ machines }) => machines.length)).toEqual([2, 2, 2]);
  const back = await run(url, { ACTION: 'rollback', RELEASE: undefined }).ended;
  expect([back.code, back.stderr]).toEqual([0, '']);
  expect(IMAGES.map((image) => cloud.registry.get(image, 'prod'))).toEqual(IMAGES.map((image) => digestOf(image, '0')));
});

test('a machine that stays unhealthy: exit code 1, what to do, no trace', async () => {
  const { url } = await cloudWith({ behaves: (digests, group) => (group === 'scraper-2' && digests.includes(digestOf('scraper', '1')) ? 'ill' : 'well') });
  const { code, stderr } = await run(url).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Stopped at scraper-2: .*unhealthy\.\nReplaced and well before: scraper-1\. Not touched: shard-1\.\nTo go back: make filmlinkd-rollback ENV=prod\./,
  );
  expect(stderr).not.toMatch(TRACE);
});

test('a refusal names the permission, and the account that lacks it', async () => {
  const message = "Required 'compute.instanceGroupManagers.get' permission for 'projects/p/zones/us-central1-a/instanceGroupManagers/scraper-1'";
  const { url } = await cloudWith({ fault: ({ method }) => (method.endsWith('Managers.get') ? { status: 403, reason: 'forbidden', message } : undefined) });
  const { code, stderr } = await run(url).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`forbidden: ${message}`);
  expect(stderr).toContain(`It was asked as ${ACCOUNT}: deploy the delivery stack`);
  expect(stderr).not.toMatch(TRACE);
});

test('nobody is logged in: said at once, not after a minute of tries', async () => {
  const { code, stderr } = await run(undefined).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Google does not know who asks: .*default credentials[\s\S]*make auth\. Nothing was changed\.\n$/);
});

test('an environment that is not usable: every problem at once', async () => {
  const { code, stderr } = await run(undefined, {
    ACTION: 'go',
    PROJECT: undefined,
    GROUPS: '[{"name":"a","images":[]},{"name":"a","images":["i"]}]',
    PATIENCE_SECONDS: 'x',
    TAG: 'Prod',
  }).ended;
  expect(code).toBe(1);
  for (const text of [
    'ACTION: found "go"; must be "deliver" or "rollback"',
    'PROJECT: is missing',
    'GROUPS (at 0.images)',
    'PATIENCE_SECONDS: found "x"',
    'TAG: found "Prod"',
  ])
    expect(stderr).toContain(text);
  expect(stderr).not.toMatch(TRACE);
  const { stderr: second } = await run(undefined, { RELEASE: undefined, GROUPS: '[{"name":"a","images":["i"]},{"name":"a","images":["i"]}]' }).ended;
  expect(second).toContain('names a group twice');
});
