import { VERSIONS } from '../versions';
import type { ImageSpec, Step } from './spec';

const STEPS: readonly Step[] = [
  { script: 'install-base.sh', environment: { BASE_PACKAGES: 'ca-certificates curl' } },
  VERSIONS.dockerOnBookworm,
  VERSIONS.node,
  { script: 'install-cloud-init.sh' },
  VERSIONS.opsAgent,
  { script: 'install-worker.sh', environment: { AGENT: '/tmp/worker.js' } },
];

/** A machine that runs one container and goes: Docker, Node for its agent, and what reports on it. */
export const dockerWorker: ImageSpec<'docker-worker'> = {
  family: 'docker-worker',
  description: `Docker ${VERSIONS.dockerOnBookworm.environment.DOCKER_VERSION} and the worker agent on Debian 12`,
  recipe: ({ images, 'docker-worker': { shared } }) => ({
    project: shared.project,
    zone: shared.zone,
    source: images.debian[12],
    diskGb: 10,
    built: ['.cache/worker.js'],
    steps: STEPS,
  }),
};
