import { join } from 'node:path';
import { stringify } from 'yaml';
import { type VulpineConfig, vulpineSchema, vulpineValues } from '../config/vulpine';
import { composeOf } from '../estates/vulpine/compose/file';
import { type ComposeOptions, composeOptions } from '../estates/vulpine/compose/options';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { loadEstates } from './support/config';
import { makeThrowAway } from './support/vulpine/throw-away';
import { writeWhole } from './support/whole-file';

const HELP = `Writes a Docker Compose file of vulpine's containers, for a run on one's own machine: the same networks, names, limits and checks as on the host,
from the same table. It takes Docker 28 or newer. Each instance is at https://<instance>.localhost, and answers on this machine only.

  make vulpine-compose                              prints compose.yaml
  make vulpine-compose FOLDER=local                 writes local/compose.yaml and the files that it mounts
  make vulpine-compose FOLDER=local SECRETS=1       and throw-away values for every secret that has none there, and certificates of its own
  make vulpine-compose FOLDER=local HTTP=8080 HTTPS=8443     at other ports

Then: docker compose --file local/compose.yaml up. Secrets lie in local/secrets/<instance>/<group>/<NAME>; what is there stays as it is.
Exit code: 0 done, 2 not possible, with the reason.
The same without make: npx tsx scripts/vulpine-compose.ts [--folder DIR [--secrets]] [--http PORT] [--https PORT] [--address IP] [--ipv6-prefix PREFIX/64]`;

const HEAD = '# Made by make vulpine-compose from estates/vulpine/containers/table.ts: change that, and make it again.\n';

command(
  HELP,
  ({ dryRun, options: { folder, secrets, ...options } }) => {
    const { vulpine } = loadEstates([{ name: 'vulpine', schema: vulpineSchema, values: vulpineValues }]) as { vulpine: VulpineConfig };
    const { file, files } = composeOf(vulpine, checked({ ...options, ipv6Prefix: options['ipv6-prefix'], 'ipv6-prefix': undefined }));
    // 1.1: to older readers an unquoted yes is true
    const text = HEAD + stringify(file, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
    if (typeof folder !== 'string') {
      if (secrets) throw new UsageError('SECRETS=1 writes files: say where, FOLDER=local');
      process.stdout.write(text);
      return 0;
    }
    const all = new Map([['compose.yaml', text], ...files]);
    for (const [path, content] of all) {
      if (!dryRun) writeWhole(join(folder, path), content);
      console.log(join(folder, path));
    }
    if (secrets && !dryRun) {
      const { written, kept } = makeThrowAway(folder, Object.keys(vulpine.prod.instances));
      console.log(`${written.length} throw-away values and certificates are new, ${kept.length} were there and stay.`);
    }
    console.log(dryRun ? '\nNothing was written (dry run).' : `\nNext: docker compose --file ${join(folder, 'compose.yaml')} up`);
    return 0;
  },
  { folder: 'value', secrets: 'flag', http: 'value', https: 'value', address: 'value', 'ipv6-prefix': 'value' },
);

function checked(given: Readonly<Record<string, unknown>>): ComposeOptions {
  const { data, error } = composeOptions.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  if (error) throw new UsageError(error.issues.map(({ path, message }) => `${path.join('.')} ${JSON.stringify(given[path.join('.')])}: ${message}`).join('\n'));
  return data;
}
