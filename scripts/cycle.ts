import { environmentName } from '../constructs/core/naming';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { moshiConfig } from './support/config';
import { chosenEnvironment } from './support/environment';
import { carryOut, type Step } from './support/steps';
import { gcloud, googleAccount } from './support/tool';

const HELP = `Replaces the machines of an environment by new ones, each healthy before the old one goes, and waits until all is stable.
Development's new machines start the newest image of the family; production's start the image that is deployed there, and a
production that follows the family is refused: it would start what nobody has looked at.

  make cycle                   development; asks first
  make cycle ENV=prod          production
  make cycle WAIT=1            replaces nothing, and waits for a replacement that is under way
  make cycle DRY_RUN=1         only says what it would do

The same without make: npx tsx scripts/cycle.ts [--env dev|prod] [--wait] [--dry-run] [--yes]`;

/** Seconds. A machine that is never healthy shows in ten minutes; more does not help. */
const PATIENCE = 1200;

interface Group {
  readonly versions?: readonly { readonly instanceTemplate: string }[];
  readonly instanceTemplate?: string;
}

interface Template {
  readonly properties?: { readonly disks?: readonly { readonly boot?: boolean; readonly initializeParams?: { readonly sourceImage?: string } }[] };
}

command(
  HELP,
  (line) => {
    const environment = chosenEnvironment(line.options.env);
    const { project, zone } = moshiConfig().shared;
    const group = `${environmentName('moshi-srv', environment)}-igm`;
    const place = [`--zone=${zone}`, `--project=${project}`];
    googleAccount();

    const found = gcloud.read<Group>('compute', 'instance-groups', 'managed', 'describe', group, ...place, '--format=json');
    const template = found && (found.versions?.[0]?.instanceTemplate ?? found.instanceTemplate);
    if (!template) throw new UsageError(`There is no group ${group} in ${zone} of ${project}. Run make deploy STACKS='moshi-server-${environment}'`);
    const image = imageOf(template.replace(/^.*\/|\?.*$/g, ''), project);
    if (environment === 'prod' && image.includes('/family/')) {
      throw new UsageError(
        `Production follows the newest image (${image}). Pin one first: prod.server.image.name in estates.json, then make deploy STACKS='moshi-server-prod'`,
      );
    }

    const managed = ['compute', 'instance-groups', 'managed'];
    const wait = (state: string) => gcloud.write([...managed, 'wait-until', group, state, `--timeout=${PATIENCE}`, ...place]);
    const replacing: Step = {
      says: `replace the machines of ${group} by new ones from ${image.replace(/^.*\/images\//, '')}`,
      run: () => gcloud.write([...managed, 'rolling-action', 'replace', group, '--max-surge=1', '--max-unavailable=0', ...place]),
    };
    const waiting: Step = {
      says: `wait until the machines of ${group} are healthy, twice ${PATIENCE / 60} minutes at most`,
      run: () => {
        wait('--version-target-reached');
        wait('--stable');
      },
      retry: `To wait on: make cycle ENV=${environment} WAIT=1. Without WAIT=1 they are replaced once more.`,
    };
    return carryOut(line.options.wait === true ? [waiting] : [replacing, waiting], line, `make healthcheck ENV=${environment}`);
  },
  { env: 'value', wait: 'flag' },
);

function imageOf(template: string, project: string): string {
  const { properties } = gcloud.read<Template>('compute', 'instance-templates', 'describe', template, `--project=${project}`, '--format=json') ?? {};
  const image = properties?.disks?.find(({ boot }) => boot)?.initializeParams?.sourceImage;
  if (!image) throw new UsageError(`The template ${template} names no image: was it made by hand? Run make plan`);
  return image;
}
