import type { RolloutGroup } from '../contracts/rollout';
import type { MachineState } from './machines';
import type { RolloutOptions } from './options';
import { type Digests, isSame, isStamp, releaseOf } from './release';
import { Replacement } from './replacement';
import { ANOTHER, Overtaken, RolloutError } from './rollout-error';

type States = ReadonlyMap<RolloutGroup, MachineState>;

/**
 * New images for the machines of an environment. The registry and the groups themselves say how far it is, so that one that was
 * cut off goes on where it was: a tag that is moved stays moved, and a machine that has the release is left alone.
 */
export class Rollout {
  private readonly images: readonly string[];
  private readonly previous: string;

  constructor(private readonly options: RolloutOptions) {
    this.images = [...new Set(options.GROUPS.flatMap(({ images }) => images))].sort();
    this.previous = `${options.TAG}-previous`;
  }

  /** The tag goes to the images that a build has tagged `release`; what it was on is remembered, if all machines were well with it. */
  async deliver(release: string): Promise<void> {
    const { TAG, say, ROLLBACK_COMMAND, DELIVER_COMMAND } = this.options;
    const next = await this.found(release);
    const states = await this.usable(next, (image) => `There is no image ${image}:${release}: did the build push it?`);
    const current = await this.found(TAG);
    if (!isSame(current, next)) {
      if (await this.isGood(current, next, states)) await this.move(this.previous, current);
      else if (current.size > 0) say(`${this.previous} stays where it is: not every machine is well with what ${TAG} is on`);
    }
    await this.move(TAG, next);
    await this.roll(
      next,
      `To go back: ${ROLLBACK_COMMAND}. To go on when it is mended: ${DELIVER_COMMAND} RELEASE=${release}, which leaves alone what has it.`,
    );
  }

  /** The tag goes back to the images that were in use before the last delivery. */
  async rollBack(): Promise<void> {
    const next = await this.found(this.previous);
    await this.usable(
      next,
      (image) => `There is no image ${image}:${this.previous}: no delivery has followed a good one yet, so there is nothing to go back to.`,
    );
    await this.move(this.options.TAG, next);
    await this.roll(next, `To go on when it is mended: ${this.options.ROLLBACK_COMMAND}, which leaves alone what has it.`);
  }

  /** All that would stop it half-way is said before anything is changed. */
  private async usable(digests: Digests, missing: (image: string) => string): Promise<States> {
    const states = new Map<RolloutGroup, MachineState>();
    const problems = this.images.filter((image) => !digests.has(image)).map(missing);
    for (const group of this.options.GROUPS) {
      const state = await this.options.machines.stateOf(group.name);
      if (!state) problems.push(`There is no group ${group.name}: deploy the stack of the machines first.`);
      else if (state.unfit) problems.push(state.unfit);
      else states.set(group, state);
    }
    if (problems.length > 0) throw new RolloutError(`${problems.join('\n')}\nNothing was changed.`);
    return states;
  }

  /** @param advice what to do when it stops half-way */
  private async roll(digests: Digests, advice: string): Promise<void> {
    const { GROUPS, say } = this.options;
    const given: Replacement[] = [];
    for (const group of GROUPS) {
      const replacement = new Replacement(group.name, releaseOf(group, digests), this.options);
      try {
        await this.refuseIfMoved(digests);
        await replacement.begin();
        await Replacement.wellTogether([...given, replacement], this.options);
      } catch (error) {
        throw replacement.stopped(error, given, { ...this.options, advice });
      }
      say(`${group.name}: well`);
      given.push(replacement);
    }
    await this.refuseIfMoved(digests);
    say(given.length === 1 ? 'The machine is well.' : `All ${given.length} machines are well.`);
  }

  /** Two deliveries at once would take turns. */
  private async refuseIfMoved(digests: Digests): Promise<void> {
    const { TAG } = this.options;
    if (!isSame(await this.found(TAG), digests)) throw new Overtaken(`the tag ${TAG} was moved meanwhile: ${ANOTHER}`);
  }

  /** All machines have these images, and are well. */
  private async isGood(digests: Digests, next: Digests, states: States): Promise<boolean> {
    if (digests.size < this.images.length) return false;
    // Before the first delivery nothing is stamped, and what is there is the best that is known: unless one was cut off between two tags.
    const isFirst = (await this.found(this.previous)).size < this.images.length && this.images.every((image) => digests.get(image) !== next.get(image));
    const all = [...states];
    if (!all.every(([, { well }]) => well)) return false;
    const others = all.filter(([group, { release }]) => release !== releaseOf(group, digests));
    if (isFirst && others.every(([, { release }]) => release === undefined)) return true;
    if (others.length === 0) return true;
    const proven = new Set(all.filter((each) => !others.includes(each)).flatMap(([{ images }]) => images));
    // one that was replaced by hand, or added since, has started what the tag is on. Without any stamp it may also be the one that a
    // delivery did not come to: unless another machine has its images
    const [[{ images }, { release }]] = others as [[RolloutGroup, MachineState]];
    return others.length === 1 && proven.size > 0 && !isStamp(release) && (release !== undefined || images.every((image) => proven.has(image)));
  }

  private async move(tag: string, digests: Digests): Promise<void> {
    for (const [image, digest] of digests) {
      if ((await this.options.registry.digestOf(image, tag)) === digest) continue;
      await this.options.registry.setTag(image, tag, digest);
      this.options.say(`${image}:${tag} is ${digest}`);
    }
  }

  private async found(tag: string): Promise<Digests> {
    const all = await Promise.all(this.images.map(async (image) => [image, await this.options.registry.digestOf(image, tag)] as const));
    return new Map(all.filter((each): each is readonly [string, string] => each[1] !== undefined));
  }
}
