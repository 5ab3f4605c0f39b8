import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { readStacks, type Stack } from '../../rehearsal/runner/stack';
import { standIns } from '../../rehearsal/runner/variables';
import type { Adoptable } from '../../scripts/support/adopt/adoptable';
import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

/** Of two estates and three clouds, each after what it reads; with what holds data: buckets, a database, a zone, a machine. */
const CHAINS = [
  ['moshi-firebase-shared', 'moshi-storage-prod'],
  ['vulpine-host-prod', 'vulpine-content-prod'],
] as const;
const STACKS: readonly string[] = CHAINS.flat();
const IMPOSSIBLE = ['aws_acm_certificate_validation', 'google_storage_bucket_object'];

/** What `terraform show -json` says of a plan, as far as it is judged. */
interface Plan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly mode: string;
    readonly change: { readonly actions: readonly string[]; readonly importing?: unknown };
  }[];
}

describeReal(['terraform'], 'adoption', () => {
  const copy = new RepositoryCopy();
  const calm = new AbortController().signal;
  let cloud: Cloud;
  let providers: ProviderServer;
  let stacks: ReadonlyMap<string, Stack>;
  /** Paths by address, and what runs: id by address, by stack. */
  let adoptables: readonly Adoptable[];
  const live = new Map<string, ReadonlyMap<string, string>>();
  let config: object;

  const stack = (name: string) => stacks.get(name) as Stack;
  const terraform = (name: string, ...args: string[]): Promise<Outcome> =>
    run('terraform', [...args, '-no-color'], {
      cwd: stack(name).folder,
      env: { ...process.env, ...providers.env, ...standIns(stack(name), {}), TF_CLI_CONFIG_FILE: '/dev/null' },
      signal: calm,
    });
  const must = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await terraform(name, ...args);
    if (code !== 0) throw new Error(`${name}: terraform ${args[0]}: ${stdout}${stderr}`);
    return stdout;
  };
  const plan = async (name: string): Promise<Plan> => {
    await must(name, 'plan', '-input=false', '-out=plan');
    return JSON.parse(await must(name, 'show', '-json', 'plan'));
  };
  const inEach = (work: (stack: string) => Promise<void>) =>
    Promise.all(
      CHAINS.map(async (chain) => {
        for (const name of chain) await work(name);
      }),
    );
  const synth = (adopt: object) => {
    copy.write('estates.json', JSON.stringify(adopt));
    const synthesized = copy.synth();
    if (synthesized.code === 0) stacks = readStacks(join(copy.root, 'cdktf.out'));
    return synthesized;
  };
  const changed = ({ resource_changes = [] }: Plan) =>
    resource_changes.filter(({ mode, change }) => mode === 'managed' && (change.importing !== undefined || !['no-op', 'read'].includes(`${change.actions}`)));
  const listed = (estate: string) => {
    const { code, output } = copy.run('node', [join(copy.root, 'node_modules/.bin/tsx'), 'scripts/adopt.ts', '--estate', estate, '--json'], {
      NODE_NO_WARNINGS: '1',
    });
    if (code !== 0) throw new Error(output);
    return JSON.parse(output) as Adoptable[];
  };
  /** What was lost is called, by what the cloud knows: `{domain_id},<number>` with both. */
  const liveId = ({ stack: name, type, id = '' }: Adoptable, address: string) => {
    const known = live.get(name)?.get(address) ?? '';
    return !id.includes('<') ? id : type === 'linode_domain_record' ? `${recordZone(name, address)},${known}` : known;
  };
  const recordZone = (name: string, address: string) => zones.get(`${name} ${address}`) ?? '';
  const zones = new Map<string, string>();
  const addressOf = (one: Adoptable) => {
    for (const [address, path] of paths(one.stack)) if (path === one.path) return address;
    throw new Error(`no ${one.path}`);
  };
  const paths = (name: string) => {
    const json = JSON.parse(copy.read(`cdktf.out/stacks/${name}/cdk.tf.json`)) as {
      resource: Record<string, Record<string, { '//': { metadata: { path: string } } }>>;
    };
    return Object.entries(json.resource).flatMap(([type, named]) =>
      Object.entries(named).map(([id, block]): [string, string] => [`${type}.${id}`, block['//'].metadata.path.slice(name.length + 1)]),
    );
  };

  beforeAll(async () => {
    cloud = Cloud.open();
    synth({});
    const types = new Set(STACKS.flatMap((name) => stack(name).types));
    providers = await serveProviders({ cloud, socketFolder: mkdtempSync(join(tmpdir(), 'a-')), types });
    await inEach(async (name) => {
      await must(name, 'init', '-input=false');
      await must(name, 'apply', '-input=false', '-auto-approve');
      const { values } = JSON.parse(await must(name, 'show', '-json')) as {
        values: { root_module: { resources: { address: string; mode: string; values: { id?: unknown; domain_id?: unknown } }[] } };
      };
      const resources = values.root_module.resources.filter(({ mode }) => mode === 'managed');
      live.set(name, new Map(resources.map(({ address, values: { id } }) => [address, `${id}`])));
      for (const { address, values: of } of resources) if (of.domain_id !== undefined) zones.set(`${name} ${address}`, `${of.domain_id}`);
    });
    adoptables = ['moshi', 'vulpine'].flatMap(listed).filter((one) => STACKS.includes(one.stack));
    config = adoptables
      .filter(({ id }) => id !== undefined)
      .map((one) => [...one.config.split('.'), one.path].reduceRight<unknown>((value, key) => ({ [key]: value }), liveId(one, addressOf(one))))
      .reduce(mergePatch, {}) as object;
  });
  afterAll(() => providers.close());

  test('the deployed objects are many, of which some cannot be imported', () => {
    expect(adoptables.length).toBeGreaterThan(35);
    expect([...new Set(adoptables.filter(({ id }) => id === undefined).map(({ type }) => type))].sort()).toEqual(IMPOSSIBLE);
  });

  test('what config names is imported: nothing of it is made again or destroyed, and the second plan is empty', async () => {
    for (const name of STACKS) rmSync(stack(name).stateFile as string);
    const before = cloud.objects().length;
    expect(synth(config)).toMatchObject({ code: 0 });

    await inEach(async (name) => {
      const changes = changed(await plan(name));
      const imported = changes.filter(({ change }) => change.importing !== undefined).map(({ address }) => address);
      const named = adoptables.filter((one) => one.stack === name && one.id !== undefined).map(addressOf);
      expect({ name, imported: imported.sort() }).toEqual({ name, imported: named.sort() });
      const made = changes.filter(({ change }) => change.actions.includes('create') || change.actions.includes('delete'));
      expect(made.map(({ type }) => type).filter((type) => !IMPOSSIBLE.includes(type))).toEqual([]);
      expect(made.filter(({ change }) => change.actions.includes('delete'))).toEqual([]);
      // what cannot be imported goes before it is made again
      for (const { type } of made) for (const { key } of cloud.find(type)) cloud.remove(key);
      await must(name, 'apply', '-input=false', 'plan');
      expect({ name, code: (await terraform(name, 'plan', '-input=false', '-detailed-exitcode')).code }).toEqual({ name, code: 0 });
    });
    expect(cloud.objects().length).toBe(before);
    const named = listed('moshi').filter((one) => one.named !== undefined);
    expect(named).toEqual(
      adoptables.filter(({ config: place, id }) => place.startsWith('moshi.') && id !== undefined).map((one) => ({ ...one, named: one.id })),
    );

    // the blocks may stay or go
    expect(synth({})).toMatchObject({ code: 0 });
    const [one] = STACKS;
    expect(changed(await plan(`${one}`))).toEqual([]);
  });

  test('an object that there is not, a wrong one, and a name that would have it replaced', async () => {
    const bucket = (id: string) => synth({ moshi: { prod: { adopt: { storage: { 'bucket/resource': id } } } } });
    rmSync(stack('moshi-storage-prod').stateFile as string);
    expect(bucket('somebody-elses')).toMatchObject({ code: 0 });
    const { code, stderr } = await terraform('moshi-storage-prod', 'plan', '-input=false');
    expect(code).toBe(1);
    expect(stderr.replace(/\s*\n[│╷╵ ]*/g, ' ')).toMatch(
      /Cannot import non-existent remote object.*There is no google_storage_bucket with id "somebody-elses"/,
    );

    expect(bucket('moshi-website-moshi-3')).toMatchObject({ code: 0 }); // it is there, and is another
    const refused = await terraform('moshi-storage-prod', 'plan', '-input=false');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Instance cannot be destroyed')]);
  });
});
