import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../../../rehearsal/runner/stack';
import { moveState } from '../../../scripts/support/state/move';
import { type Move, movesOf, saysMove, strayStates } from '../../../scripts/support/state/moves';

const NAME = 'films-data-prod';
const LOCAL = `.state/${NAME}.tfstate`;
const ASIDE = `.state/moved/${NAME}.3.tfstate`;
const topic = { mode: 'managed', type: 'google_pubsub_topic', name: 'topic', instances: [{}] };
const state = (part: object = {}) => JSON.stringify({ version: 4, lineage: 'a', serial: 3, resources: [topic], outputs: {}, ...part });

/**
 * A stand-in whose state is the file `there` beside it; it notes its calls, pushes what PUSHES holds if that is set,
 * refuses to with the words in `refuses` (and ARRIVES: somebody else has pushed it), and plans with the code in `plan`.
 */
const TERRAFORM = `#!/bin/sh
echo "$*" >>"$BENCH/calls"
case "$1 $2" in
  "state pull") cat "$BENCH/there" 2>/dev/null ;;
  "state push")
    for file in "$@"; do :; done
    [ ! -e "$BENCH/refuses" ] || { cat "$BENCH/refuses" >&2; [ -z "$ARRIVES" ] || cp "$file" "$BENCH/there"; exit 1; }
    if [ -n "$BEGINS" ] && [ ! -e "$BENCH/there" ]; then sed 's/"a","serial":3/"new","serial":1/' "$file" >"$BENCH/there"
    else cp "\${PUSHES:-$file}" "$BENCH/there"; fi ;;
  plan*) echo "the plan"; cat "$BENCH/says" >&2 2>/dev/null; exit "$(cat "$BENCH/plan")" ;;
esac
exit 0
`;

