import { readFileSync } from 'node:fs';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { endsHere } from './support/steps';
import { chosenInstance, vulpineConfig } from './support/vulpine/chosen';
import { shortcodesIn } from './support/vulpine/emoji';
import { listed } from './support/vulpine/places';
import { onlyOne, siteOf } from './support/vulpine/site';

const HELP = `Gives an instance of vulpine custom emoji, from a .tar.gz of pictures that are called <shortcode>.png.

  make vulpine-emoji FILE=emoji.tar.gz                     of the only instance
  make vulpine-emoji FILE=... INSTANCE=vulpine             of one of several
  make vulpine-emoji FILE=... CATEGORY=Foxes OVERWRITE=1   in a category; over those that are there
  make vulpine-emoji FILE=... DRY_RUN=1                    only looks at the file, and says what it would do

Every picture is looked at before anything is sent. Mastodon's tootctl imports them in one web container (in a cluster in one pod, which kubectl reaches),
and needs about 300 MB beside what serves the site: do it at a quiet hour. An emoji that is there stays, unless OVERWRITE=1.
The same without make: npx tsx scripts/vulpine-emoji.ts --file FILE [--instance NAME] [--category NAME] [--overwrite] [--dry-run] [--yes]`;

/** `$1`: bytes of the file, because a connection that breaks looks like the end of it; then tootctl's options. */
const IMPORT = [
  'set -eu',
  'file=$(mktemp --suffix=.tar.gz)',
  'trap \'rm -f "$file"\' EXIT',
  'cat >"$file"',
  '[ "$(wc -c <"$file")" -eq "$1" ] || { echo "the file did not arrive whole" >&2; exit 1; }',
  'shift',
  'bin/tootctl emoji import "$@" "$file"',
].join('\n');

command(
  HELP,
  async ({ options, dryRun, yes }) => {
    const { file, category, overwrite } = options;
    if (typeof file !== 'string') throw new UsageError('Say which: make vulpine-emoji FILE=emoji.tar.gz');
    if (typeof category === 'string' && !/^[^\p{C}]{1,50}$/u.test(category)) throw new UsageError(`CATEGORY=${category}: must be 1 to 50 characters`);
    const config = vulpineConfig();
    const instance = chosenInstance(config, options.instance);
    const packed = readFileSync(file);
    const codes = shortcodesIn(file, packed);
    const site = siteOf(config);
    const web = onlyOne(site, instance, 'web');
    console.log(
      `${dryRun ? 'Would import' : 'Will import'} ${codes.length} emoji into ${instance} (${listed([web])})${overwrite ? ', over those that are there' : ''}:`,
    );
    console.log(`  ${codes.map((code) => `:${code}:`).join(' ')}\n`);
    const stop = endsHere({ dryRun, yes });
    if (stop !== undefined) return stop;
    const wanted = [...(overwrite ? ['--overwrite'] : []), ...(typeof category === 'string' ? [`--category=${category}`] : [])];
    const code = await site.asItsProgram(web, 'web', ['/bin/sh', '-c', IMPORT, 'sh', `${packed.length}`, ...wanted], file);
    if (code === 0) console.log(`\nNext: look at them, https://${config.prod.instances[instance]?.domain}/admin/custom_emojis`);
    else console.error(`\nIt ended with ${code}. What was imported stays; the same command imports the rest.`);
    return code === 0 ? 0 : 1;
  },
  { file: 'value', instance: 'value', category: 'value', overwrite: 'flag' },
);
