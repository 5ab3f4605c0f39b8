import { parseArgs } from 'node:util';
import { UsageError } from './failure';

export interface Options {
  readonly estate?: string;
  readonly from?: string;
  readonly fail?: string;
  readonly patterns: readonly string[];
  readonly keep?: string;
  readonly help: boolean;
}

export const HELP = `Rehearses a deployment: the real Terraform, a stand-in cloud, no account, no network.

  make rehearse [ESTATE=name] [FROM=revision|file] [FAIL=address@apply]
  node --import tsx rehearsal/main.ts [options]

Without --from, every stack is applied in dependency order, planned again (the plan must be empty) and destroyed; one that
is protected must refuse to be destroyed and is then deployed with protection off.

  --estate NAME         only this estate's stacks
  --stack GLOB          only these stacks, such as 'moshi-*-{shared,dev}', and what they depend on; may be repeated
  --from REVISION|FILE  an upgrade: deploys that git revision, or this tree with that override file, and plans this tree on
                        its state; fails when something that holds data would go
  --fail ADDRESS@apply  the first apply of this resource fails in the middle; the next one must finish it
  --keep DIR            keeps stacks, states and the cloud's journal in this folder (new or empty)
  --help                this text

Exit code: 0 went well, 1 something failed, 2 not started, 130 interrupted.`;

/** Reads the command line; throws a {@link UsageError} that says what is wrong with it. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const { estate, from, fail, stack: patterns = [], keep, help = false } = values;
  if (from && fail) throw new UsageError('--fail is for a rehearsal without --from: an upgrade is planned, not interrupted');
  return { patterns, help, ...(estate && { estate }), ...(from && { from }), ...(fail && { fail }), ...(keep && { keep }) };
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { estate: string, from: string, fail: string, keep: string, stack: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n--help lists the options`);
  }
}
