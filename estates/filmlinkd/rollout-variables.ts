import type { ContainerName, FilmlinkdEnvironment, FilmlinkdShared } from '../../config/filmlinkd';
import { environmentName } from '../../constructs/core/naming';
import type { RolloutGroup, RolloutVariables } from '../../services/contracts/rollout';

/** Programs, and the image that each container starts: `vip` is a scraper. */
export const IMAGE_OF: Readonly<Record<ContainerName, 'scraper' | 'sharded'>> = { scraper: 'scraper', vip: 'scraper', sharded: 'sharded' };

/** The Docker repository of an environment's images: one each, so that who pushes to development's cannot move production's tag. */
export const repositoryOf = (environment: 'dev' | 'prod'): string => environmentName('filmlinkd', environment);

export interface RolloutProps extends Pick<FilmlinkdEnvironment, 'machines'>, Pick<FilmlinkdShared, 'project' | 'region' | 'zone'> {
  readonly environment: 'dev' | 'prod';
  /** What names of the environment start with. A machine's group is `<stem>-<machine>`. */
  readonly stem: string;
}

/** What the program that moves the tag and replaces the machines is told: by the build, and by who rolls back, so plain data in plain data out. */
export function rolloutVariables({ environment, project, region, zone, machines, stem }: RolloutProps, action: 'deliver' | 'rollback') {
  const groups: RolloutGroup[] = Object.entries(machines).map(([machine, { containers }]) => ({
    name: `${stem}-${machine}`,
    images: [...new Set(containers.map((container) => IMAGE_OF[container]))],
  }));
  return {
    ACTION: action,
    PROJECT: project,
    REGION: region,
    ZONE: zone,
    REPOSITORY: repositoryOf(environment),
    TAG: environment,
    GROUPS: JSON.stringify(groups),
    DELIVER_COMMAND: `make filmlinkd-deliver ENV=${environment}`,
    ROLLBACK_COMMAND: `make filmlinkd-rollback ENV=${environment}`,
  } satisfies RolloutVariables;
}

/** The trigger that builds and delivers. */
export const triggerName = (stem: string): string => `${stem}-deliver`;
