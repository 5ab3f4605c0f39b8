import type { Step } from '../../../constructs/core/first-deploy';
import type { Interruption } from '../../../packer/build/interruption';
import { count, type Paint } from '../../../rehearsal/runner/format';
import type { CommandLine } from '../command';
import type { EstateFinding } from '../preflight/preflight';
import { findingsTable, mendReport } from '../preflight/report';
import { endsHere } from '../steps';
import type { Answer } from './answer';
import { type Asker, askStep, onceEach } from './ask';
import type { Chosen } from './chosen';
import { programOf, typed } from './command-of';
import { UpLock } from './lock';
import { elapsed, type Standing, stepsTable } from './report';
import { type Ended, runStep } from './run-step';
import { until } from './waiting';

export interface Around extends Pick<CommandLine, 'dryRun' | 'yes'> {
  readonly asker: Omit<Asker, 'mayInitialize' | 'estate' | 'stacks'>;
  /** What preflight says of logins, and of needs that no step fulfils. */
  readonly entrance: readonly EstateFinding[];
  readonly patienceMs: number;
  readonly paint: Paint;
  /** Everything on standard input, read once; undefined at a terminal. */
  readonly lines: () => Promise<Buffer | undefined>;
  /** From when it is called, what would end us ends the step first: before, Ctrl-C ends us at once, also at a question. */
  readonly listen: () => Interruption;
}

type Climbing = Around & Interruption;

const LOCK = '.state/up.lock';
/** What the last step said. */
const LOG = '.state/up.log';

/** Takes an environment of an estate up: what is left of its first deployment, step by step. Returns the exit code. */
export async function up(chosen: Chosen, around: Around): Promise<number> {
  const { estate, environment, steps } = chosen;
  const { dryRun, yes, entrance, paint } = around;
  const open = entrance.filter(({ state }) => state !== 'ok');
  if (open.length > 0) {
    console.log(`${findingsTable(`Before the first step of ${estate}`, open, paint)}\n\n${mendReport(open)}\n`);
    if (!dryRun) {
      console.log('Nothing was changed.');
      return 1;
    }
  }
  const standings = await survey(chosen, around);
  const left = standings.filter(({ answer }) => answer.is !== 'done');
  console.log(`${paint('bold', `${estate}, ${environment}`)}\n${stepsTable(standings, paint)}\n`);
  if (left.length === 0) {
    console.log(`Nothing to do: ${count(steps.length, 'step')}, all done.\n\nNext: ${chosen.next}`);
    return 0;
  }
  console.log(`${steps.length - left.length} of ${count(steps.length, 'step')} done; ${dryRun ? 'would do' : 'does'} the rest, in this order.`);
  const stop = endsHere({ dryRun, yes });
  if (stop !== undefined) return stop;
  const lock = UpLock.take(LOCK);
  try {
    return await climb(chosen, standings, { ...around, ...around.listen() }, lock);
  } finally {
    lock.release();
  }
}

/** How all steps stand. Changes nothing, not even a file. */
async function survey({ steps, estate, stacks }: Chosen, { asker }: Around): Promise<Standing[]> {
  const once = onceEach({ ...asker, estate, stacks, mayInitialize: false });
  const standings: Standing[] = [];
  for (const step of steps) standings.push({ step, answer: await askStep(step, once) });
  return standings;
}

