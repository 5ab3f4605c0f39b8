import { createHash } from 'node:crypto';
import type { RolloutEnvironment, RolloutGroup } from '../contracts/rollout';
import type { Clock } from '../runtime/clock';
import type { Machines } from './machines';
import type { Registry } from './registry';

/** It stopped; the message says where, and how to go on or back. */
export class RolloutError extends Error {
  override name = 'RolloutError';
}

export interface RolloutOptions extends Pick<RolloutEnvironment, 'TAG' | 'GROUPS' | 'PATIENCE_SECONDS' | 'ROLLBACK_COMMAND'> {
  readonly registry: Registry;
  readonly machines: Machines;
  readonly clock: Clock;
  /** What somebody reads who watches. */
  readonly say: (line: string) => void;
}

type Digests = ReadonlyMap<string, string>;

/** Seconds between two looks at a machine. */
const LOOK_SECONDS = 10;
/** Looks in a row that must find it well: one that is well at first sight may die of what it does next. */
const WELL_LOOKS = 3;

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
    const next = await this.tagged(release, (image) => `there is no image ${image}:${release}: did the build push it?`);
    const current = await this.found(this.options.TAG);
    if (!isSame(current, next) && (await this.isGood(current))) await this.move(this.previous, current);
    await this.move(this.options.TAG, next);
    await this.roll(next);
  }

  /** The tag goes back to the images that were in use before the last delivery. */
  async rollBack(): Promise<void> {
    const next = await this.tagged(this.previous, (image) => `there is no image ${image}:${this.previous}: nothing has been delivered over another yet`);
    await this.move(this.options.TAG, next);
    await this.roll(next);
  }

  private async roll(digests: Digests): Promise<void> {
    const { GROUPS, say } = this.options;
    const done: string[] = [];
    for (const group of GROUPS) {
      await this.refuseIfMoved(digests);
      const release = releaseOf(group, digests);
      const state = await this.options.machines.stateOf(group.name);
      if (!state) throw new RolloutError(`There is no group ${group.name}: deploy the stack of the machines first.`);
      if (state.release === release && state.well) say(`${group.name}: has it already, and is well`);
      else {
        if (state.release === release) say(`${group.name}: is being replaced already`);
        else {
          say(`${group.name}: replaced by a machine with ${release}`);
          await this.options.machines.replace(group.name, release);
        }
        await this.waitUntilWell(group, done);
      }
      done.push(group.name);
    }
    say(`All ${done.length} machines are well.`);
  }

  private async waitUntilWell({ name }: RolloutGroup, done: readonly string[]): Promise<void> {
    const { machines, clock, say, GROUPS, PATIENCE_SECONDS, ROLLBACK_COMMAND } = this.options;
    const end = clock.now() + PATIENCE_SECONDS * 1000;
    let last = '';
    for (let well = 0; well < WELL_LOOKS; ) {
      await clock.sleep(LOOK_SECONDS * 1000);
      const state = await machines.stateOf(name);
      const says = state?.says ?? 'the group is gone';
      if (says !== last) say(`${name}: ${says}`);
      last = says;
      well = state?.well ? well + 1 : 0;
      if (well < WELL_LOOKS && clock.now() > end) {
        const left = GROUPS.map((group) => group.name).filter((other) => other !== name && !done.includes(other));
        throw new RolloutError(
          [
            `${name} is not well after ${PATIENCE_SECONDS} seconds: ${last}.`,
            `Replaced: ${done.join(', ') || 'none'}. Not touched: ${left.join(', ') || 'none'}.`,
            `To go back: ${ROLLBACK_COMMAND}. To go on when it is mended: the same delivery again, which leaves alone what has it.`,
          ].join('\n'),
        );
      }
    }
    say(`${name}: well`);
  }

  /** Two deliveries at once would take turns. */
  private async refuseIfMoved(digests: Digests): Promise<void> {
    const { TAG } = this.options;
    if (!isSame(await this.found(TAG), digests))
      throw new RolloutError(`The tag ${TAG} was moved meanwhile: another delivery is under way. This one stops; it has replaced what is listed above.`);
  }

  /** All machines have these images, and are well. Where nothing was ever rolled out, what is there is the best that is known. */
  private async isGood(digests: Digests): Promise<boolean> {
    if (digests.size < this.images.length) return false;
    const states = await Promise.all(this.options.GROUPS.map(async (group) => ({ group, state: await this.options.machines.stateOf(group.name) })));
    return states.every(
      ({ group, state }) => state !== undefined && (state.release === undefined || (state.well && state.release === releaseOf(group, digests))),
    );
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

  private async tagged(tag: string, missing: (image: string) => string): Promise<Digests> {
    const found = await this.found(tag);
    const without = this.images.filter((image) => !found.has(image));
    if (without.length > 0) throw new RolloutError(without.map(missing).join('\n'));
    return found;
  }
}

function isSame(one: Digests, other: Digests): boolean {
  return one.size === other.size && [...one].every(([image, digest]) => other.get(image) === digest);
}

/** What a group has been given, short enough for a version's name: changes with any of its own images, and with no other. */
export function releaseOf({ images }: RolloutGroup, digests: Digests): string {
  const text = [...images].sort().map((image) => `${image}@${digests.get(image)}`);
  return `release-${createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16)}`;
}
