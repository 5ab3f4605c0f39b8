import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mergePatch } from '../config/merge';
import { vulpineSchema, vulpineValues } from '../config/vulpine';
import { vulpineFirstDeploy } from '../estates/vulpine/first-deploy';
import { ROOT, repositoryFiles } from './support/repository';
import { parse, synthEstate, synthEstates } from './support/synth';
import { variant } from './support/vulpine/documents';

const documents = repositoryFiles().filter((file) => file.endsWith('.md') && !file.startsWith('rehearsal/schemas/'));
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const makefile = repositoryFiles()
  .filter((file) => file === 'Makefile' || /^estates\/[^/]+\/targets\.mk$/.test(file))
  .map(text)
  .join('\n');
const stacks = synthEstates();
const variants = repositoryFiles().filter((file) => /^estates\/[^/]+\/variants\/.*\.json$/.test(file));
/** Those that only another set-up has count too. */
const stackNames = new Set([
  ...stacks.keys(),
  ...variants.flatMap((file) =>
    Object.entries(JSON.parse(text(file)) as Record<string, object>).flatMap(([estate, override]) => [...synthEstate(estate, override).keys()]),
  ),
]);

test.each(documents)('%s links to files that exist', (file) => {
  const links = [...text(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] as string);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
});

test.each(documents)('%s names make targets that exist', (file) => {
  const targets = [...text(file).matchAll(/(?:^ *|`)make ([a-z][a-z0-9-]*)/gm)].map((match) => match[1] as string);
  expect(targets.filter((target) => !new RegExp(`^${target}::?`, 'm').test(makefile))).toEqual([]);
});

/** Variables of the command line that a target reads, by what its rules and what they are made of say. */
function variablesOf(target: string): Set<string> {
  const definitions = new Map([...makefile.matchAll(/^([\w-]+) *:?= *(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  const rules = [...makefile.matchAll(new RegExp(`^${target}::?(.*(?:\\n\\t.*)*)`, 'gm'))].map(([, rule = '']) => rule.replace(/ ## .*/, ''));
  const read = new Set<string>();
  const follow = (text: string): void => {
    for (const [, plain, called] of text.matchAll(/\$\(([\w-]+)\)|\$\(call (?:option|flag),[\w-]+,(\w+)\)/g)) {
      const name = plain ?? called ?? '';
      if (read.has(name)) continue;
      read.add(name);
      follow(definitions.get(name) ?? '');
    }
  };
  for (const rule of rules) follow(rule);
  return new Set([...read].filter((name) => !definitions.has(name)));
}

/** `make` with its target and the variables behind it, wherever a document writes a command. */
const commandsOf = (file: string) =>
  [...text(file).matchAll(/(?:^ *|`|\| )make (?:--\S+ )*([a-z][a-z0-9-]*)((?: +[A-Z_]+=(?:'[^']*'|[^\s`']*))*)/gm)].map(([, target = '', values = '']) => ({
    target,
    variables: [...values.matchAll(/ ([A-Z_]+)=/g)].map(([, name = '']) => name),
  }));

test('what a target reads of the command line is found', () => {
  expect([...variablesOf('deploy')].sort()).toEqual(expect.arrayContaining(['DRY_RUN', 'STACKS', 'YES']));
  for (const other of ['ESTATE', 'DUMP', 'DUMPS']) expect([...variablesOf('deploy')]).not.toContain(other);
  expect([...variablesOf('vulpine-restore')]).toEqual(expect.arrayContaining(['COPY', 'DRY_RUN', 'DUMP', 'FROM', 'INSTANCE', 'REPLACE', 'YES']));
  expect([...variablesOf('soak')]).toEqual(expect.arrayContaining(['CHANNELS', 'ENTRIES']));
  expect([...variablesOf('rehearse')]).toEqual(expect.arrayContaining(['ESTATE', 'FAIL', 'FROM']));
  expect(documents.flatMap(commandsOf).filter(({ variables }) => variables.length > 0).length).toBeGreaterThan(100);
});