async function climb(chosen: Chosen, standings: readonly Standing[], around: Climbing, lock: UpLock): Promise<number> {
  const { steps, estate, stacks, environment } = chosen;
  const { asker, patienceMs, interrupt } = around;
  const began = performance.now();
  const again = `make up ESTATE=${estate} ENV=${environment}`;
  const ask = (step: Step) => askStep(step, onceEach({ ...asker, estate, stacks, mayInitialize: true }));
  for (const [i, { step, answer }] of standings.entries()) {
    if (answer.is === 'done') continue;
    const at = `[${i + 1} of ${steps.length}] ${step.title}`;
    const stepBegan = performance.now();
    const before = await until(
      () => ask(step),
      (found) => !isUntold(step, found),
      patienceMs,
      interrupt,
    );
    if (before.is === 'done') {
      console.log(`${at}: done already`);
      continue;
    }
    const outcome = interrupt.aborted || isUntold(step, before) ? 'not begun' : await take(step, at, before, around, lock);
    const after =
      outcome === 'done'
        ? await until(
            () => ask(step),
            ({ is }) => is === 'done',
            patienceMs,
            interrupt,
          )
        : before;
    if (interrupt.aborted) {
      console.error(`\nInterrupted at step ${i + 1} of ${steps.length}, ${step.title}. The same command goes on from there: ${again}`);
      return 130;
    }
    const failure = failureOf(outcome, after, step, patienceMs);
    if (failure !== undefined) {
      console.error(
        `\nStopped at step ${i + 1} of ${steps.length}, ${step.title}.\n${failure}\n\nWhen that is mended, the same command goes on from here: ${again}`,
      );
      return 1;
    }
    console.log(`done  ${step.title}  (${elapsed(performance.now() - stepBegan)}; ${elapsed(performance.now() - began)} in all)\n`);
  }
  console.log(`All ${steps.length} steps are done.\n\nNext: ${chosen.next}`);
  return 0;
}

/** Doing again what is done may cost half an hour, or a version: what cannot be told is not begun. A deployment finds that out by itself. */
function isUntold({ done, does }: Step, { is }: Answer): boolean {
  return is === 'not asked' && does.kind !== 'person' && done.some(({ kind }) => kind !== 'stack');
}

function failureOf(outcome: 'done' | 'not begun' | Ended, after: Answer, step: Step, patienceMs: number): string | undefined {
  if (outcome === 'not begun') return `It was not begun, because nobody can tell whether it is done: ${after.remark}`;
  if (outcome !== 'done') return failed(outcome, step);
  return after.is === 'done' ? undefined : unseen(step, after, patienceMs);
}

/** Does a step, or says what a person has to do. Returns how it ended, if that was not well. */
async function take(step: Step, at: string, before: Answer, around: Climbing, lock: UpLock): Promise<'done' | Ended> {
  const { interrupt, kill, asker, lines, patienceMs } = around;
  const { does } = step;
  if (does.kind === 'person') {
    const all = [...does.says, ...before.mend.map((line) => `  ${line}`)];
    console.log(`${at}\n${all.map((line) => `  ${line}`).join('\n')}\n  Waits ${elapsed(patienceMs)} for it${before.remark ? `: ${before.remark}` : ''}`);
    return 'done';
  }
  console.log(`${at}\n  ${typed(does)}`);
  const asks = does.kind === 'make' && does.asks === true;
  const given = asks ? await lines() : undefined;
  const input = asks ? (given ?? ('terminal' as const)) : undefined;
  const program = programOf(does, asker.env, input === 'terminal');
  const started = (group: number) => (input === 'terminal' ? undefined : lock.note({ title: step.title, group }));
  const ended = await runStep(program, { log: LOG, show: (line) => console.log(`  | ${line}`), started, interrupt, kill, ...(input && { input }) });
  lock.note(undefined);
  return ended.code === 0 ? 'done' : ended;
}

function failed({ code, last }: Ended, { does }: Step): string {
  const command = does.kind === 'person' ? '' : typed(does);
  const said = last.length > 0 ? ` It said last:\n${last.map((line) => `  ${line}`).join('\n')}` : '';
  return `${command} ended with ${code}.${said}`;
}

/** The command went well, or there is none, and still it is not so. */
function unseen({ does }: Step, { remark, mend }: Answer, patienceMs: number): string {
  const patience = `PATIENCE= waits longer than ${elapsed(patienceMs)}.`;
  const what = remark ?? 'it is not done';
  if (does.kind === 'person') return `It waits for a person: ${what}. ${patience}`;
  const mends = mend.length > 0 ? `\nWhat preflight would do:\n${mend.map((line) => `  ${line}`).join('\n')}` : '';
  return `${typed(does)} went well, but ${what}. ${patience}${mends}`;
}
