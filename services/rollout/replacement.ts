import { GoogleError, Unavailable } from '../runtime/google/rest';
import type { RolloutOptions } from './options';
import { ANOTHER, Overtaken, RolloutError } from './rollout-error';

type Options = Pick<RolloutOptions, 'machines' | 'clock' | 'say' | 'GROUPS' | 'PATIENCE_SECONDS' | 'LOOK_SECONDS'>;

/** Looks in a row that must find it well: one that is well at first sight may die of what it does next. */
const WELL_LOOKS = 3;

/** One machine's turn. */
export class Replacement {
  private said = '';

  constructor(
    private readonly name: string,
    private readonly release: string,
    private readonly options: Options,
  ) {}

  /** Nothing when it was begun before. */
  async begin(): Promise<void> {
    const { machines, say } = this.options;
    const isBegun = await machines.replace(this.name, this.release);
    say(`${this.name}: ${isBegun ? 'is replaced by a machine with' : 'has been given'} ${this.release}${isBegun ? '' : ' before'}`);
  }

  /** Waits until all of them are well at once, the earlier ones still: what the next does may be what kills the last. */
  static async wellTogether(all: readonly Replacement[], { clock, PATIENCE_SECONDS, LOOK_SECONDS }: Options): Promise<void> {
    const end = clock.now() + PATIENCE_SECONDS * 1000;
    for (let looks = 0; ; await clock.sleep(LOOK_SECONDS * 1000)) {
      const found = await Promise.all(all.map(async (each) => ({ each, illness: await each.illness() })));
      const ill = found.find(({ illness }) => illness !== undefined);
      looks = ill ? 0 : looks + 1;
      if (looks === WELL_LOOKS) return;
      if (ill && clock.now() >= end) throw new RolloutError(`${ill.each.name} is not well after ${PATIENCE_SECONDS} seconds: ${ill.illness}`);
    }
  }

  /** What its group says, while it is not well. */
  private async illness(): Promise<string | undefined> {
    const { machines, say } = this.options;
    const state = await machines.stateOf(this.name).catch((error) => {
      if (error instanceof Unavailable) return { release: this.release, well: false, says: error.message }; // the machine goes on without us
      throw error;
    });
    if (!state) throw new RolloutError(`the group ${this.name} is gone`);
    if (state.release !== this.release) throw new Overtaken(`${this.name} was given ${state.release} meanwhile: ${ANOTHER}`);
    if (state.says !== this.said) say(`${this.name}: ${state.says}`);
    this.said = state.says;
    return state.well ? undefined : state.says;
  }

  /** Why the rollout ends here, with what is done, what is not, and what to do. What nobody foresaw stays as it is. */
  stopped(error: unknown, given: readonly Replacement[], { GROUPS, advice }: Pick<Options, 'GROUPS'> & { readonly advice: string }): unknown {
    if (!(error instanceof RolloutError || error instanceof GoogleError || error instanceof Unavailable)) return error;
    const names = (list: readonly string[]) => list.join(', ') || 'none';
    const done = given.map(({ name }) => name);
    const left = GROUPS.map(({ name }) => name).filter((name) => name !== this.name && !done.includes(name));
    const why = error instanceof GoogleError && error.call ? `${error.call}: ${error.message}` : error.message;
    const where = `Stopped at ${this.name}: ${why}.\nReplaced and well before: ${names(done)}. Not touched: ${names(left)}.`;
    if (error instanceof Overtaken) return new Overtaken(where);
    return new RolloutError(`${where}\n${advice}`, { cause: error });
  }
}
