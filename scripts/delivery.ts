import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estates } from '../estates/index';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { load } from './support/config';
import { textOf } from './support/delivered';
import { writeWhole } from './support/whole-file';

const HELP = `Writes what each estate delivers to its service's own repository: the GitHub Actions workflow and its settings.

  make delivery                           to estates/<estate>/delivery/generated/, from the committed values: reviewed and committed
  make delivery ESTATE=moshi TO=../moshi  one estate's, from your values, into the checkout of that repository
  make delivery DRY_RUN=1                 only says what would change

The same without make: npx tsx scripts/delivery.ts [--dry-run] [--estate NAME] [--to FOLDER]`;

command(
  HELP,
  ({ dryRun, options: { estate: only, to } }) => {
    if (to !== undefined && only === undefined) throw new UsageError('TO= needs ESTATE=: each estate delivers to a repository of its own');
    if (to !== undefined && !existsSync(join(String(to), '.git'))) throw new UsageError(`${to} is no checkout of git: clone the service's repository first`);
    const { estates: config, overrides } = to === undefined ? committed() : load(estates);
    const delivering = estates.filter(({ delivery }) => delivery);
    const chosen = delivering.filter(({ name }) => only === undefined || only === name);
    if (chosen.length === 0) throw new UsageError(`${only} delivers nothing; there is ${delivering.map(({ name }) => name).join(', ')}`);

    let changed = 0;
    for (const { name, delivery } of chosen) {
      for (const delivered of delivery?.(config[name], overrides) ?? []) {
        const file = join(String(to ?? `estates/${name}/delivery/generated`), delivered.path);
        const text = textOf(delivered);
        if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
        changed += 1;
        if (!dryRun) writeWhole(file, text);
        console.log(`${dryRun ? 'Would write' : 'Wrote'} ${file}`);
      }
    }
    if (changed === 0) console.log('Nothing to write: all is as it should be.');
    else if (dryRun) console.log('\nNothing was changed (dry run).');
    else console.log(to ? `\nNext: commit and push it in ${to}.` : '\nNext: review and commit it, then make delivery ESTATE=... TO=<checkout of the service>.');
    return 0;
  },
  { estate: 'value', to: 'value' },
);

/** What is reviewed must not depend on who generates it. */
function committed() {
  return { estates: Object.fromEntries(estates.map(({ name, schema, values }) => [name, schema.parse(values)])), overrides: {} };
}
