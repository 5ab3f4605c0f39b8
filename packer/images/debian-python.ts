import { VERSIONS } from '../versions';
import type { ImageSpec } from './spec';

/** A release of Debian with Python in a virtualenv of the user moshi: everything that takes long and seldom changes. */
export function debianPython<F extends string>(release: 11 | 12, family: F): ImageSpec<F> {
  return {
    family,
    description: `Debian ${release}, Python ${VERSIONS.python.environment.PYTHON_VERSION} and the user moshi`,
    recipe: ({ images, moshi: { shared, dev, prod } }) => ({
      project: shared.project,
      zone: shared.zone,
      source: images.debian[release],
      diskGb: Math.min(dev.server.diskGb, prod.server.diskGb),
      steps: [{ script: 'install-base.sh' }, { script: 'create-moshi-user.sh' }, VERSIONS.python],
    }),
  };
}
