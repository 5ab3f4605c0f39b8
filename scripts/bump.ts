import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { serverSource, withVersion } from './support/server-source';
import { writeWhole } from './support/whole-file';

const HELP = `Raises the version of the server's Python package, in the pyproject.toml of config's serverSource.

  make bump                    the last number: 1.2.3 -> 1.2.4
  make bump PART=minor         1.2.3 -> 1.3.0; major: 2.0.0
  make bump DRY_RUN=1          only says what it would write

The same without make: npx tsx scripts/bump.ts [--part patch|minor|major] [--dry-run]`;

const PARTS = ['major', 'minor', 'patch'];

command(
  HELP,
  ({ dryRun, options: { part = 'patch' } }) => {
    const source = serverSource();
    const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(source.version)?.slice(1).map(Number);
    const place = PARTS.indexOf(String(part));
    if (!numbers) throw new UsageError(`${source.file}: ${source.version} is not three numbers with dots: raise it by hand`);
    if (place < 0) throw new UsageError(`PART is ${PARTS.join(', ')}, not "${part}"`);
    const raised = numbers.map((number, i) => (i < place ? number : i === place ? number + 1 : 0)).join('.');
    if (!dryRun) writeWhole(source.file, withVersion(source, raised));
    console.log(`${dryRun ? 'Would write' : 'Wrote'} ${source.file}: ${source.version} -> ${raised}`);
    console.log(dryRun ? '\nNothing was changed (dry run).' : "\nNext: commit it in the server's repository, then make publish.");
    return 0;
  },
  { part: 'value' },
);
