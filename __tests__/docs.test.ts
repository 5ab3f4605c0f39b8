import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mergePatch } from '../config/merge';
import { vulpineSchema, vulpineValues } from '../config/vulpine';
import { ROOT, repositoryFiles } from './support/repository';
import { parse, synthEstate, synthEstates } from './support/synth';

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
