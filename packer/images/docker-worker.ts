import { VERSIONS } from '../versions';
import type { ImageSpec } from './spec';

/** A machine that runs one container and goes: Docker, Node for its agent, and what reports on it. */
export const dockerWorker: ImageSpec<'docker-worker'> = {
  family: 'docker-worker',
  description: `Docker ${VERSIONS.dockerOnBookworm.environment.DOCKER_VERSION} and the worker agent's unit on Debian 12`,
  recipe: ({ images }) => ({
    ...images.dockerWorker,
    source: images.debian[12],
    diskGb: 10,
    steps: [
      { script: 'install-base.sh', environment: { BASE_PACKAGES: 'ca-certificates curl' } },
      VERSIONS.dockerOnBookworm,
      VERSIONS.node,
      { script: 'install-cloud-init.sh' },
      VERSIONS.opsAgent,
      { script: 'install-worker.sh' },
    ],
  }),
};
