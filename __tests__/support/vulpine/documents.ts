import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINER_NAMES, type ContainerName } from '../../../config/vulpine';
import { ROOT } from '../repository';

/** By the instance's documents, written down here anew: who is in one network with whom. A name among its own is another replica. */
const REACHES: Readonly<Record<ContainerName, readonly ContainerName[]>> = {
  nginx: ['streaming', 'web'],
  web: ['ambassador', 'db', 'dbbackup', 'es', 'nginx', 'redis', 'sidekiq', 'streaming', 'web'],
  streaming: ['ambassador', 'db', 'dbbackup', 'nginx', 'redis', 'sidekiq', 'streaming', 'web'],
  es: ['sidekiq', 'web'],
  redis: ['sidekiq', 'streaming', 'web'],
  db: ['ambassador', 'dbbackup', 'sidekiq', 'streaming', 'web'],
  sidekiq: ['ambassador', 'db', 'dbbackup', 'es', 'redis', 'sidekiq', 'streaming', 'web'],
  ambassador: ['db', 'dbbackup', 'sidekiq', 'streaming', 'web'],
  dbbackup: ['ambassador', 'db', 'sidekiq', 'streaming', 'web'],
};
const OUTWARD: readonly ContainerName[] = ['ambassador', 'nginx', 'sidekiq', 'streaming', 'web'];
const REPLICAS: Readonly<Record<ContainerName, number>> = { nginx: 1, web: 2, streaming: 2, es: 1, redis: 1, db: 1, sidekiq: 4, ambassador: 1, dbbackup: 1 };

/** One container, as the documents have it. */
export interface Documented {
  readonly of: ContainerName;
  readonly name: string;
  /** Whose it is; nginx is everybody's. */
  readonly instances: readonly string[];
  /** Containers that it reaches, over IPv4. */
  readonly reaches: readonly string[];
  /** Whether it reaches the Internet. */
  readonly isOutward: boolean;
}

/** Containers of a kind; nginx is the host's, and everybody's. */
export function named(of: ContainerName, instance: string): string[] {
  return of === 'nginx' ? ['nginx'] : Array.from({ length: REPLICAS[of] }, (_, i) => `${instance}-${of}-${i + 1}`);
}

/** What there is on a host with these instances. */
export function documented(instances: readonly string[]): Documented[] {
  return CONTAINER_NAMES.flatMap((of) => {
    const each = (name: string, own: readonly string[]): Documented => ({
      of,
      name,
      instances: own,
      reaches: [...new Set(own.flatMap((instance) => REACHES[of].flatMap((other) => named(other, instance))))].filter((other) => other !== name).sort(),
      isOutward: OUTWARD.includes(of),
    });
    return of === 'nginx' ? [each('nginx', instances)] : instances.flatMap((one) => named(of, one).map((name) => each(name, [one])));
  });
}

/** A variant of the estate, as an override of its own section. */
export const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/vulpine/variants/${name}.json`), 'utf8')).vulpine as object;