test.each(documents)('%s gives make targets only variables that they read', (file) => {
  const unread = commandsOf(file).flatMap(({ target, variables }) => {
    const read = variablesOf(target);
    return variables.filter((name) => !read.has(name)).map((name) => `make ${target} ${name}=`);
  });
  expect(unread).toEqual([]);
});

test.each(documents.filter((file) => file.startsWith('docs/runbooks/') || file === 'README.md'))('%s chooses stacks that exist', (file) => {
  const names = [...text(file).matchAll(/STACKS='([^'.]+)'/g)].flatMap((match) => (match[1] as string).split(' ')).filter((name) => !name.includes('*'));
  expect(names.filter((name) => !stackNames.has(name))).toEqual([]);
});

test('every output that people read has a description', () => {
  const bare = [...stacks].flatMap(([stack, json]) =>
    Object.entries(parse(json).output ?? {})
      .filter(([, { description }]) => !description)
      .map(([name]) => `${stack} ${name}`),
  );
  expect(bare).toEqual([]);
});

test("README's override example is accepted as it stands", () => {
  const example = /```json\n([\s\S]*?)```/.exec(text('README.md'))?.[1] as string;
  expect(() => synthEstates(JSON.parse(example))).not.toThrow();
});

test("the example of vulpine's runbook is accepted with keys in the place of its dots", () => {
  const example = /```json\n([\s\S]*?)```/.exec(text('docs/runbooks/vulpine.md'))?.[1] as string;
  const { vulpine } = JSON.parse(example.replaceAll('ssh-ed25519 AAAA...', `ssh-ed25519 ${'A'.repeat(68)}`)) as { vulpine: object };
  expect(vulpineSchema.safeParse(mergePatch(vulpineValues, vulpine)).error).toBeUndefined();
});

describe("vulpine's runbook takes it up in the order of make up", () => {
  const [, ...parts] = text('docs/runbooks/vulpine.md').split(/^#+ (.*)$/m);
  const linesOf = (heading: string) => (parts[parts.indexOf(heading) + 1] as string).split('\n').map((line) => line.trim());

  test.each([
    ['Step by step', {}],
    ['In Kubernetes', variant('kubernetes')],
  ])('%s', (heading, override) => {
    const { steps } = vulpineFirstDeploy(vulpineSchema.parse(mergePatch(vulpineValues, override)), 'prod');
    const wanted = steps.flatMap(({ does }) => (does.kind === 'make' ? [[does.target, does.values.STACKS ?? ''].join(' ').trim()] : []));
    const targets = new Set(wanted.map((each) => each.split(' ')[0]));
    const said = linesOf(heading).flatMap((line) => {
      const [, target = '', stacks = ''] = /^make ([\w-]+)(?:.* STACKS='(.*)')?/.exec(line) ?? [];
      return targets.has(target) ? [`${target} ${stacks}`.trim()] : [];
    });
    expect(said).toEqual(wanted);
  });

  test.each([
    ['Step by step', 'make preflight', "make deploy STACKS='vulpine-content-prod'"],
    ['Step by step', 'aws iam create-access-key', 'make secrets'],
    ['In Kubernetes', 'make preflight', "make deploy STACKS='vulpine-content-prod'"],
    ['In Kubernetes', 'aws iam create-access-key', 'make secrets'],
    ['In Kubernetes', 'docker push', 'make vulpine-images-lock'],
    ['In Kubernetes', 'export KUBECONFIG', "make deploy STACKS='vulpine-workloads-prod'"],
  ])('%s: %s, then %s', (heading, first, then) => {
    const at = (start: string) => linesOf(heading).findIndex((line) => line.startsWith(start));
    expect(at(first)).toBeGreaterThan(-1);
    expect(at(then)).toBeGreaterThan(at(first));
  });
});
