import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { endsHere } from './support/steps';
import { chosenInstance, vulpineConfig } from './support/vulpine/chosen';
import { RemoteHost } from './support/vulpine/host';
import { listed } from './support/vulpine/places';
import { Restoring } from './support/vulpine/restore';
import { inCluster } from './support/vulpine/restore-in-cluster';
import { hostsOf, onlyOne } from './support/vulpine/site';

const HELP = `Restores an instance's database from one of its dumps; from the off-site host it gets dumps and media back first.

  make vulpine-restore                              lists the dumps that the host has
  make vulpine-restore DUMP=newest                  into a database that is empty
  make vulpine-restore DUMP=... REPLACE=1           in the place of one that is not; the old one stays under another name
  make vulpine-restore FROM=you@offsite.example.net         lists the copies that the off-site host has
  make vulpine-restore FROM=... COPY=newest                 gets dump and media of a copy to the host, through this machine, and names the dump
  make vulpine-restore ... INSTANCE=vulpine         of one of several instances
  make vulpine-restore ... DRY_RUN=1                only says what it would do

FROM is a login that may be root there by sudo: the host's own key reads nothing. What uses the database is stopped meanwhile, also on other
hosts; when the restore fails the database is as it was. When the connection breaks, other hosts stay stopped: the restore may go on without
you. Do not deploy meanwhile. In a cluster it prints the commands for all this, and does nothing.
Exit code: 0 done, 1 it failed or was refused, or you said no, 2 nothing was started.
The same without make: npx tsx scripts/vulpine-restore.ts [--instance NAME] [--dump NAME] [--replace] [--from LOGIN] [--copy NAME] [--dry-run] [--yes]`;

/** Where hosts have it. */
const RESTORE = ['sudo', '-n', '/opt/vulpine-backup/restore.sh'];

/** `$1`: the folder of copies. */
const LIST = 'cd "$1/snapshots" && ls -1 | grep -E "^[0-9]{8}T[0-9]{6}Z$" || { echo "no copy is in $1" >&2; exit 1; }';

/** `$1`: the folder; `$2`: the copy; `$3`: the instance. A copy has one dump of each. */
const DUMP_OF = 'cd "$1/snapshots/$2" && ls -1 "$3/dumps" | grep -E "^[0-9]{8}T[0-9]{6}Z[.]dump$" || { echo "copy $2 has no dump of $3" >&2; exit 1; }';

/** `$1`: the folder; `$2`: the copy; `$3`: the instance. What comes last says that all of it was sent. */
const SEND = [
  'set -eu',
  'cd "$1/snapshots/$2/$3"',
  'end=$(mktemp -d)',
  'trap \'rm -rf "$end"\' EXIT',
  ': >"$end/whole"',
  'tar --create --file=- dumps media --directory="$end" whole',
].join('\n');

command(
  HELP,
  async ({ options, dryRun, yes }) => {
    const { dump, from, copy } = options as Record<string, string | undefined>;
    const config = vulpineConfig();
    const instance = chosenInstance(config, options.instance);
    const chosen = options.instance === undefined ? '' : ` INSTANCE=${instance}`;
    if (from !== undefined && !/^[\w.-]+@[\w.:-]+$/.test(from)) throw new UsageError(`FROM=${from}: must be a login, such as you@offsite.example.net`);
    const site = hostsOf(config, inCluster(config, instance, from));
    const db = onlyOne(site, instance, 'db');
    const host = site.hostOf(db);
    if (from !== undefined) {
      if (dump !== undefined) throw new UsageError('First FROM=... COPY=..., which gets it to the host and names the dump; then DUMP=, which restores it');
      const folder = config.prod.backup.offsite?.folder;
      if (folder === undefined) throw new UsageError('vulpine.prod.backup.offsite is not there: no copy leaves the hosts');
      const offsite = new RemoteHost(from);
      const copies = offsite.run(['sudo', '-n', 'sh', '-c', LIST, 'sh', folder]).trim().split('\n').sort();
      if (copy === undefined) {
        console.log(`${copies.join('\n')}\n\nNext: make vulpine-restore FROM=${from} COPY=newest${chosen}`);
        return 0;
      }
      const name = copy === 'newest' ? copies.at(-1) : copies.find((one) => one === copy);
      if (name === undefined) throw new UsageError(`${from} has no copy ${copy}; there is ${copies.join(' ')}`);
      const got = offsite.run(['sudo', '-n', 'sh', '-c', DUMP_OF, 'sh', folder, name, instance]).trim().split('\n').at(-1);
      console.log(
        `${dryRun ? 'Would get' : 'Will get'} ${got} and media of ${instance} in copy ${name} from ${from} to ${host.login}. The database stays as it is.\n`,
      );
      const stop = endsHere({ dryRun, yes });
      if (stop !== undefined) return stop;
      const code = await host.take(offsite, ['sudo', '-n', 'sh', '-c', SEND, 'sh', folder, name, instance], [...RESTORE, '--take', instance]);
      // by its name: the newest there may be one that the host has made since
      if (code === 0) console.log(`\nNext: make vulpine-restore DUMP=${got}${chosen}, with REPLACE=1 where the database is not empty`);
      else console.error('\nIt was not got whole. The same command gets it again.');
      return code === 0 ? 0 : 1;
    }
    if (copy !== undefined) throw new UsageError('COPY is one of the off-site host: say FROM=you@offsite.example.net, too');
    if (dump === undefined) {
      const code = await host.show([...RESTORE, instance]);
      if (code === 0) console.log(`\nNext: make vulpine-restore DUMP=newest${chosen}`);
      return code === 0 ? 0 : 1;
    }
    const words = [...(options.replace ? ['--replace'] : []), instance, dump];
    const restoring = new Restoring(site, instance);
    console.log(`On ${host.login}:`);
    if ((await host.show([...RESTORE, '--dry-run', ...words])) !== 0) return 1;
    const { elsewhere } = restoring;
    if (elsewhere.length > 0) console.log(`${dryRun ? 'Would stop' : 'Will stop'} before that, and start again after it: ${listed(elsewhere)}`);
    if (dryRun) return 0;
    console.log();
    const stop = endsHere({ dryRun, yes });
    if (stop !== undefined) return stop;
    if ((await restoring.around(() => host.show([...RESTORE, ...words]))) !== 0) return 1;
    console.log(
      '\nNext: make vulpine-start; then look at the site. Home feeds and search are as they were before: tootctl feeds build, tootctl search deploy.',
    );
    return 0;
  },
  { instance: 'value', dump: 'value', replace: 'flag', from: 'value', copy: 'value' },
);
