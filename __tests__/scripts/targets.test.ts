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
])('make %j hands its values on', (args, expected) => {
  expect(recipe(args).replace(/ +/g, ' ')).toBe(`node_modules/.bin/tsx scripts/${expected}`);
});

const DANGEROUS = [
  ['gha-access-token', 'KEY_FILE', 'REPLACE', 'YES'],
  ['images', 'FRESH', 'YES'],
  ['publish', 'BUILT', 'YES'],
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
    ['images', 'IMAGE'],
    ['images-validate', 'IMAGE'],
    ['rehearse', 'ESTATE'],
    ['rehearse', 'FROM'],
    ['rehearse', 'FAIL'],
    ['publish', 'URL'],
    ['demo', 'FOR'],
    ['demo', 'BUS'],
    ['demo', 'STORE'],
  ] as const)
    expect(`${given(target, name)} `).toContain(`${word} `);
  for (const target of ['plan', 'deploy', 'destroy']) expect(recipe([target, "STACKS=a';b"])).toMatch(/ 'a'\\'';b'$/);
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
    "make deploy STACKS='moshi-apis-shared'",
    "make deploy STACKS='moshi-pypi-shared'",
    'make bake-base',
    "make deploy STACKS='moshi-github-shared'",
    'make github-secrets',
    'make publish',
    'make bake',
    "make deploy STACKS='moshi-*-dev'",
    'make healthcheck',
    "make deploy STACKS='moshi-*-prod'",
    'make delivery ESTATE=moshi TO=../moshi',
  ];
  expect(commands.filter((command) => order.includes(command))).toEqual(order);
});
