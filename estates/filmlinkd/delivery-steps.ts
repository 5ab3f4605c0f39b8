import type { ArtifactRepository } from '../../constructs/gcp/artifact-repository';
import type { BuildStep } from '../../constructs/gcp/build-trigger';
import { type RolloutProps, rolloutVariables } from './rollout-variables';

export interface DeliveryStepsProps extends RolloutProps {
  readonly images: Pick<ArtifactRepository, 'url'>;
}

/** Where each image is built from. */
const DOCKERFILES = { scraper: 'services/scraper/Dockerfile', sharded: 'services/shard/Dockerfile' } as const;

/** Of what bundles, and of what the images start from, which a newer patch would change under the same commit. */
const NODE_VERSION = '22.22.0';
const NODE = `node:${NODE_VERSION}-bookworm`;
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
      script: [
        'set -eu',
        `docker build --build-arg NODE=${NODE_VERSION}-slim --file ${dockerfile} --tag "${built(image)}$BUILD_ID" .`,
        `docker push "${built(image)}$BUILD_ID"`,
        '',
      ].join('\n'),
      env: { BUILD_ID: '$BUILD_ID' },
    })),
    { id: 'roll', image: NODE, script: 'exec node .cache/rollout.js\n', env: { ...rolloutVariables(props, 'deliver'), RELEASE: '$BUILD_ID' } },
  ];
}