describe('a state', () => {
  const before = { env: { ...process.env }, cwd: process.cwd() };
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'move-'));
    for (const folder of ['bin', '.state', `out/${NAME}/.terraform`]) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'bin/terraform'), TERRAFORM, { mode: 0o755 });
    write('plan', '0');
    write(`.state/${NAME}.tfstate`, state());
    write(`.state/${NAME}.tfstate.backup`, 'before');
    write(`out/${NAME}/cdk.tf.json`, JSON.stringify({ terraform: { backend: { s3: {} } } }));
    process.env = { ...before.env, BENCH: root, PATH: `${join(root, 'bin')}:${before.env.PATH}` };
    process.chdir(root);
  });
  afterEach(() => {
    process.env = { ...before.env };
    process.chdir(before.cwd);
  });
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  const read = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined);
  const at = (place: string) =>
    write(`out/${NAME}/cdk.tf.json`, JSON.stringify({ terraform: place === 'cloud' ? { cloud: {} } : { backend: { [place]: {} } } }));
  const moves = () => movesOf([Stack.read(NAME, join(root, 'out', NAME), [])]);
  const move = () => moveState(moves()[0] as Move, AbortSignal.timeout(10_000));
  const calls = () => (read('calls') ?? '').trim().split('\n');

  test('is sent, looked at, planned on, and only then put aside with its backup', async () => {
    expect(saysMove(moves()[0] as Move)).toBe(`move the state of ${NAME} (1 resource, serial 3) to s3`);
    expect(await move()).toBe('1 resource, the plan is empty');
    expect(calls().map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'init -input=false',
      'state pull',
      'state push',
      'state pull',
      'plan -input=false',
    ]);
    expect([read(`.state/${NAME}.tfstate`), read(`.state/moved/${NAME}.3.tfstate`)]).toEqual([undefined, state()]);
    expect(read(`.state/moved/${NAME}.3.tfstate.backup`)).toBe('before');
    expect(moves()).toEqual([]);
  });

  test.each([
    [
      'which arrives as another',
      { PUSHES: 'other' },
      { other: state({ resources: [] }) },
      /another state is there already[\s\S]*there +lineage a, serial 3, 0 resources/,
    ],
    ['on which a plan would change something', {}, { plan: '2' }, /a plan finds something to change[\s\S]*the plan/],
    ['on which no plan can be made', {}, { plan: '1', says: 'no credentials' }, /terraform plan:\nno credentials/],
    [
      'of another lineage than what is there',
      {},
      { there: state({ lineage: 'b', serial: 9, outputs: { a: { value: 1 } } }) },
      /another state is there already[\s\S]*lineage a, serial 3, 1 resource[\s\S]*lineage b/,
    ],
    ['that went on from what is there', {}, { there: state({ serial: 2, resources: [] }) }, /another state is there already/],
    ['that is as old as what is there, and not the same', {}, { there: state({ outputs: { a: { value: 1 } } }) }, /another state is there already/],
  ])('%s stays where it is', async (_, env, files, says) => {
    for (const [file, text] of Object.entries(files)) write(file, text);
    for (const [name, file] of Object.entries(env)) process.env[name] = join(root, file);
    await expect(move()).rejects.toThrow(says);
    expect(read(`.state/${NAME}.tfstate`)).toBe(state());
    expect(read(`.state/moved/${NAME}.3.tfstate`)).toBeUndefined();
  });

  test.each([
    ['is there', state({ terraform_version: '1.12.0' })],
    ['has been changed there since', state({ serial: 8, resources: [] })],
  ])('that %s is not sent again, and put aside when a plan is empty', async (_, there) => {
    write('there', there);
    expect(await move()).toMatch(/the plan is empty/);
    expect(calls().filter((call) => call.includes('push'))).toEqual([]);
    expect(read('there')).toBe(there);
  });

  test.each([['s3'], ['cloud']])('gets the lineage that Terraform begins where there was none, at %s, and is known by what is in it', async (place) => {
    at(place);
    process.env.BEGINS = 'yes';
    expect(await move()).toMatch(/the plan is empty/);
    expect(read('there')).toBe(state({ lineage: 'new', serial: 1 }));
    expect(calls().filter((call) => call.includes('push'))).toEqual([expect.stringMatching(/^state push -lock-timeout=\S+ \/\S+$/)]); // never -force
    expect(read(`${LOCAL}.arrived`)).toBeUndefined();
  });

  test('that arrived when this was killed is known by what is in it, and not sent again', async () => {
    write('there', state({ lineage: 'new', serial: 1 }));
    expect(await move()).toMatch(/the plan is empty/);
    expect(read('there')).toBe(state({ lineage: 'new', serial: 1 }));
    expect(calls().filter((call) => call.includes('push'))).toEqual([]);
  });

  test('that went on there under its new lineage is known by what was noted; another copy of it is not', async () => {
    process.env.BEGINS = 'yes';
    write('plan', '2');
    await expect(move()).rejects.toThrow('a plan finds something to change');
    const wentOn = state({ lineage: 'new', serial: 2, resources: [] });
    write('there', wentOn);
    write('plan', '0');
    write(LOCAL, state({ serial: 4 }));
    await expect(move()).rejects.toThrow('another state is there already');
    write(LOCAL, state());
    write('there', state({ lineage: 'newer', serial: 9, resources: [] }));
    await expect(move()).rejects.toThrow('another state is there already');
    write('there', wentOn);
    expect(await move()).toMatch(/the plan is empty/);
    expect([read('there'), read(LOCAL), read(`${LOCAL}.arrived`)]).toEqual([wentOn, undefined, undefined]);
  });

  test('of which nothing arrives stays', async () => {
    write('nothing', '');
    process.env.PUSHES = join(root, 'nothing');
    await expect(move()).rejects.toThrow(`${NAME}: nothing arrived. ${LOCAL} stays what it is`);
    expect([read(LOCAL), read(ASIDE)]).toEqual([state(), undefined]);
  });

  test('is put beside what was put aside before under its serial', async () => {
    mkdirSync('.state/moved');
    write(ASIDE, 'before');
    write(`.state/moved/${NAME}.3.2.tfstate.backup`, 'before');
    await move();
    expect([read(ASIDE), read(`.state/moved/${NAME}.3.3.tfstate`), read(`.state/moved/${NAME}.3.3.tfstate.backup`)]).toEqual(['before', state(), 'before']);
  });

  test('that another make bootstrap moves at the same time is moved once, and both say so', async () => {
    const [one] = moves() as [Move];
    const both = await Promise.all([one, one].map((same) => moveState(same, AbortSignal.timeout(10_000))));
    expect(both.sort()).toEqual(['1 resource, the plan is empty', `1 resource, the plan is empty; another make bootstrap has put ${LOCAL} aside meanwhile`]);
    expect([read(LOCAL), read(ASIDE)]).toEqual([undefined, state()]);
  });

  test('that another make bootstrap has put aside leaves no note', async () => {
    const [one] = moves() as [Move];
    write('there', state({ lineage: 'new', serial: 1 }));
    rmSync(LOCAL);
    expect(await moveState(one, AbortSignal.timeout(10_000))).toMatch(/another make bootstrap has put/);
    expect(read(`${LOCAL}.arrived`)).toBeUndefined();
  });

  test('that somebody changes here while it is on its way stays', async () => {
    const [one] = moves() as [Move];
    write('there', state());
    write(LOCAL, state({ serial: 4, resources: [] }));
    await expect(moveState(one, AbortSignal.timeout(10_000))).rejects.toThrow(`somebody has changed ${LOCAL} since it was read, and it stays`);
    expect(read(LOCAL)).toBe(state({ serial: 4, resources: [] }));
  });

  test('that cannot be put aside stays, and that is said', async () => {
    write('.state/moved', '');
    await expect(move()).rejects.toThrow(`${NAME}: all is at its new place, but ${LOCAL} cannot be put aside: `);
    expect(read(LOCAL)).toBe(state());
  });

  test('of Terraform Cloud that was never written is none', async () => {
    write('there', state({ lineage: '', serial: 0, resources: [] }));
    expect(await move()).toMatch(/the plan is empty/);
    expect(read('there')).toBe(state());
  });

  test('whose lock somebody holds says how to break it, when nobody is at it', async () => {
    write('refuses', 'Error: Error acquiring the state lock\n\nLock Info:\n  ID:        7f3a-11\n  Path: x');
    await expect(move()).rejects.toThrow(new RegExp(`terraform -chdir=\\S+${NAME} force-unlock 7f3a-11$`));
    expect(read(LOCAL)).toBe(state());
  });

  test('is planned on without a lock: whoever is killed then leaves none behind', async () => {
    await move();
    expect(calls().filter((call) => call.startsWith('plan'))).toEqual([expect.stringMatching(/ -lock=false$/)]);
  });

  test('that a killed run is still sending has arrived, though it is not taken a second time', async () => {
    process.env.ARRIVES = 'yes';
    write('refuses', 'cannot import state with lineage "a" over unrelated state');
    expect(await move()).toBe('1 resource, the plan is empty');
  });

  test('that is not taken, and is not there, stays', async () => {
    write('refuses', 'no such bucket');
    await expect(move()).rejects.toThrow(/^terraform state push \S+ \S+:\nno such bucket$/);
    expect(read(LOCAL)).toBe(state());
  });

  test("is not looked for where the stack's folder remembers: that may be any place", async () => {
    const memory = `out/${NAME}/.terraform/terraform.tfstate`;
    write(memory, JSON.stringify({ backend: { type: 'local' } }));
    await move();
    expect(read(memory)).toBeUndefined();
  });

  test('without a resource is put aside, and nothing is asked', async () => {
    write(`.state/${NAME}.tfstate`, state({ resources: [] }));
    expect(saysMove(moves()[0] as Move)).toBe(`put the state of ${NAME} aside: nothing is deployed`);
    expect(await move()).toBe('nothing was deployed');
    expect(read('calls')).toBeUndefined();
  });

  test('that somebody is writing is not touched', () => {
    write(`.state/.${NAME}.tfstate.lock.info`, '{}');
    expect(moves).toThrow(new RegExp(`Somebody is deploying these[\\s\\S]*${NAME}`));
  });

  test('that is none is said, not sent', () => {
    write(`.state/${NAME}.tfstate`, '<<<<<<< HEAD');
    expect(moves).toThrow(/films-data-prod\.tfstate is no state that Terraform wrote\./);
  });

  test('that stays on this machine by config is none to move; one of no stack is named', () => {
    write(`out/${NAME}/cdk.tf.json`, JSON.stringify({ terraform: { backend: { local: { path: 'x' } } } }));
    expect(moves()).toEqual([]);
    write('.state/films-gone-prod.tfstate', state());
    expect(strayStates(new Set([NAME]))).toEqual(['films-gone-prod']);
  });
});
