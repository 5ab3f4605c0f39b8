import { setTimeout as delay } from 'node:timers/promises';
import { environmentName } from '../constructs/core/naming';
import { rolloutVariables, triggerName } from '../estates/filmlinkd/rollout-variables';
import { UsageError } from '../rehearsal/runner/failure';
import { type Build, CloudBuilds, hasEnded } from './support/cloud-builds';
import { command } from './support/command';
import { filmlinkdConfig } from './support/config';
import { chosenEnvironment } from './support/environment';
import { rollOutHere } from './support/rollout-here';
import { endsHere } from './support/steps';
import { googleAccount } from './support/tool';

const HELP = `Delivers filmlinkd to an environment: starts the build in Cloud Build that makes the images, moves the environment's tag to them,
and replaces the machines one after the other, each only when all before are well. Shows how far it is, and ends as the build ends.

  make filmlinkd-deliver              development; asks first
  make filmlinkd-deliver ENV=prod     production
  make filmlinkd-deliver WAIT=0       only starts it, and says where to watch
  make filmlinkd-deliver RELEASE=ID   goes on with what the build ID has made, from here: moves the tag, and leaves alone what has it
  make filmlinkd-deliver DRY_RUN=1    only says what it would do

Each delivery builds anew. With RELEASE= it acts as you, and needs what the delivery's build account has: see estates/filmlinkd/delivery.ts.
The same without make: npx tsx scripts/filmlinkd-deliver.ts [--env dev|prod] [--release ID] [--no-wait] [--every SECONDS] [--dry-run] [--yes]`;

/** Looks in a row that may fail: the build goes on without us. */
const BLIND_LOOKS = 5;

command(
  HELP,
  async ({ options, dryRun, yes }) => {
    const environment = chosenEnvironment(options.env);
    const every = Number(options.every ?? 10);
    if (!(every > 0 && every <= 600)) throw new UsageError(`--every ${options.every}: must be seconds, more than 0 and at most 600`);
    const { project, region, source } = filmlinkdConfig().shared;
    if (options.release !== undefined) return given(environment, String(options.release), { dryRun, yes });
    const trigger = triggerName(environmentName('filmlinkd', environment));
    const builds = new CloudBuilds(project, region);
    googleAccount();
    if (!builds.hasTrigger(trigger))
      throw new UsageError(`There is no trigger ${trigger} in ${region} of ${project}. Run make deploy STACKS='filmlinkd-delivery-${environment}'`);

    console.log(
      `${dryRun ? 'Would do' : 'Will do'}: build ${source.repository} as ${source.branch} has it, and give it to the machines of ${environment} (trigger ${trigger} of ${project})\n`,
    );
    const stop = endsHere({ dryRun, yes });
    if (stop !== undefined) return stop;
    const build = builds.run(trigger);
    const watch = `gcloud beta builds log ${build.id} --stream --region=${region} --project=${project}`;
    console.log(`Started build ${build.id}. Its log: ${build.logUrl ?? 'see below'}\n${watch}\n`);
    if (options['no-wait'] === true) return 0;

    const ended = await followed(builds, build, every, watch);
    console.log(`\n${ended.status === 'SUCCESS' ? 'Delivered.' : `The build ended with ${ended.status}${why(ended)}`}`);
    if (ended.status === 'SUCCESS') return 0;
    console.log(`What it said: ${watch.replace(' --stream', '')}`);
    console.log(
      hasRolled(ended)
        ? `To go back: make filmlinkd-rollback ENV=${environment}\nTo go on when it is mended: make filmlinkd-deliver ENV=${environment} RELEASE=${build.id}`
        : 'Nothing was delivered; the machines have what they had.',
    );
    return 1;
  },
  { env: 'value', release: 'value', 'no-wait': 'flag', every: 'value' },
);

/** The build's last step, from here: what a build has made is in the registry, tagged with its id. */
async function given(environment: 'dev' | 'prod', release: string, { dryRun, yes }: { readonly dryRun: boolean; readonly yes: boolean }): Promise<number> {
  if (!/^\w[\w.-]*$/.test(release)) throw new UsageError(`RELEASE is the id of a build, as the delivery has said it, not "${release}"`);
  const { shared, [environment]: config } = filmlinkdConfig();
  const stem = environmentName('filmlinkd', environment);
  const variables = { ...rolloutVariables({ ...shared, machines: config.machines, environment, stem }, 'deliver'), RELEASE: release };
  const groups = Object.keys(config.machines).map((machine) => `${stem}-${machine}`);
  console.log(
    `${dryRun ? 'Would do' : 'Will do'}, in ${variables.PROJECT}:\n  - move the tag ${environment} to the images of ${release}\n  - replace what has others, one after the other, each when all before are well: ${groups.join(', ')}\n`,
  );
  return endsHere({ dryRun, yes }) ?? rollOutHere(variables);
}

/** Whether the machines' turn had come. */
function hasRolled({ steps = [] }: Build): boolean {
  return (steps.find(({ id }) => id === 'roll')?.status ?? 'QUEUED') !== 'QUEUED';
}

/** Looks until the build has ended, and says each change. */
async function followed(builds: CloudBuilds, { id }: Build, every: number, watch: string): Promise<Build> {
  const said = new Map<string, string>();
  for (let blind = 0; ; await delay(every * 1000)) {
    try {
      const build = builds.describe(id);
      blind = 0;
      for (const { id: step = 'a step', status = 'QUEUED' } of build.steps ?? []) {
        if (said.get(step) !== status && status !== 'QUEUED') console.log(`${step}: ${status.toLowerCase()}`);
        said.set(step, status);
      }
      if (hasEnded(build)) return build;
    } catch (error) {
      blind += 1;
      if (!(error instanceof UsageError) || blind >= BLIND_LOOKS)
        throw error instanceof UsageError ? new UsageError(`${error.message}\nThe build goes on; to see how it ends: ${watch}`) : error;
    }
  }
}

function why({ statusDetail, failureInfo }: Build): string {
  const words = failureInfo?.detail ?? statusDetail;
  return words ? `: ${words}` : '';
}
