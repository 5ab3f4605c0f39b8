import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstDifference } from '../../bench/synth/compare-folders';
import { SOURCES } from '../../bench/synth/template';
import { ROOT, repositoryFiles } from '../support/repository';

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const installed: Record<string, string> = json('bench/template/package.json').dependencies;

/** The package of a module specifier: `@cdktf/provider-google/lib/provider` -> `@cdktf/provider-google`. */
const packageOf = (specifier: string) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? specifier;

/** Mended in bench/template/package.json, then `npm install --package-lock-only --omit-lockfile-registry-resolved` there. */
test('the template installs every package that the stacks import', () => {
  const counted = /^estates\/([^/]+\/)?cost\.ts$/; // make cost reaches these, main.ts does not
  const sources = repositoryFiles().filter(
    (file) => file.endsWith('.ts') && !counted.test(file) && SOURCES.some((source) => file === source || file.startsWith(`${source}/`)),
  );
  const specifiers = sources.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^(?:import|export) .*from '([^.'][^']*)';$/gm)].map((match) => match[1] ?? ''),
  );
  const packages = new Set(specifiers.filter((specifier) => !specifier.startsWith('node:')).map(packageOf));
  expect(packages).toContain('cdktf');
  expect([...packages].filter((name) => !(name in installed))).toEqual([]);
});

test('the template has the same versions as we', () => {
  expect(json('package.json').dependencies).toMatchObject(installed);
  expect(json('bench/template/package-lock.json').packages[''].dependencies).toEqual(installed);
});

test('the lock file names no registry', () => {
  expect(readFileSync(join(ROOT, 'bench/template/package-lock.json'), 'utf8')).not.toContain('"resolved"');
});

test('outputs that differ are found, whichever side has more', () => {
  const folder = (files: Record<string, string>) => {
    const path = mkdtempSync(join(tmpdir(), 'output-'));
    mkdirSync(join(path, 'stacks'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
    return path;
  };
  const one = folder({ 'manifest.json': '{}', 'stacks/a': '1' });
  expect(firstDifference(one, folder({ 'manifest.json': '{}', 'stacks/a': '1' }))).toBeUndefined();
  expect(firstDifference(one, folder({ 'manifest.json': '{}', 'stacks/a': '2' }))).toBe('stacks/a');
  expect(firstDifference(one, folder({ 'manifest.json': '{}' }))).toBe('stacks/a');
  expect(firstDifference(folder({ 'manifest.json': '{}' }), one)).toBe('stacks/a');
});
