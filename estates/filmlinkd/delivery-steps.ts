import type { FilmlinkdEnvironment } from '../../config/filmlinkd';
import type { ArtifactRepository } from '../../constructs/gcp/artifact-repository';
import type { BuildStep } from '../../constructs/gcp/build-trigger';
import type { RolloutGroup, RolloutVariables } from '../../services/contracts/rollout';
import { IMAGE_OF } from './containers';

export interface DeliveryStepsProps {
  readonly environment: 'dev' | 'prod';
  readonly project: string;
  readonly region: string;
  readonly zone: string;
  readonly images: Pick<ArtifactRepository, 'name' | 'url'>;
  readonly machines: FilmlinkdEnvironment['machines'];
  /** The managed instance group that a machine is. */
  readonly groupOf: (machine: string) => string;
}

/** Where each image is built from. */
const DOCKERFILES = { scraper: 'services/scraper/Dockerfile', sharded: 'services/shard/Dockerfile' } as const;

/** Builders by version: a delivery of the same commit is the same next year. */
const NODE = 'node:22.22.0-bookworm';
const DOCKER = 'gcr.io/cloud-builders/docker:24.0.9';

/** What a delivery does, step by step: bundles, images, registry, machines. */
export function deliverySteps(props: DeliveryStepsProps): BuildStep[] {
  const images = Object.entries(DOCKERFILES);
  const built = (image: string) => `${props.images.url}/${image}:`;
  return [
    {
      id: 'bundle',
      image: NODE,
      script: ['set -eu', 'npm ci --no-audit --no-fund', 'make .cache/start.js .cache/scraper.js .cache/shard.js .cache/rollout.js', ''].join('\n'),
    },
    ...images.map(([image, dockerfile]) => ({
      id: `image-${image}`,
      image: DOCKER,
      script: ['set -eu', `docker build --file ${dockerfile} --tag "${built(image)}$BUILD_ID" .`, `docker push "${built(image)}$BUILD_ID"`, ''].join('\n'),
      env: { BUILD_ID: '$BUILD_ID' },
    })),
    { id: 'roll', image: NODE, script: 'exec node .cache/rollout.js\n', env: { ...rolloutVariables(props, 'deliver'), RELEASE: '$BUILD_ID' } },
  ];
}

/** What the program that moves the tag and replaces the machines is told: by the build, and by who rolls back. */
export function rolloutVariables({ environment, project, region, zone, images, machines, groupOf }: DeliveryStepsProps, action: 'deliver' | 'rollback') {
  const groups: RolloutGroup[] = Object.entries(machines).map(([machine, { containers }]) => ({
    name: groupOf(machine),
    images: [...new Set(containers.map((container) => IMAGE_OF[container]))],
  }));
  return {
    ACTION: action,
    PROJECT: project,
    REGION: region,
    ZONE: zone,
    REPOSITORY: images.name,
    TAG: environment,
    GROUPS: JSON.stringify(groups),
    ROLLBACK_COMMAND: `make filmlinkd-rollback ENV=${environment}`,
  } satisfies RolloutVariables;
}
