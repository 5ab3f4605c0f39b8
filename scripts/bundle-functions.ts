import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildSync } from 'esbuild';
import { zipSync } from 'fflate';

/**
 * The functions as Google takes them: one file of JavaScript, and a package.json that names it. The same sources give the
 * same bytes, wherever and whenever: an archive that differs is a new deployment.
 */
function main(target: string): void {
  const { outputFiles } = buildSync({
    entryPoints: ['services/functions/main.ts'],
    bundle: true,
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
  const manifest = `${JSON.stringify({ name: 'functions', private: true, main: 'index.js', dependencies: { [framework]: dependencies[framework] } }, null, 2)}\n`;
  const zip = zipSync({ 'index.js': bundle.contents, 'package.json': Buffer.from(manifest) }, { level: 9, mtime: '1980-01-01T00:00:00' });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.partial`, zip); // an interruption leaves no half archive that make takes for whole
  renameSync(`${target}.partial`, target);
}

main(process.argv[2] ?? '.cache/functions.zip');
