import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal } from '../support/real';
import { makeTree, rehearseTree, stateOf } from '../support/rehearsed-tree';

const data = { resource: { terraform_data: { db: { input: 'data' } } }, output: { id: { value: '${terraform_data.db.output}' } } };
const user = (type = 'terraform_data') => ({
  needs: ['a-data-shared'],
  data: stateOf('a-data-shared'),
  resource: { [type]: { server: { input: '${data.terraform_remote_state.a-data-shared.outputs.id}' } } },
});
const keep = () => join(mkdtempSync(join(tmpdir(), 'keep-')), 'kept');

describeReal(['terraform'], 'a rehearsed life', () => {
  test('applies in dependency order, plans to nothing, destroys, and says so in a table', async () => {
    const { well, report, progress } = await rehearseTree(makeTree({ 'a-server-dev': user(), 'a-data-shared': data }));
    expect(report).toMatch(
      /^a-data-shared +1 resource +applied \d\.\d s +second plan empty +destroyed\na-server-dev +1 resource +applied \d\.\d s +second plan empty +destroyed\n2 stacks, 2 resources, \d+\.\d s\. A rehearsal does not see quotas, permissions or organization policy\.\nNext: /,
    );
    expect(well).toBe(true);
    expect(progress.replace(/\d\.\d s/g, 'T')).toBe(
      'a-data-shared: applied in T, second plan empty\na-server-dev: applied in T, second plan empty\na-server-dev: destroyed\na-data-shared: destroyed\n',
    );
  });

  describe('of what runs already', () => {
    const topic = (name: string) => `projects/some-project/topics/${name}`;
    const adopting = (ids: Readonly<Record<string, string>>, lifecycle: object = {}) => ({
      terraform: { required_providers: { google: { source: 'google' } } },
      provider: { google: [{ project: 'some-project' }] },
      import: Object.entries(ids).map(([name, id]) => ({ to: `google_pubsub_topic.${name}`, id })),
      resource: { google_pubsub_topic: Object.fromEntries(['orders', 'letters', 'fresh'].map((name) => [name, { name, ...lifecycle }])) },
    });

    test('says how much it took over', async () => {
      const { well, report } = await rehearseTree(
        makeTree({ 'a-data-dev': adopting({ orders: topic('orders'), letters: topic('letters') }), 'a-dns-dev': data }),
      );
      expect(report).toMatch(/^2 stacks, 4 resources, 2 taken over, \d/m);
      expect(well).toBe(true);
    });

    test.each<[string, object]>([
      ['unprotected', {}],
      ['protected', { lifecycle: { prevent_destroy: true } }],
    ])('fails when it would be destroyed and another be made, %s', async (_, lifecycle) => {
      const tree = makeTree({
        'a-data-dev': adopting({ orders: topic('orders'), letters: 'projects/another/topics/of-another' }, lifecycle),
        'a-web-dev': { needs: ['a-data-dev'] },
      });
      const { well, report } = await rehearseTree(tree);
      expect(report).toMatch(/^a-data-dev +FAILED in taking over$/m);
      expect(report).toMatch(/^a-web-dev +skipped \(needs a-data-dev\)$/m);
      expect(report).toMatch(/^ {2}google_pubsub_topic\.letters \(projects\/another\/topics\/of-another\): replaced because of project, name$/m);
      expect(report).not.toContain('google_pubsub_topic.orders (');
      expect(report).toContain('docs/runbooks/adopting.md, "When the plan wants to replace something"');
      expect(well).toBe(false);
    });
  });

  test('leaves nothing in the tree, nor in the temporary folder', async () => {
    const root = makeTree({ 'a-data-shared': data });
    const tree = readdirSync(root);
    const temporary = mkdtempSync(join(tmpdir(), 't-'));
    await rehearseTree(root, {}, { env: { ...process.env, TMPDIR: temporary } });
    expect(readdirSync(root)).toEqual(tree);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('--keep leaves stacks and states in a folder that was empty', async () => {
    const folder = keep();
    await rehearseTree(makeTree({ 'a-data-shared': data }), { keep: folder });
    expect(existsSync(join(folder, '.state/a-data-shared.tfstate'))).toBe(true);
    await expect(rehearseTree(makeTree({}), { keep: folder })).rejects.toThrow('is not empty; name a new one');
  });

  test('a protected stack must refuse to be destroyed, and is destroyed with protection off', async () => {
    const root = makeTree(`(overrides) => ({
      'a-data-prod': { resource: { terraform_data: { db: { lifecycle: { prevent_destroy: overrides.a?.prod?.protection !== 'off' } } } } },
    })`);
    const world = { loadEstates: () => ({ a: { prod: { protection: 'on' } } }) };
    await expect(rehearseTree(root, {}, { loadEstates: () => ({ a: { prod: { backend: 1 } } }) })).resolves.toMatchObject({
      well: false,
      report: expect.stringContaining('lifecycle.prevent_destroy set'),
    });
    const { well, report } = await rehearseTree(root, {}, world);
    expect(report).toContain('second plan empty   destroy refused   destroyed with protection off');
    expect(well).toBe(true);
  });

  test('a protected stack whose destroy goes through is an error', async () => {
    const absent = { resource: { terraform_data: { db: { count: 0, lifecycle: { prevent_destroy: true } } } } };
    const { well, report } = await rehearseTree(makeTree({ 'a-data-prod': absent }));
    expect(report).toContain('Terraform destroyed it although it has resources with prevent_destroy.');
    expect(well).toBe(false);
  });

  test('a protected stack whose destroy fails for another reason is an error', async () => {
    const absent = { count: 0, lifecycle: { prevent_destroy: true } };
    const stubborn = { provisioner: [{ 'local-exec': { when: 'destroy', command: 'exit 3' } }] };
    const { well, report } = await rehearseTree(makeTree({ 'a-data-prod': { resource: { terraform_data: { absent, stubborn } } } }));
    expect(report).toContain('a-data-prod failed in destroy:');
    expect(report).toContain('local-exec provisioner error');
    expect(report).not.toContain('destroy refused');
    expect(well).toBe(false);
  });

  test("a failed apply is shown in Terraform's words; what needs the stack is skipped, what it needs stays, the rest goes on", async () => {
    const broken = {
      needs: ['a-data-shared'],
      resource: { terraform_data: { a: { input: '${terraform_data.b.output}' }, b: { input: '${terraform_data.a.output}' } } },
    };
    const { well, report } = await rehearseTree(
      makeTree({ 'a-data-shared': data, 'a-mid-dev': broken, 'a-top-dev': { needs: ['a-mid-dev'] }, 'a-dns-shared': data }),
    );
    expect(well).toBe(false);
    expect(report).toMatch(/^a-data-shared .* left standing \(a-mid-dev was not destroyed\)$/m);
    expect(report).toMatch(/^a-mid-dev +FAILED in validate$/m);
    expect(report).toMatch(/^a-top-dev +skipped \(needs a-mid-dev\)$/m);
    expect(report).toMatch(/^a-dns-shared .* destroyed$/m);
    expect(report).toMatch(/a-mid-dev failed in validate:\n\nError: Cycle: terraform_data\.[ab], terraform_data\.[ab]\n/);
    expect(report).toContain('Next: mend what is shown above');
  });

  test('a second plan that is not empty fails, and shows what would change', async () => {
    const restless = { resource: { terraform_data: { clock: { input: '${timestamp()}' } } } };
    const { well, report } = await rehearseTree(makeTree({ 'a-data-dev': restless }));
    expect(well).toBe(false);
    expect(report).toMatch(/a-data-dev failed in second plan:\n\nA second plan right after the apply must be empty[\s\S]*~ input/);
  });

  test('a required variable gets a stand-in: Terraform asks nothing', async () => {
    const asking = { variable: { token: { type: 'string', sensitive: true } }, resource: { terraform_data: { x: { input: '${var.token}' } } } };
    expect((await rehearseTree(makeTree({ 'a-data-dev': asking }))).well).toBe(true);
  });

  test('what stays in the cloud after everything was destroyed is an error', async () => {
    const kept = { google_storage_bucket: { kept: { name: 'rehearsal-kept', location: 'EU' } } };
    const root = makeTree(`(overrides) => {
      const off = overrides.a?.dev?.protection === 'off';
      const terraform = { required_providers: { google: { source: 'google' } } };
      const provider = { google: [{ project: 'some-project' }] };
      const data = { terraform_data: { x: { lifecycle: { prevent_destroy: !off } } } };
      const forgotten = { removed: [{ from: 'google_storage_bucket.kept', lifecycle: { destroy: false } }], resource: data };
      return { 'a-data-dev': { terraform, provider, ...(off ? forgotten : { resource: { ...data, ...${JSON.stringify(kept)} } }) } };
    }`);
    const { well, report } = await rehearseTree(root, {}, { loadEstates: () => ({ a: { dev: { protection: 'on' } } }) });
    expect(report).toContain('destroyed with protection off');
    expect(report).toMatch(/Still in the cloud after everything was destroyed:\n {2}google_storage_bucket\/.*rehearsal-kept/);
    expect(well).toBe(false);
  });

  test('a fault that strikes nothing is an error: the test would prove nothing', async () => {
    const root = makeTree({ 'a-data-dev': data });
    const { well, report } = await rehearseTree(root, { fail: 'terraform_data.db@apply' }); // built into Terraform: no provider of ours is asked
    expect(report).toContain('The planted fault was not met');
    expect(well).toBe(false);
  });

  test("the user's Terraform settings do not reach the run", async () => {
    const env = {
      ...process.env,
      TF_CLI_CONFIG_FILE: '/missing',
      TF_DATA_DIR: '/missing',
      TF_WORKSPACE: 'other',
      TF_CLI_ARGS_plan: '-destroy',
      TF_CLOUD_ORGANIZATION: 'real',
    };
    const root = makeTree(`(_, { TF_CLOUD_ORGANIZATION: organization }) => ({ 'a-data-dev': organization ? {} : ${JSON.stringify(data)} })`);
    const { well, report } = await rehearseTree(root, {}, { env });
    expect(report).toContain('a-data-dev   1 resource');
    expect(well).toBe(true);
  });

  test('an interruption kills what runs and removes the scratch folder', async () => {
    const seconds = `9${process.pid}`; // tells this sleep from every other
    const slow = { resource: { terraform_data: { x: { provisioner: [{ 'local-exec': { command: `exec sleep ${seconds}` } }] } } } };
    const temporary = mkdtempSync(join(tmpdir(), 't-'));
    const interruption = new AbortController();
    const rehearsal = rehearseTree(makeTree({ 'a-data-dev': slow }), {}, { signal: interruption.signal, env: { ...process.env, TMPDIR: temporary } });
    setTimeout(() => interruption.abort(new Error('SIGINT')), 1500);
    await expect(rehearsal).rejects.toThrow('SIGINT');
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(`sleep\x00${seconds}`))).toEqual([]);
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe('a rehearsal that cannot start', () => {
  test('without Terraform says where to get it', async () => {
    await expect(rehearseTree(makeTree({}), {}, { env: { PATH: '/nowhere' } })).rejects.toThrow(
      'terraform is not on PATH. A rehearsal needs Terraform 1.11 or newer',
    );
  });
});

describeReal(['terraform'], 'a tree that cannot be rehearsed', () => {
  test('is refused when its state is somewhere that no estate has it, from where it is not taken to local files', async () => {
    const remote = { terraform: { backend: { http: { address: 'https://real.example.net' } } } };
    await expect(rehearseTree(makeTree({ 'a-data-dev': remote }))).rejects.toThrow("a-data-dev keeps or reads state in 'http'");
    const reader = { data: { terraform_remote_state: { x: { backend: 's3', config: {} } } } };
    await expect(rehearseTree(makeTree({ 'a-data-dev': reader }))).rejects.toThrow("a-data-dev keeps or reads state in 's3'");
  });

  test('shows what its synth said', async () => {
    await expect(rehearseTree(makeTree(`() => { throw new Error('a/b: name the consumers') }`))).rejects.toThrow('a/b: name the consumers');
  });
});
