import { allEstates } from '../estates/index';
import { SIDE_BY_SIDE } from '../rehearsal/runner/bench';
import { UsageError } from '../rehearsal/runner/failure';
import { inOrder } from '../rehearsal/runner/order';
import { select } from '../rehearsal/runner/select';
import { readStacks } from '../rehearsal/runner/stack';
import { chosenNeeds } from './support/chosen-needs';
import { command } from './support/command';
import { load } from './support/config';
import { moveState } from './support/state/move';
import { type Move, movesOf, saysMove, strayStates } from './support/state/moves';
import { checkOrganization } from './support/state/organization';
import { bucketsOf, placeSteps } from './support/state/places';
import { forgetLocalPlaces } from './support/state/remembered-place';
import { endsHere } from './support/steps';
import { aws, gcloud } from './support/tool';

const HELP = `Makes the place that keeps state, and moves there what .state/ on this machine still holds. The place is what the config names:
a bucket (shared.backend in estates.json), which becomes private, versioned and encrypted; or Terraform Cloud (TF_CLOUD_ORGANIZATION),
whose organization and login are looked at. A state counts as moved when what arrived is what was sent and a plan finds nothing to
change: only then the local copy is put aside, into .state/moved/. Killed on the way, the same command goes on.

  make bootstrap                   every estate whose state belongs elsewhere
  make bootstrap ESTATE=moshi      one
  make bootstrap DRY_RUN=1         only says what it would do
  make bootstrap YES=1             does not ask

Exit code: 0 all is at its place, 1 something is not yet, 2 nothing was moved.
The same without make: npx tsx scripts/bootstrap.ts [--estate NAME] [--dry-run] [--yes]`;

const NEXT = 'Next: make plan, which must find nothing to change.';

command(
  HELP,
  async (line) => {
    const estate = typeof line.options.estate === 'string' ? line.options.estate : undefined;
    const needs = chosenNeeds(allEstates, { estate });
    const all = readStacks('cdktf.out');
    const chosen = [...select(all, { ...(estate && { estate }), patterns: [] }).values()].filter(({ backend }) => backend !== 'local');
    if (chosen.length === 0)
      throw new UsageError(
        `${estate ? `The config of ${estate} names no` : 'No config names a'} place for state: it is kept in .state/, on this machine only.\n` +
          `Name one first: export TF_CLOUD_ORGANIZATION=..., or in estates.json: { "${estate ?? 'moshi'}": { "shared": { "backend": { "type": "s3", "bucket": "...", "region": "..." } } } } (or "gcs").`,
      );
    const moves = movesOf(chosen);
    forgetLocalPlaces(chosen.filter((stack) => !moves.some((move) => move.stack === stack)));
    const { terraformCloud } = load(allEstates);
    if (terraformCloud) {
      const absent = await checkOrganization(
        terraformCloud,
        moves.filter(({ resources }) => resources > 0).map(({ stack }) => stack.name),
        process.env,
      );
      if (absent.length > 0) console.log(`${workspacesToBe(absent)}\n`);
    }
    const steps = placeSteps(bucketsOf(needs), { gcloud, aws });
    const strays = estate ? [] : strayStates(new Set(all.keys()));
    if (strays.length > 0) console.log(`No stack of this config is called ${strays.join(', ')}: what is in .state/ of that stays there.\n`);
    if (steps.length === 0 && moves.length === 0) {
      console.log(`Nothing to do: the place is as it should be, and nothing is left in .state/.\n\n${NEXT}`);
      return 0;
    }
    const says = [...steps.map((step) => step.says), ...moves.map(saysMove)];
    console.log(`${line.dryRun ? 'Would do' : 'Will do'}:\n${says.map((one) => `  - ${one}`).join('\n')}\n`);
    const stop = endsHere(line);
    if (stop !== undefined) return stop;
    for (const { says: what, run } of steps) {
      run();
      console.log(`done  ${what}`);
    }
    return moveAll(moves);
  },
  { estate: 'value' },
);

/** Independent ones side by side; one that reads the state of another after that. */
async function moveAll(moves: readonly Move[]): Promise<number> {
  const byName = new Map(moves.map((move) => [move.stack.name, move]));
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new UsageError('Interrupted. What is not moved is in .state/; run the same command again.')));
  const failures: string[] = [];
  const skipped = await inOrder(new Map(moves.map(({ stack }) => [stack.name, stack.dependencies])), SIDE_BY_SIDE, async (name) => {
    try {
      console.log(`moved  ${name}: ${await moveState(byName.get(name) as Move, interrupt.signal)}`);
      return true;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failures.push(error.message);
      console.log(`stays  ${name}`);
      return false;
    }
  });
  for (const [name, need] of skipped) console.log(`stays  ${name}, because it depends on ${need}`);
  console.log(
    failures.length > 0 ? `\n${failures.join('\n\n')}\n\nMend what is named above and run the same command again: it goes on from there.` : `\n${NEXT}`,
  );
  return failures.length > 0 ? 1 : 0;
}

function workspacesToBe(names: readonly string[]): string {
  return (
    `These workspaces are not there yet, and moving the state makes them: ${names.join(', ')}.\n` +
    'A run in one that was made so has no credentials, and nobody shares a state with it: deploy the estate terraform-cloud first, where you have it.'
  );
}
