import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { DeployedTree, type TreeStack } from '../support/deployed-tree';
import { describeReal } from '../support/real';
import { eventually } from '../support/service-process';

const TYPES = new Set(['google_pubsub_topic', 'google_pubsub_subscription', 'google_secret_manager_secret', 'google_secret_manager_secret_version']);
const [SECRET, OTHER] = ['hunter2-of-config', 'hunter3-of-somebody'];
const provider = { google: { project: 'shop-1', region: 'us-central1' } };
const state = (stack: string) => ({ terraform_remote_state: { it: { backend: 'local', config: { path: `../../../.state/${stack}.tfstate` } } } });

const BASE: TreeStack = {
  provider,
  resource: {
    google_pubsub_topic: {
      orders: { name: 'orders', message_retention_duration: '86400s', lifecycle: { ignore_changes: ['kms_key_name'] } },
      letters: { name: 'letters' },
    },
    google_secret_manager_secret: { key: { secret_id: 'key', replication: { auto: {} } } },
    google_secret_manager_secret_version: { key: { secret: '${google_secret_manager_secret.key.id}', secret_data: SECRET } },
  },
  output: { ORDERS: { value: '${google_pubsub_topic.orders.id}' } },
};
const WEB: TreeStack = {
  needs: ['moshi-base-prod'],
  provider,
  data: state('moshi-base-prod'),
  resource: { google_pubsub_subscription: { orders: { name: 'orders', topic: '${data.terraform_remote_state.it.outputs.ORDERS}' } } },
};
const LATER: TreeStack = {
  needs: ['moshi-web-prod'],
  provider,
  data: state('moshi-web-prod'),
  resource: { google_pubsub_topic: { more: { name: '${data.terraform_remote_state.it.outputs.NONE}' } } },
};
const ALL = { 'moshi-base-prod': BASE, 'moshi-web-prod': WEB, 'moshi-later-prod': LATER };

