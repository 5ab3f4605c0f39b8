import { command } from './support/command';
import { carryOut } from './support/steps';
import { chosenInstance, vulpineConfig } from './support/vulpine/chosen';
import { listed } from './support/vulpine/places';
import { Search } from './support/vulpine/search';
import { onlyOne, siteOf } from './support/vulpine/site';

const HELP = `Lets Elasticsearch write again. When a disk is nearly full it makes its indices read-only, and new posts are not found any more.

  make vulpine-search-writable                    of the only instance
  make vulpine-search-writable INSTANCE=vulpine   of one of several
  make vulpine-search-writable DRY_RUN=1          only says how it stands

While the disk is too full it refuses, and says so: the flag would be back in a minute.
Exit code: 0 all may be written to, 1 the disk is too full, or you said no, 2 the host refused.
The same without make: npx tsx scripts/vulpine-search-writable.ts [--instance NAME] [--dry-run] [--yes]`;

command(
  HELP,
  ({ options, dryRun, yes }) => {
    const config = vulpineConfig();
    const instance = chosenInstance(config, options.instance);
    const site = siteOf(config);
    const es = onlyOne(site, instance, 'es');
    const search = new Search(site, es);
    const { used, high } = search.disk();
    const blocked = search.blocked();
    console.log(`${listed([es])}: ${used} % of the disk are used; ${blocked.length > 0 ? `read-only: ${blocked.join(', ')}` : 'no index is read-only'}\n`);
    if (blocked.length > 0 && used >= high) {
      console.error(`Nothing was changed: the disk is too full, at ${high} % and more the flag comes back. First make room on ${es.on}:`);
      console.error(
        site
          .makingRoom(es)
          .map((line) => `  ${line}`)
          .join('\n'),
      );
      return 1;
    }
    const steps = blocked.length === 0 ? [] : [{ says: `let ${blocked.length} indices be written to (${listed([es])})`, run: () => search.unblock() }];
    return carryOut(steps, { dryRun, yes }, 'what was posted meanwhile is not found: tootctl search deploy, in a quiet hour');
  },
  { instance: 'value' },
);
