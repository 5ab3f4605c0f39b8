import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RepositoryCopy, ROOT } from '../support/repository';

const copy = new RepositoryCopy();
const UNUSED = /^.*: (\w+=.* of the environment is not used: write it behind make)\n/gm;
const dryRun = (args: readonly string[], env: Record<string, string>) => copy.run('make', ['--dry-run', ...args], env).output;
/** What a target would run, without running it. */
const recipe = (args: readonly string[], env: Record<string, string> = {}) => dryRun(args, env).replace(UNUSED, '').trim();

test('make in a copy never installs: the packages of a copy are a link to those of this repository', () => {
  expect(recipe(['publish'])).not.toContain('npm');
});

test.each([
  [['new-project-setup', 'BILLING=0A', 'DRY_RUN=1'], "new-project-setup.ts --dry-run --billing-account '0A'"],
  [['github-secrets', 'REPLACE=1', 'YES=1'], 'github-secrets.ts --yes --replace'],
  [['gha-access-token', 'KEY_FILE=1'], 'gha-access-token.ts --key-file'],
  [['delivery', 'ESTATE=moshi', 'TO=../moshi'], "delivery.ts --estate 'moshi' --to '../moshi'"],
  [['publish', 'BUILT=1', 'YES=1'], 'publish.ts --yes --built'],
  [['bump', 'PART=minor'], "bump.ts --part 'minor'"],
  [['cycle', 'ENV=prod', 'YES=1', 'WAIT=1'], "cycle.ts --yes --env 'prod' --wait"],
  [['healthcheck', 'ENV=prod'], "healthcheck.ts --env 'prod'"],
  [['filmlinkd-deliver', 'ENV=prod', 'WAIT=0', 'YES=1'], "filmlinkd-deliver.ts --yes --env 'prod' --no-wait"],
  [['filmlinkd-deliver', 'WAIT=1'], 'filmlinkd-deliver.ts'],
  [['filmlinkd-rollback', 'ENV=prod', 'DRY_RUN=1'], "filmlinkd-rollback.ts --dry-run --env 'prod'"],
  [['egf2-restart', 'ENV=prod', 'SERVICE=auth pusher', 'YES=1'], "egf2-restart.ts --yes --env 'prod' --service 'auth pusher'"],
  [['egf2-restart', 'REPLACE=1', 'DRY_RUN=1'], 'egf2-restart.ts --dry-run --replace'],
])('make %j hands its values on', (args, expected) => {
  expect(recipe(args).replace(/ +/g, ' ')).toBe(`node_modules/.bin/tsx scripts/${expected}`);
});

const DANGEROUS = [
  ['egf2-restart', 'REPLACE', 'YES'],
  ['gha-access-token', 'KEY_FILE', 'REPLACE', 'YES'],
  ['images', 'FRESH', 'YES'],
  ['publish', 'BUILT', 'YES'],
  ['secrets', 'YES'],
  ['up', 'YES'],
] as const;

test.each(DANGEROUS)('make %s: X=0 means no, and what is left over in the environment means nothing', (target, ...names) => {
  const plain = recipe([target]);
  expect(recipe([target, ...names.map((name) => `${name}=0`)])).toBe(plain);
  expect(recipe([target], { IMAGE: 'moshi-srv', URL: 'http://left.over/', ...Object.fromEntries(names.map((name) => [name, '1'])) })).toBe(plain);
});

test('what stands before make instead of behind it is said', () => {
  const said = (...args: Parameters<typeof dryRun>) => [...dryRun(...args).matchAll(UNUSED)].map((match) => match[1]);
  const unused = (text: string) => `${text} of the environment is not used: write it behind make`;
  expect(said(['cycle', 'YES=1'], { ENV: 'prod', WAIT: '1', YES: '1' })).toEqual([unused('ENV=prod'), unused('WAIT=1')]);
  expect(said(['cycle', 'ENV=dev'], { ENV: '/home/somebody/.shrc', WAIT: '0' })).toEqual([]);
});

test('make bake-base bakes nothing when the config does not say what', () => {
  // a line that calls make is run in a dry run, too
  const output = recipe(['bake-base'], { ESTATES_CONFIG: 'nowhere.json' });
  expect(output.match(/nowhere\.json \(ESTATES_CONFIG\) cannot be read/g)).toHaveLength(1);
  expect(output).not.toContain('images.ts bake');
});

