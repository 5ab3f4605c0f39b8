import { resolveNs } from 'node:dns/promises';
import { estates } from '../estates/index';
import { command } from './support/command';
import { aws, curl, gcloud, git, kubectl, ssh } from './support/tool';
import { upHere } from './support/up/here';

const HELP = `Takes an estate up for the first time, in the true order: each step is asked whether it is done, and what is left is done one by one,
with make targets that exist beside this one. It keeps no journal: after a failure, or when it was killed, the same command asks again and goes on.

  make up ESTATE=docker-worker            says what is done and what it will do, asks, and does it
  make up ESTATE=moshi ENV=dev            where there are several environments: what they share, and this one
  make up ESTATE=... DRY_RUN=1            only says it; changes nothing, not even a file
  make up ESTATE=... YES=1                does not ask; values of secrets then are NAME=value lines of standard input: <FILE
  make up ESTATE=... PATIENCE=30m         how long a step is waited for that a person or a cloud has to finish; 2m unless it is given

Some steps need a person: a consent in a browser, name servers at a registrar. It says what to do, waits, and stops if that takes longer.
Ctrl-C lets the step end; a second one, a second later at the least, ends it at once. One at a time: .state/up.lock.
What the last step said is in .state/up.log, too.

Exit code: 0 all is done, 1 stopped at a step, or something is missing before the first, 2 not started, 130 interrupted.
The same without make: npx tsx scripts/up.ts --estate NAME [--env NAME] [--patience TIME] [--dry-run] [--yes]`;

command(HELP, (line) => upHere(line, { estates, resolve: resolveNs, tools: { gcloud, aws, ssh, kubectl, git, curl } }), {
  estate: 'value',
  env: 'value',
  patience: 'value',
});
