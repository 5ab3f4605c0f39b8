import { existsSync, readFileSync } from 'node:fs';
import { estates } from '../estates/index';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { noEstate } from './support/no-estate';
import { pictureFile, pictureOf } from './support/picture/picture';
import { UnknownTypes } from './support/picture/resources';
import { writeWhole } from './support/whole-file';

const HELP = `Draws each estate from its constructs, with the values in config/ and nobody's own: docs/architecture/<estate>.svg.

  make picture                 every estate
  make picture ESTATE=moshi    one
  make picture DRY_RUN=1       says which would change

The same without make: npx tsx scripts/picture.ts [--estate NAME] [--dry-run]`;

command(
  HELP,
  async ({ dryRun, options }) => {
    const chosen = options.estate === undefined ? estates : estates.filter(({ name }) => name === options.estate);
    if (chosen.length === 0)
      throw noEstate(
        options.estate,
        estates.map(({ name }) => name),
      );
    for (const estate of chosen) {
      const file = pictureFile(estate.name);
      const { svg } = await pictureOf(estate).catch((error: unknown) => {
        throw error instanceof UnknownTypes ? new UsageError(`${estate.name}: ${error.message}`) : error;
      });
      const isSame = existsSync(file) && readFileSync(file, 'utf8') === svg;
      if (!isSame && !dryRun) writeWhole(file, svg);
      console.log(`${file}  ${isSame ? 'as it was' : dryRun ? 'would change' : 'written'}`);
    }
    return 0;
  },
  { estate: 'value' },
);
