import { type CommandLine, command } from './support/command';
import { buildPackage } from './support/package';
import { hasServerSource, serverSource } from './support/server-source';

const HELP = `Builds the server's Python package from config's serverSource, into .cache/package.

  make build ESTATE=moshi    only this
  make build                 also what the services ship; without the server's source, only that

The same without make: npx tsx scripts/build.ts [--dry-run] [--if-present]`;

const run = ({ dryRun, options }: CommandLine): number => {
  if (options['if-present'] && !hasServerSource()) {
    console.log("The server's source is not there (shared.serverSource): its Python package is not built.");
    return 0;
  }
  const source = serverSource();
  if (dryRun) {
    console.log(`Would build ${source.name} ${source.version} from ${source.folder}`);
    return 0;
  }
  for (const file of buildPackage(source)) console.log(`  ${file}`);
  console.log('\nNext: make publish');
  return 0;
};

command(HELP, run, { 'if-present': 'flag' });
