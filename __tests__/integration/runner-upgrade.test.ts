import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeReal } from '../support/real';
import { makeTree, rehearseTree, stateOf, writeStacks } from '../support/rehearsed-tree';

const things = (resources: object, more: object = {}) => ({ 'a-data-dev': { resource: { terraform_data: resources }, ...more } });

/** Commits what is in the tree as `v1`. */
function commit(root: string): void {
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root, stdio: 'pipe' });
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=v1');
  git('tag', 'v1');
}

/** Commits `before`, makes the working tree `after`, and rehearses the upgrade. */
function upgrade(before: Parameters<typeof writeStacks>[1], after: Parameters<typeof writeStacks>[1]) {
  const root = makeTree(before);
  commit(root);
  writeStacks(root, after);
  return rehearseTree(root, { from: 'v1' });
}

describeReal(['terraform'], 'a rehearsed upgrade', () => {
  test('lists what is created, changed, moved, replaced and destroyed', async () => {
    const { well, report } = await upgrade(
      things({ same: {}, edited: { input: 1 }, swapped: { triggers_replace: 1 }, old: {}, lost: {} }),
      things(
        { same: {}, edited: { input: 2 }, swapped: { triggers_replace: 2 }, renamed: {}, fresh: {} },
        { moved: [{ from: 'terraform_data.old', to: 'terraform_data.renamed' }] },
      ),
    );
    expect(report).toContain(
      [
        'a-data-dev   1 created, 1 changed, 1 moved, 1 replaced, 1 destroyed',
        '    changed     terraform_data.edited',
        '    created     terraform_data.fresh',
        '    destroyed   terraform_data.lost',
        '    moved       terraform_data.renamed   from terraform_data.old',
        '    replaced    terraform_data.swapped   because of triggers_replace',
        '',
        'Upgrade from v1: 1 stack, ',
      ].join('\n'),
    );
    expect(report).toContain('Nothing that holds data goes.');
    expect(well).toBe(true);
  });

  test('a change that prevent_destroy stops is not safe and is named; what depends on it is skipped', async () => {
    const db = (zone: number) => ({
      'a-data-prod': { resource: { terraform_data: { db: { triggers_replace: zone, lifecycle: { prevent_destroy: true } } } } },
      'a-server-prod': { needs: ['a-data-prod'] },
    });
    const { well, report } = await upgrade(db(1), db(2));
    expect(report).toContain('    REPLACED   terraform_data.db   because of triggers_replace');
    expect(report).toContain('a-server-prod   skipped (needs a-data-prod)');
    expect(report).toContain('this holds data or is protected, and would go:\n  a-data-prod: terraform_data.db\n');
    expect(well).toBe(false);
  });

  test('an object that a new stack takes over and would replace is an error', async () => {
    const adopting = (id: string) => ({
      terraform: { required_providers: { google: { source: 'google' } } },
      provider: { google: [{ project: 'some-project' }] },
      import: [{ to: 'google_pubsub_topic.orders', id }],
      resource: { google_pubsub_topic: { orders: { name: 'orders' } } },
    });
    const good = await upgrade(things({ x: {} }), { ...things({ x: {} }), 'a-bus-dev': adopting('projects/some-project/topics/orders') });
    expect(good).toMatchObject({ well: true, report: expect.stringMatching(/^a-bus-dev +new stack: 1 imported, 1 changed$/m) });
    const { well, report } = await upgrade(things({ x: {} }), { ...things({ x: {} }), 'a-bus-dev': adopting('projects/some-project/topics/others') });
    expect(report).toMatch(/a-bus-dev failed in taking over:\n\n.*\n {2}google_pubsub_topic\.orders \(projects\/.*others\): replaced because of name\n/);
    expect(well).toBe(false);
  });

  test('a stack sees what the upgrade of another one publishes', async () => {
    const publish = (more: object) => things({ x: { input: 'x' } }, more);
    const reader = {
      needs: ['a-data-dev'],
      data: stateOf('a-data-dev'),
      resource: { terraform_data: { y: { input: '${data.terraform_remote_state.a-data-dev.outputs.new}' } } },
    };
    const { well, report } = await upgrade(publish({}), { ...publish({ output: { new: { value: '${terraform_data.x.output}' } } }), 'a-server-dev': reader });
    expect(report).toContain('a-server-dev   new stack: 1 created');
    expect(well).toBe(true);
  });

  test('a stack that is not synthesized any more is reported with its state', async () => {
    const { well, report } = await upgrade({ ...things({ x: {} }), 'a-old-dev': { resource: { terraform_data: { y: {}, z: {} } } } }, things({ x: {} }));
    expect(report).toMatch(
      /a-old-dev +not synthesized any more: 2 resources no longer managed, the state stays \(\.state\/a-old-dev\.tfstate, or the workspace of that name\)\n {4}terraform_data\.y\n {4}terraform_data\.z\n/,
    );
    expect(well).toBe(true);
  });

  test('a stack with data that is not synthesized any more is not safe, protected or not', async () => {
    const bucket = (name: string) => ({ google_storage_bucket: { [name]: { name: `rehearsal-${name}`, location: 'EU' } } });
    const terraform = { required_providers: { google: { source: 'google' } } };
    const provider = { google: [{ project: 'some-project' }] };
    const stack = (name: string) => ({ terraform, provider, resource: bucket(name) });
    const { well, report } = await upgrade({ 'a-data-dev': stack('kept'), 'a-old-dev': stack('lost') }, { 'a-data-dev': stack('kept') });
    expect(report).toContain('    google_storage_bucket.lost   holds data\n');
    expect(report).toContain('would go:\n  a-old-dev: google_storage_bucket.lost\n');
    expect(report).toMatch(/^a-data-dev +unchanged$/m);
    expect(well).toBe(false);
  });

  test("a revision that does not deploy fails in Terraform's words", async () => {
    const { well, report } = await upgrade(things({ x: { input: '${terraform_data.nowhere.id}' } }), things({}));
    expect(report).toContain('a-data-dev failed in apply before the upgrade:\n\nError: Reference to undeclared resource');
    expect(well).toBe(false);
  });

  test('a plan that does not work fails, whatever else prevent_destroy stops', async () => {
    const { well, report } = await upgrade(things({ x: {} }), things({ x: { input: '${nowhere}' } }));
    expect(report).toContain('a-data-dev failed in plan:\n\nError: Invalid reference');
    expect(well).toBe(false);
  });

  test('an override file is deployed from the working tree, then planned without it', async () => {
    const root = makeTree(`(overrides) => ({ 'a-data-dev': { resource: { terraform_data: { x: { input: overrides.a?.dev?.size ?? 'small' } } } } })`);
    writeFileSync(join(root, 'big.json'), JSON.stringify({ a: { dev: { size: 'big' } } }));
    const { report } = await rehearseTree(root, { from: 'big.json' });
    expect(report).toContain('a-data-dev   1 changed\n    changed   terraform_data.x');
  });

  test('a revision with the same lock file gets the packages by link, but workspaces of its own', async () => {
    const root = makeTree(`() => ({ 'a-data-dev': { resource: { terraform_data: { x: { input: require('contracts') + require('@scope/package') } } } } })`);
    writeFileSync(join(root, 'contracts.js'), `module.exports = 'old';`);
    symlinkSync('../contracts.js', join(root, 'node_modules/contracts'));
    mkdirSync(join(root, 'node_modules/@scope/package'), { recursive: true });
    writeFileSync(join(root, 'node_modules/@scope/package/index.js'), `module.exports = '1';`);
    commit(root);
    writeFileSync(join(root, 'contracts.js'), `module.exports = 'new';`);
    expect((await rehearseTree(root, { from: 'v1' })).report).toContain('changed   terraform_data.x');
  });

  test('a revision with another lock file gets its own npm ci, announced first', async () => {
    const root = makeTree(things({ x: {} }));
    const lock = (version: string) => {
      writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'tree', version }));
      writeFileSync(
        join(root, 'package-lock.json'),
        JSON.stringify({ name: 'tree', version, lockfileVersion: 3, packages: { '': { name: 'tree', version } } }),
      );
    };
    lock('1.0.0');
    commit(root);
    lock('2.0.0');
    const { well, progress } = await rehearseTree(root, { from: 'v1' });
    expect(progress).toMatch(/^v1 has another package-lock\.json: npm ci in a scratch copy first/);
    expect(well).toBe(true);
  });

  test('touches neither the repository nor its git folder', async () => {
    const root = makeTree(things({ x: {} }));
    commit(root);
    const files = () => [readdirSync(root), readdirSync(join(root, '.git'))];
    const before = files();
    await rehearseTree(root, { from: 'v1' });
    expect(files()).toEqual(before);
  });

  test('from what is neither a file nor a revision says so', async () => {
    const root = makeTree({});
    commit(root);
    await expect(rehearseTree(root, { from: 'v2' })).rejects.toThrow("'v2' is neither a file nor a git revision");
  });
});
