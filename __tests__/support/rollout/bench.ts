import type { RolloutGroup } from '../../../services/contracts/rollout';
import { Machines } from '../../../services/rollout/machines';
import type { RolloutOptions } from '../../../services/rollout/options';
import { Registry } from '../../../services/rollout/registry';
import { Rollout } from '../../../services/rollout/rollout';
import { GoogleRest, type Transport } from '../../../services/runtime/google/rest';
import { SteppingClock } from '../simulation/virtual-clock';
import { FakeCloud, type FakeCloudOptions } from './fake-cloud';

export const GROUPS: readonly RolloutGroup[] = [
  { name: 'scraper-1', images: ['scraper'] },
  { name: 'scraper-2', images: ['scraper'] },
  { name: 'shard-1', images: ['sharded'] },
];
export const IMAGES = ['scraper', 'sharded'] as const;
/** Of an image in a release: tests read `scraper@1`. */
export const digestOf = (image: string, release: string): string => `sha256:${image}-${release}`;

/** Three machines of two images that run release 0, put there by hand; releases 1 to 3 are built. */
export class RolloutBench {
  readonly clock = new SteppingClock('2026-11-21T12:00:00.000Z');
  readonly cloud: FakeCloud;
  /** What somebody reads who watches. */
  readonly said: string[] = [];

  constructor(options: Partial<FakeCloudOptions> = {}, { isFirst = false } = {}) {
    const groups = Object.fromEntries(GROUPS.map(({ name, images }) => [name, images]));
    this.cloud = new FakeCloud({ clock: this.clock, groups, tag: 'prod', ...options });
    for (const image of IMAGES) for (const release of ['1', '2', '3']) this.build(image, release);
    if (!isFirst) for (const image of IMAGES) this.cloud.registry.set(image, 'prod', digestOf(image, '0'), 0);
  }

  build(image: string, release: string, digest = digestOf(image, release)): void {
    this.cloud.registry.set(image, release, digest, 0);
  }

  /** One run of the program. */
  rollout(options: Partial<RolloutOptions> = {}, transport: Transport = this.transport): Rollout {
    const { clock } = this;
    const rest = (root: string) => new GoogleRest({ root, clock, transport, trySeconds: 60, random: () => 0 });
    return new Rollout({
      TAG: 'prod',
      GROUPS: [...GROUPS],
      PATIENCE_SECONDS: 600,
      LOOK_SECONDS: 10,
      DELIVER_COMMAND: 'make filmlinkd-deliver ENV=prod',
      ROLLBACK_COMMAND: 'make filmlinkd-rollback ENV=prod',
      registry: new Registry(rest('/v1'), 'projects/p/locations/us-central1/repositories/filmlinkd'),
      machines: new Machines(rest('/compute/v1'), 'projects/p/zones/us-central1-a', clock),
      clock,
      say: (line) => this.said.push(line),
      ...options,
    });
  }

  deliver(release: string): Promise<void> {
    return this.rollout().deliver(release);
  }

  rollBack(): Promise<void> {
    return this.rollout().rollBack();
  }

  readonly transport: Transport = (method, url, body) => this.cloud.handle(method, url, body);

  /** Which release a tag is on, by image: `1` when all agree. */
  tag(name: string): string {
    const each = IMAGES.map((image) => this.cloud.registry.get(image, name)?.replace(`sha256:${image}-`, '') ?? 'none');
    return new Set(each).size === 1 ? (each[0] as string) : each.join('+');
  }

  /** Machines that were replaced, in their order. */
  get replaced(): string[] {
    return this.cloud.replaced.map(({ group }) => group);
  }

  /** What runs, once time has passed. */
  runs(): string[] {
    return GROUPS.map(({ name }) =>
      this.cloud
        .group(name)
        .runs.join('+')
        .replaceAll(/sha256:\w+-/g, ''),
    );
  }
}

/** The message of what must fail. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: Error) => reason,
  );
  if (!error) throw new Error('it did not fail');
  return error.message;
}
