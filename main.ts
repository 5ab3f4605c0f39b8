import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { images } from './config/images';
import { ConfigError, loadConfig } from './config/load';
import { EstatesApp, SynthProblems } from './constructs/core/estates-app';
import { allEstates } from './estates/index'; // by file: an estates.json beside it would win otherwise

/** Config -> estates -> Terraform JSON in cdktf.out. Every environment of every estate, side by side, always. */
function main(): void {
  const config = loadConfig([...allEstates, images], { env: process.env, root: process.cwd() });
  const deployment = config.terraformCloud ? { terraformCloud: { type: 'cloud', ...config.terraformCloud } as const } : {};
  const app = new EstatesApp();
  for (const estate of allEstates) estate.stacks(app, config.estates[estate.name], deployment);
  app.adopt(config.adoptions);
  app.synth();
  const stacks = app.node.children.map((stack) => stack.node.id);
  removeOtherStacks(join(app.outdir, 'stacks'), new Set(stacks));
  if (config.unusedBackends.length > 0) {
    console.warn(`TF_CLOUD_ORGANIZATION is set: all state is kept there, and shared.backend of ${config.unusedBackends.join(', ')} does not count.`);
  }
  console.log(`${stacks.length} stacks in ${app.outdir}. Next: make rehearse, or make deploy to choose what to deploy.`);
}

/** As cdktf's CLI does: what is not synthesized any more leaves the output. Its state is elsewhere and stays. */
function removeOtherStacks(folder: string, current: ReadonlySet<string>): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (!current.has(name)) rmSync(join(folder, name), { recursive: true });
}

// cdktf keeps a stack trace for every token. Formatting them would be a tenth of the time; errors keep theirs.
Error.prepareStackTrace = (error, frames) => (error instanceof Error ? `${error}\n    at ${frames.join('\n    at ')}` : '');

try {
  main();
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof SynthProblems ? error.message : error);
  process.exitCode = 1;
}