describeReal(['terraform'], 'make drift', () => {
  let cloud: Cloud;
  let providers: ProviderServer;
  let tree: DeployedTree;

  beforeAll(async () => {
    cloud = Cloud.open();
    providers = await serveProviders({ cloud, socketFolder: mkdtempSync(join(tmpdir(), 'd-')), types: TYPES });
    tree = new DeployedTree('scripts/drift.ts', providers.env);
    tree.write(ALL);
    await tree.apply('moshi-base-prod');
    await tree.apply('moshi-web-prod');
  });
  afterAll(() => providers.close());

  /** Somebody changes an object, until the next test. */
  const behind = (key: string, change: object | undefined) => {
    const object = cloud.get(key);
    if (!object) throw new Error(`no ${key} in ${cloud.objects().map((each) => each.key)}`);
    if (change) cloud.put({ ...object, state: { ...object.state, ...change } });
    else cloud.remove(key);
    undo.push(() => cloud.put(object));
  };
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const back of undo.splice(0)) back();
    tree.write(ALL);
  });

  test('what runs is what the stacks say, and what was never deployed is said so in a word', async () => {
    const { code, stdout, stderr } = await tree.command();
    expect(stdout).toBe(
      'Never deployed, and not looked at: moshi-later-prod\n\n3 stacks: 2 as deployed, 1 not deployed.\nNext: nothing. What runs is what the deployed stacks say.\n',
    );
    expect(stderr.split('\n').sort()).toEqual(['', 'moshi-base-prod: as deployed', 'moshi-later-prod: not deployed', 'moshi-web-prod: as deployed']);
    expect(code).toBe(0);
  });

  test.each([
    ['is spoilt', '', 'is no state that Terraform wrote'],
    ['is gone, and a copy is there', undefined, 'is gone, and there is a'],
  ])('a state that %s is not taken for none', async (_, text, says) => {
    const file = join(tree.root, '.state/moshi-base-prod.tfstate');
    const state = readFileSync(file, 'utf8');
    rmSync(file);
    if (text === undefined) writeFileSync(`${file}.backup`, state);
    else writeFileSync(file, text);
    try {
      const { code, stdout } = await tree.command();
      expect(stdout).toContain(`moshi-base-prod cannot be planned:\n.state/moshi-base-prod.tfstate ${says}`);
      expect(code).toBe(1);
    } finally {
      writeFileSync(file, state);
      rmSync(`${file}.backup`, { force: true });
    }
  });

  test('where nothing was ever deployed nothing is looked at, which is no success', async () => {
    const { code, stdout } = await tree.command(['moshi-later-prod']);
    expect(stdout).toContain('Next: nothing was looked at.');
    expect(code).toBe(1);
  });

  test('what somebody changed and deleted is found, and nothing else; secrets are not shown, no state is written, no plan is left', async () => {
    const secret = cloud.find('google_secret_manager_secret_version')[0]?.key ?? '';
    behind('google_pubsub_topic/shop-1/orders', { message_retention_duration: '600s' });
    behind('google_pubsub_subscription/shop-1/orders', undefined);
    behind(secret, { secret_data: OTHER });
    const before = ['moshi-base-prod', 'moshi-web-prod'].map((stack) => tree.state(stack));
    const temporary = mkdtempSync(join(tmpdir(), 'own-'));

    const { code, stdout, stderr } = await tree.command([], { TMPDIR: temporary });
    const rows = stdout.slice(0, stdout.indexOf('\n\n')).split('\n');
    expect(rows.map((row) => row.replace(/ {2,}/g, ' | '))).toEqual([
      'stack | resource | how | what',
      'moshi-base-prod | google_pubsub_topic.orders | changed | message_retention_duration: "86400s" -> "600s"',
      'moshi-base-prod | google_secret_manager_secret_version.key | changed | secret_data: (sensitive)',
      'moshi-web-prod | google_pubsub_subscription.orders | deleted',
    ]);
    expect(stdout).toContain("the rest is set right by make deploy STACKS='moshi-base-prod moshi-web-prod'");
    expect(code).toBe(2);

    const json = await tree.command(['--json', '--estate', 'moshi', 'moshi-*-prod'], { TMPDIR: temporary });
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toEqual([
      {
        stack: 'moshi-base-prod',
        state: 'differs',
        differences: [
          { address: 'google_pubsub_topic.orders', how: 'changed', what: ['message_retention_duration: "86400s" -> "600s"'] },
          { address: 'google_secret_manager_secret_version.key', how: 'changed', what: ['secret_data: (sensitive)'] },
        ],
      },
      { stack: 'moshi-web-prod', state: 'differs', differences: [{ address: 'google_pubsub_subscription.orders', how: 'deleted', what: [] }] },
      { stack: 'moshi-later-prod', state: 'not deployed', differences: [] },
    ]);
    for (const text of [stdout, stderr, json.stdout, json.stderr]) for (const value of [SECRET, OTHER]) expect(text).not.toContain(value);
    expect(['moshi-base-prod', 'moshi-web-prod'].map((stack) => tree.state(stack))).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('what the stack says and nobody deployed is another thing; what it does not mind is none', async () => {
    behind('google_pubsub_topic/shop-1/orders', { kms_key_name: 'somebodys' });
    const topics = { ...Object(BASE.resource).google_pubsub_topic, letters: { name: 'letters', message_retention_duration: '600s' }, third: { name: 'third' } };
    tree.write({ ...ALL, 'moshi-base-prod': { ...BASE, resource: { ...Object(BASE.resource), google_pubsub_topic: topics } } });
    const { code, stdout } = await tree.command(['--json', 'moshi-base-prod']);
    expect(JSON.parse(stdout)[0].differences).toEqual([
      { address: 'google_pubsub_topic.orders', how: 'unminded', what: ['kms_key_name: null -> "somebodys"'] },
      { address: 'google_pubsub_topic.letters', how: 'not deployed', what: ['change', 'message_retention_duration: null -> "600s"'] },
      { address: 'google_pubsub_topic.third', how: 'not deployed', what: ['create'] },
    ]);
    expect(code).toBe(2);

    tree.write(ALL);
    const quiet = await tree.command(['moshi-base-prod']);
    expect(quiet).toMatchObject({ code: 0, stdout: expect.stringContaining('1 object changed in what no stack says anything of') });
  });

  test('a stack that cannot be planned is named with the reason; the others are told all the same', async () => {
    behind('google_pubsub_subscription/shop-1/orders', undefined);
    const broken = { ...Object(BASE.resource), google_pubsub_topic: { orders: { name: '${google_pubsub_topic.nowhere.name}' } } };
    tree.write({ ...ALL, 'moshi-base-prod': { ...BASE, resource: broken } });
    const { code, stdout } = await tree.command();
    expect(stdout).toMatch(/^moshi-base-prod cannot be planned:\n[\s\S]*Reference to undeclared resource/m);
    expect(stdout).toMatch(/^moshi-web-prod +google_pubsub_subscription\.orders +deleted$/m);
    expect(code).toBe(1);
  });

  test('what cannot be meant starts nothing', async () => {
    expect(await tree.command(['moshi-*-dev'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no stack is called moshi-*-dev') });
    expect(await tree.command(['--estate', 'moshy'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no estate moshy') });
    expect(await tree.command(['--estate', 'egf2'])).toMatchObject({ code: 1, stderr: 'egf2 has none of the chosen stacks\n' });
    expect(await tree.command([], { PATH: '/nowhere' })).toMatchObject({ code: 1, stderr: expect.stringContaining('terraform is not on PATH') });
    const dry = await tree.command(['--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Would plan, and change nothing:\n[\s\S]*moshi-web-prod/) });
  });

  test('interrupted, it ends, and every Terraform with it', async () => {
    const silent = createServer(() => undefined); // a provider that never answers
    const socket = join(mkdtempSync(join(tmpdir(), 'n-')), 'google.sock');
    await new Promise<void>((resolve) => silent.listen(socket, resolve));
    const attached = JSON.parse(providers.env.TF_REATTACH_PROVIDERS as string);
    for (const one of Object.values(attached) as { Addr: { String: string } }[]) one.Addr.String = socket;
    const { program, args, cwd, env } = tree.started;
    const child = spawn(program, args, { cwd, env: { ...env, TF_REATTACH_PROVIDERS: JSON.stringify(attached) } });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    try {
      await eventually(() => tree.running('plan').length >= 2, 60);
      const asked = performance.now();
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      expect(code).toBe(130);
      expect(performance.now() - asked).toBeLessThan(10_000); // Terraform itself gives up after twenty seconds
      expect(said).toContain('interrupted; nothing is left running, nothing was changed');
      expect(tree.running()).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      silent.close();
    }
  });
});
