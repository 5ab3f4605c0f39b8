import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

/** The user can mend it: shown without a stack trace. */
export class UsageError extends Error {}

export interface Goal {
  readonly text: string;
  readonly met: boolean;
}

export interface Options<P extends string = string> {
  readonly help: boolean;
  /** Rounds of what is measured. */
  readonly runs: number;
  readonly parts: readonly P[];
  /** Whether a goal that is missed is a failure. */
  readonly goals: boolean;
}

/** What a bench's command line may say. */
export interface CommandLine<P extends string> {
  readonly help: string;
  readonly parts: readonly P[];
  /** Rounds where nothing is said. */
  readonly runs: number;
}

/** Throws {@link UsageError} when the command line is not usable. */
export function parseOptions<P extends string>(args: readonly string[], line: CommandLine<P>): Options<P> {
  const { help = false, runs = String(line.runs), only, 'no-goals': noGoals = false } = parse(args);
  if (!/^[1-9]\d?$/.test(runs)) throw new UsageError(`--runs ${runs}: a number from 1 to 99`);
  const parts = line.parts.filter((part) => only === undefined || part === only);
  if (parts.length === 0) throw new UsageError(`--only ${only}: one of ${line.parts.join(', ')}`);
  return { help, runs: Number(runs), parts, goals: !noGoals };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, runs: { type: 'string' }, only: { type: 'string' }, 'no-goals': { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee --help.`);
  }
}

export function goalLines(goals: readonly Goal[]): string {
  return goals.map(({ text, met }) => `  ${met ? 'met   ' : 'MISSED'}  ${text}`).join('\n');
}

export type Progress = (text: string) => void;

/** Runs a bench as this process: exit code 1 when a goal is missed, 2 when it could not measure, 130 when it was interrupted. */
export async function bench<P extends string>(
  line: CommandLine<P>,
  measure: (options: Options<P>, signal: AbortSignal, progress: Progress) => Promise<readonly Goal[]>,
): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  process.exitCode = await exitCode(interruption.signal, async () => {
    const options = parseOptions(process.argv.slice(2), line);
    if (options.help) {
      console.log(line.help);
      return 0;
    }
    console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} x ${cpus()[0]?.model}, ${(totalmem() / 1e9).toFixed(0)} GB`);
    const goals = await measure(options, interruption.signal, (text) => console.error(`  ${text}`));
    if (goals.length > 0) console.log(`Goals:\n\n${goalLines(goals)}`);
    return options.goals && goals.some(({ met }) => !met) ? 1 : 0;
  });
}

async function exitCode(signal: AbortSignal, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) {
      console.error('interrupted; nothing is left running');
      return 130;
    }
    console.error(error instanceof UsageError ? error.message : error);
    return 2;
  }
}
