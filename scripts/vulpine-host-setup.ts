import { type VulpineConfig, vulpineSchema, vulpineValues } from '../config/vulpine';
import { hostSetups } from '../estates/vulpine/host/setups';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { loadEstates } from './support/config';
import { endsHere } from './support/steps';
import { ssh } from './support/tool';
import { RemoteSetup, shown } from './support/vulpine/host-setup';

const HELP = `Sets vulpine's hosts up again, by ssh: the files that a new host would get, then the setup script, which leaves alone what is as it should be.
For hosts that are there already: they do not read their user data a second time.

  make vulpine-host-setup                   every host; shows what differs, and asks first
  make vulpine-host-setup HOST=smithwicks   one
  make vulpine-host-setup DRY_RUN=1         only shows what differs

Files that are not the estate's any more stay where they are. The engine reads a changed daemon.json when it starts: its containers go on
while you run systemctl restart docker there.
Exit code: 0 done, 1 not done because somebody said no, 2 with a message.
The same without make: npx tsx scripts/vulpine-host-setup.ts [--host LABEL] [--dry-run] [--yes]`;

command(
  HELP,
  ({ options, dryRun, yes }) => {
    const { vulpine } = loadEstates([{ name: 'vulpine', schema: vulpineSchema, values: vulpineValues }]) as { vulpine: VulpineConfig };
    const all = hostSetups(vulpine);
    const { host: label } = options;
    if (typeof label === 'string' && !all.has(label)) throw new UsageError(`There is no host ${label}; there is ${[...all.keys()].join(', ')}`);
    const chosen = [...all].filter(([name]) => label === undefined || name === label).map(([, setup]) => setup);

    const remotes = chosen.map((setup) => {
      const remote = new RemoteSetup(setup, ssh);
      const differences = remote.differences();
      const same = setup.files.length - differences.length;
      console.log(`${setup.host}: ${same} of ${setup.files.length} files are as they should be\n${differences.map((one) => `  ${shown(one)}\n`).join('')}`);
      return { setup, remote, differences };
    });
    console.log(`${dryRun ? 'Would' : 'Will'} write what differs, and set up ${chosen.map(({ host }) => host).join(', ')}.\n`);
    const stop = endsHere({ dryRun, yes });
    if (stop !== undefined) return stop;
    for (const { setup, remote, differences } of remotes) {
      remote.write(differences);
      ssh.talk(...remote.run);
      console.log(`done  ${setup.host}`);
    }
    console.log("\nNext: make deploy STACKS='vulpine-containers-prod', if containers are to change too");
    return 0;
  },
  { host: 'value' },
);
