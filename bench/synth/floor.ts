import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Command } from './measure';

/** A program that only loads cdktf and the provider modules that main.ts loads, and builds nothing: what no synth can undercut. */
export async function createFloor(root: string): Promise<Command> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['main.ts'],
    bundle: true,
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    outdir: '.cache',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const modules = new Set(imports.map(({ path }) => path).filter((path) => /^(cdktf|constructs|@cdktf\/)/.test(path)));
  const program = [...modules].sort().map((module) => `require(${JSON.stringify(module)});\n`);
  const file = '.cache/bench-floor.js';
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(join(root, file), program.join(''));
  return { line: `node ${file}`, cwd: root };
}
