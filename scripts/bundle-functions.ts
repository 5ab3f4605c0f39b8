import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildSync } from 'esbuild';
import { zipSync } from 'fflate';
import { lockClosure } from './support/lock-closure';

/**
 * The functions as Google takes them: one file of JavaScript, the framework that calls it in package.json, and the
 * lock file that this one was tested with. The same sources give the
 * same bytes, wherever and whenever: an archive that differs is a new deployment.
 */
function main(target: string): void {
  const { outputFiles } = buildSync({
    entryPoints: ['services/functions/main.ts'],
    bundle: true,
    preserveSymlinks: true, // paths stand in the bundle: they must not say where packages are linked from
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error('esbuild wrote nothing');
  const { dependencies } = JSON.parse(readFileSync('services/functions/package.json', 'utf8'));
  const framework = '@google-cloud/functions-framework'; // what calls the functions; Google's build installs it
  const manifest = { name: 'functions', version: '0.0.0', private: true, main: 'index.js', dependencies: { [framework]: String(dependencies[framework]) } };
  const lock = lockClosure(JSON.parse(readFileSync('package-lock.json', 'utf8')), manifest);
  const json = (value: object) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const files = { 'index.js': bundle.contents, 'package-lock.json': json(lock), 'package.json': json(manifest) };
  const zip = zipSync(files, { level: 9, mtime: '1980-01-01T00:00:00' });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.partial`, zip); // an interruption leaves no half archive that make takes for whole
  renameSync(`${target}.partial`, target);
}

main(process.argv[2] ?? '.cache/functions.zip');
