import { BACKUP_KEY, offsiteSetup, offsiteSetupOf } from '../estates/vulpine/operations';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { chosenInstance, vulpineConfig } from './support/vulpine/chosen';
import { DockerSite } from './support/vulpine/docker-site';
import { onlyOne } from './support/vulpine/site';

const HELP = `Prints the script that sets the off-site host up: its account that may only add files, what keeps history there, and its timer. Whoever
is root there reads it and runs it; it may be run again at any time.

  make --silent vulpine-offsite >offsite.sh                         asks the host that has the dumps for its public key, and changes nothing
  make --silent vulpine-offsite | ssh offsite.example.net sudo bash    the same, run at once
  make --silent vulpine-offsite INSTANCE=... KEY='ssh-ed25519 ...'  topology kubernetes: an instance's job says its key when nothing was shipped

The same without make: npx tsx scripts/vulpine-offsite.ts [--instance NAME] [--key KEY]`;
const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/]+={0,2}( [\w@.-]+)?$/;

command(
  HELP,
  ({ options }) => {
    const config = vulpineConfig();
    if (!config.prod.backup.offsite) throw new UsageError('vulpine.prod.backup.offsite is not there: no copy leaves the hosts');
    if (config.prod.topology === 'kubernetes') {
      const { key } = options;
      if (typeof key !== 'string' || !PUBLIC_KEY.test(key))
        throw new UsageError("Say KEY='ssh-ed25519 ...', which the last run of the job backup says: kubectl logs");
      process.stdout.write(offsiteSetupOf(config, chosenInstance(config, options.instance), key) ?? '');
      return 0;
    }
    const site = new DockerSite(config);
    const [instance = ''] = Object.keys(config.prod.instances);
    const host = site.hostOf(onlyOne(site, instance, 'dbbackup'));
    const key = host.run(['sudo', '-n', 'cat', BACKUP_KEY]).trim();
    if (!PUBLIC_KEY.test(key)) throw new UsageError(`${host.login} has no key yet: make vulpine-host-setup makes it`);
    process.stdout.write(offsiteSetup(config, key) ?? '');
    return 0;
  },
  { instance: 'value', key: 'value' },
);
