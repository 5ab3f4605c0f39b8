import { estates } from '../estates/index';
import { chosenNeeds } from './support/chosen-needs';
import { command } from './support/command';
import { fillSecrets } from './support/secrets/fill';

const HELP = `Gives secrets their values. This asks for what has no value yet, and adds it: at Google, at Amazon, by ssh as a file of
root's on a host, or in the cluster that KUBECONFIG names. What you enter is not shown, and stands in no file of this machine, argument, log or state.

  make secrets ESTATE=docker-worker        asks at the terminal for each value that is missing; Ctrl-C ends, the next run asks for the rest
  make secrets ESTATE=... ENV=dev          only those of one environment, and the shared ones
  make secrets ESTATE=... ROTATE=NAME      a new value for one that has a value
  make secrets ESTATE=... DRY_RUN=1        only says what it would ask for
  make secrets ESTATE=... YES=1 <FILE      values from standard input, a line NAME=value for each; nobody is asked

A line holds the value as it is, from behind the "=" to the line end: no quotes, blanks count. A name that is none of the estate's is
refused before anything is added; one that has a value keeps it.

Exit code: 0 all have values, 1 some have none yet, 2 nothing was started or the cloud refused, 130 interrupted.
The same without make: npx tsx scripts/secrets.ts [--estate NAME] [--env NAME] [--rotate NAME] [--dry-run] [--yes]`;

command(
  HELP,
  (line) => {
    const { estate, env, rotate } = line.options as Record<string, string | undefined>;
    return fillSecrets(chosenNeeds(estates, { estate, environment: env }), { ...line, rotate });
  },
  { estate: 'value', env: 'value', rotate: 'value' },
);
