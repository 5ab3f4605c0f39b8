import { command } from './support/command';
import { buildPackage } from './support/package';
import { serverSource } from './support/server-source';

const HELP = `Builds the server's Python package from config's serverSource, into .cache/package.

  make build

The same without make: npx tsx scripts/build.ts [--dry-run]`;

command(HELP, ({ dryRun }) => {
  const source = serverSource();
  if (dryRun) {
    console.log(`Would build ${source.name} ${source.version} from ${source.folder}`);
    return 0;
  }
  for (const file of buildPackage(source)) console.log(`  ${file}`);
  console.log('\nNext: make publish');
  return 0;
});