test('a value is one word of the shell, whatever is in it', () => {
  const value = "x'; echo PWNED; '";
  const word = ` '${value.replaceAll("'", "'\\''")}'`;
  const given = (target: string, name: string) => recipe([target, `${name}=${value}`]);
  for (const [target, name] of [
    ['cycle', 'ENV'],
    ['egf2-restart', 'SERVICE'],
    ['images', 'IMAGE'],
    ['images-validate', 'IMAGE'],
    ['rehearse', 'ESTATE'],
    ['rehearse', 'FROM'],
    ['rehearse', 'FAIL'],
    ['publish', 'URL'],
    ['demo', 'FOR'],
    ['demo', 'BUS'],
    ['demo', 'STORE'],
    ['preflight', 'ESTATE'],
    ['secrets', 'ROTATE'],
    ['up', 'ESTATE'],
    ['up', 'PATIENCE'],
  ] as const)
    expect(`${given(target, name)} `).toContain(`${word} `);
  for (const target of ['plan', 'deploy', 'destroy']) expect(recipe([target, "STACKS=a';b"])).toMatch(/ 'a'\\'';b'$/);
});

test('make preflight and make secrets hand their values on', () => {
  expect(recipe(['preflight', 'ESTATE=moshi', 'ENV=dev', 'JSON=1']).replace(/ +/g, ' ')).toBe(
    "node --import tsx scripts/preflight.ts --estate 'moshi' --env 'dev' --json",
  );
  expect(recipe(['secrets', 'ESTATE=moshi', 'ROTATE=A', 'YES=1', 'DRY_RUN=1']).replace(/ +/g, ' ')).toBe(
    "node --import tsx scripts/secrets.ts --dry-run --yes --estate 'moshi' --rotate 'A'",
  );
  expect(recipe(['bootstrap', 'ESTATE=moshi', 'YES=1']).replace(/ +/g, ' ')).toContain("node --import tsx scripts/bootstrap.ts --yes --estate 'moshi'");
});

test('make drift and make adopt hand their values on, behind a synth that stands in no list', () => {
  const last = (...args: string[]) => recipe(args).split('\n').at(-1)?.replace(/ +/g, ' ');
  expect(last('drift', 'ESTATE=moshi', "STACKS=moshi-*-dev a'b", 'JSON=1', 'DRY_RUN=1')).toBe(
    "node --import tsx scripts/drift.ts --dry-run --estate 'moshi' --json 'moshi-*-dev' 'a'\\''b'",
  );
  expect(last('adopt', 'ESTATE=moshi', 'ENV=prod', 'JSON=1')).toBe("node --import tsx scripts/adopt.ts --estate 'moshi' --env 'prod' --json");
  expect(recipe(['drift'])).toMatch(/^sh -c .* >&2$/m);
});

test('make up hands its values on', () => {
  expect(recipe(['up', 'ESTATE=moshi', 'ENV=dev', 'PATIENCE=30m', 'YES=1', 'DRY_RUN=1']).replace(/ +/g, ' ')).toBe(
    "node --import tsx scripts/up.ts --dry-run --yes --estate 'moshi' --env 'dev' --patience '30m'",
  );
});

test('IMAGE= names none, which is not every one', () => {
  expect(recipe(['images', 'IMAGE='])).toMatch(/ --image ''$/);
});

test('make bake bakes anew: a package may have been published since', () => {
  expect(recipe(['bake'])).toContain('images IMAGE=moshi-srv FRESH=1');
});

test("the environment's own ENV, which shells read, chooses nothing", () => {
  expect(recipe(['cycle'], { ENV: '/home/somebody/.shrc' }).trim()).toBe('node_modules/.bin/tsx scripts/cycle.ts');
});

test('the runbook goes from an empty project to a served page in the order that works', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbooks/moshi.md'), 'utf8');
  const part = runbook.slice(runbook.indexOf('## From an empty project'), runbook.indexOf('## Every day'));
  const commands = [...part.matchAll(/^ *(make .*)$/gm)].map((match) => match[1] as string);
  const order = [
    'make auth',
    'make new-project-setup',
    'make preflight ESTATE=moshi',
    "make deploy STACKS='moshi-apis-shared'",
    "make deploy STACKS='moshi-pypi-shared'",
    'make bake-base',
    "make deploy STACKS='moshi-github-shared'",
    'make github-secrets',
    'make publish',
    'make bake',
    'make preflight ESTATE=moshi ENV=dev',
    "make deploy STACKS='moshi-*-dev'",
    'make healthcheck',
    'make preflight ESTATE=moshi ENV=prod',
    "make deploy STACKS='moshi-*-prod'",
    'make delivery ESTATE=moshi TO=../moshi',
  ];
  expect(commands.filter((command) => order.includes(command))).toEqual(order);
});

test('a list of what make can has its descriptions below each other', () => {
  const { output } = copy.run('make', ['help']);
  const lines = output.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) expect(line).toMatch(/^ {2}make [a-z0-9-]+ +\S/);
  expect(new Set(lines.map((line) => /^ {2}make [a-z0-9-]+ +/.exec(line)?.[0].length))).toEqual(new Set([31]));
});
