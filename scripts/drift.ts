import { SIDE_BY_SIDE } from '../rehearsal/runner/bench';
import { paintFor } from '../rehearsal/runner/format';
import { Progress } from '../rehearsal/runner/progress';
import { readStacks, type Stack } from '../rehearsal/runner/stack';
import { command } from './support/command';
import { plannedDrift } from './support/drift/planned';
import { driftReport } from './support/drift/report';
import { stacksOf } from './support/estate-stacks';
import { chooseStacks, listing } from './support/stacks';
import { askOrganization } from './support/state/organization';

const HELP = `Looks for what runs other than the stacks say: changed or deleted by somebody, or said and not deployed yet. Plans every stack, without
locks; writes no state, changes nothing. Values of what is secret are not shown.

  make drift                          every stack that was ever deployed
  make drift ESTATE=moshi             one estate's
  make drift STACKS='moshi-*-prod'    the chosen stacks
  make drift JSON=1                   for programs: a list of { stack, state, differences: [{ address, how, what }] }
  make drift DRY_RUN=1                only says which it would plan

Exit code: 0 what runs is what the deployed stacks say, 2 something differs, 1 a stack could not be planned, or none was, 130 interrupted. (Make ends
with 2 for each but 0: programs ask the script.) The same without make: npx tsx scripts/drift.ts [--estate NAME] [--json] [--dry-run] [PATTERN...]`;

command(
  HELP,
  async ({ positionals, dryRun, options }) => {
    const all = readStacks('cdktf.out');
    const chosen = positionals.length > 0 ? chooseStacks(all, positionals) : [...all.values()];
    const stacks = options.estate === undefined ? chosen : stacksOf(`${options.estate}`, chosen);
    if (dryRun) {
      console.log(`Would plan, and change nothing:\n\n${listing(stacks)}`);
      return 0;
    }
    const interruption = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort(new Error(name)));
    try {
      const progress = new Progress(process.stderr);
      const absent = await absentWorkspaces(stacks, process.env);
      const drifts = await plannedDrift(stacks, { env: process.env, signal: interruption.signal, progress, sideBySide: SIDE_BY_SIDE, absent });
      console.log(options.json ? JSON.stringify(drifts, null, 2) : driftReport(drifts, paintFor(process.stdout, process.env)));
      if (drifts.some(({ state }) => state === 'cannot be told') || drifts.every(({ state }) => state === 'not deployed')) return 1;
      return drifts.some(({ state }) => state === 'differs') ? 2 : 0;
    } catch (error) {
      if (!interruption.signal.aborted) throw error;
      console.error('interrupted; nothing is left running, nothing was changed');
      return 130;
    }
  },
  { estate: 'value', json: 'flag' },
  { positionals: true, notStarted: 1 },
);

/** The chosen stacks that Terraform Cloud has no workspace for. */
async function absentWorkspaces(stacks: readonly Stack[], env: NodeJS.ProcessEnv): Promise<ReadonlySet<string>> {
  const there = stacks.filter(({ terraformCloud }) => terraformCloud);
  const cloud = there[0]?.terraformCloud;
  if (!cloud) return new Set();
  const { absent } = await askOrganization(
    cloud,
    there.map(({ name }) => name),
    env,
  );
  return new Set(absent);
}
