import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesSecretNeed } from '../../constructs/core/need';
import { checkSecret } from '../../scripts/support/preflight/secret';
import { type SecretStore, storeOf } from '../../scripts/support/secrets/store';
import { readValueLines } from '../../scripts/support/secrets/value-lines';
import { aws, gcloud, kubectl, type Start, ssh } from '../../scripts/support/tool';
import { KubeApi, recording } from '../support/kube-api';
import { describeReal, find } from '../support/real';

const VALUE = Buffer.from(' it\'s "$HOME" `id` $(id) \\ ü😀=\n%s\r\n\u0001 ');
const need: KubernetesSecretNeed = {
  kind: 'secret',
  type: 'kubernetes',
  environment: 'prod',
  name: 'vulpine/DB_PASS',
  stack: 'vulpine-workloads-prod',
  is: 'x',
  from: 'y',
  namespace: 'mastodon-vulpine',
  secret: 'database',
  key: 'DB_PASS',
};

describeReal(['kubectl'], "a cluster's secrets, by the real kubectl", () => {
  let api: KubeApi;
  let calls: () => string;
  const environment = { ...process.env };

  beforeAll(async () => {
    api = await KubeApi.start();
    const own = recording('kubectl', find('kubectl') as string, api.folder);
    calls = own.calls;
    Object.assign(process.env, { PATH: `${own.path}:${environment.PATH}`, KUBECONFIG: api.kubeconfig, HOME: api.folder });
  });
  afterAll(async () => {
    Object.assign(process.env, { PATH: environment.PATH, HOME: environment.HOME, KUBECONFIG: environment.KUBECONFIG });
    if (environment.KUBECONFIG === undefined) delete process.env.KUBECONFIG;
    await api?.stop();
  });

  /** What the store asks of kubectl, which runs beside this process: that is its server. Done again with the answers, until none is missing. */
  async function withKubectl<T>(work: (tools: Parameters<SecretStore['add']>[1] & Parameters<SecretStore['versions']>[0]) => T): Promise<T> {
    const answers = new Map<string, Pick<SpawnSyncReturns<string>, 'status' | 'signal' | 'stdout' | 'stderr'>>();
    for (;;) {
      let missing: { program: string; args: readonly string[]; input: string | Buffer } | undefined;
      const start: Start = (program, args, input) => {
        const answer = answers.get(JSON.stringify(args));
        if (answer) return answer;
        missing = { program, args, input };
        throw new Error('not asked yet');
      };
      try {
        return work({ gcloud, aws, ssh, kubectl: kubectl.startedBy(start) });
      } catch (error) {
        if (!missing) throw error;
        const { program, args, input } = missing as { program: string; args: readonly string[]; input: string | Buffer };
        const child = spawn(program, args, { stdio: 'pipe', env: process.env });
        const said = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text) => (said[name] += text));
        child.stdin.end(input);
        const [status, signal] = await once(child, 'close');
        answers.set(JSON.stringify(args), { status, signal, ...said });
      }
    }
  }

  const look = async (one = need) => {
    const { state, remark } = await withKubectl((tools) =>
      checkSecret(one, { ...tools, git: { unless: () => '' }, env: {}, nameServers: new Map(), baseOf: () => undefined }, 'vulpine'),
    );
    return [state, remark];
  };
  const add = (value: Buffer, one = need) => withKubectl((tools) => storeOf(one).add(value, tools));

  test('without its namespace its stack is to be deployed', async () => {
    expect(await look()).toEqual(['missing', 'its stack is not deployed, or KUBECONFIG names no cluster, or another one']);
  });

  test('a value arrives byte for byte, makes the secret, and stands in no argument', async () => {
    api.namespaces.set('mastodon-vulpine', new Map());
    expect(await look()).toEqual(['missing', 'it has no value']);
    await add(VALUE);
    expect(api.value('mastodon-vulpine', 'database', 'DB_PASS')).toEqual(VALUE);
    expect(await look()).toEqual(['ok', undefined]);
    expect(calls()).toContain('--server-side');
    for (const shape of [VALUE.toString(), VALUE.toString('base64'), '😀']) expect(calls()).not.toContain(shape);
  });

  test('another key of the same secret leaves the first alone; a new value takes the place of the old', async () => {
    const other = { ...need, name: 'vulpine/OTHER', key: 'OTHER' };
    expect(await look(other)).toEqual(['missing', 'it has no value']);
    await add(Buffer.from('other'), other);
    await add(Buffer.from('new'));
    expect(['DB_PASS', 'OTHER'].map((key) => `${api.value('mastodon-vulpine', 'database', key)}`)).toEqual(['new', 'other']);
    expect(await look(other)).toEqual(['ok', undefined]);
  });

  test('an empty value is none', async () => {
    await add(Buffer.alloc(0), { ...need, key: 'EMPTY' });
    expect(await look({ ...need, key: 'EMPTY' })).toEqual(['missing', 'it has no value']);
  });

  test("the copy that vulpine's runbook makes has every value as it is", async () => {
    const values = { DB_PASS: 'a\\tb\\c d', OTHER: ' it\'s "$HOME" `id` %s\\n ü😀== ' };
    api.namespaces.set('mastodon-vulpine', new Map());
    await add(Buffer.alloc(0), { ...need, key: 'EMPTY' });
    for (const [key, value] of Object.entries(values)) await add(Buffer.from(value), { ...need, key });
    const [documented = ''] = [...readFileSync('docs/runbooks/vulpine.md', 'utf8').matchAll(/^ *```sh\n( *kubectl [^`]*gpg --encrypt[^`]*)```/gm)].map(
      ([, text = '']) => text,
    );
    const gpg = join(api.folder, 'gpg');
    writeFileSync(gpg, '#!/bin/sh\nfor word; do case $word in --output=*) exec cat >"${word#--output=}" ;; esac; done\n');
    chmodSync(gpg, 0o755);
    const child = spawn('/bin/sh', ['-c', documented], { cwd: api.folder, env: process.env, stdio: ['ignore', 'ignore', 'inherit'] });
    expect(await once(child, 'close')).toEqual([0, null]);
    const needs = Object.keys(values).map((key) => ({ name: `vulpine/${key}` }));
    const copied = readValueLines(readFileSync(join(api.folder, 'vulpine-secrets.gpg')), needs);
    expect([...copied].map(([name, value]) => [name, `${value}`]).sort()).toEqual(Object.entries(values).map(([key, value]) => [`vulpine/${key}`, value]));
  });

  test('who may not look is told what it takes, and one who named no cluster that it may be that', async () => {
    api.forbids = true;
    expect(await look()).toEqual(['cannot be told', 'you may not look: it takes a kubeconfig that may get secrets on namespace mastodon-vulpine']);
    await expect(add(VALUE)).rejects.toThrow(/forbidden/i);
    api.forbids = false;
    await api.stop();
    await expect(look()).rejects.toThrow('the cluster does not answer. Is your address among its admins');
  });
});
