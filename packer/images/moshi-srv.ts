import { ref, template } from '../hcl/value';
import { VERSIONS } from '../versions';
import type { ImageSpec } from './spec';

const { MOSHI_VERSION, ...keyring } = VERSIONS.moshi.environment;

/** The media server, installed from the project's own package registry. */
export const moshiServer: ImageSpec<'moshi-srv'> = {
  family: 'moshi-srv',
  description: 'The moshi media server',
  recipe: ({ images, moshi: { shared, dev, prod } }) => ({
    project: shared.project,
    zone: shared.zone,
    source: { baked: images.moshiBase },
    diskGb: Math.min(dev.server.diskGb, prod.server.diskGb),
    // The registry answers 401 to any other account.
    serviceAccount: template`artifact-reader@${ref('var.project')}.iam.gserviceaccount.com`,
    variables: [{ name: 'moshi_version', description: "Version of the package moshi; '' is the newest that is published", default: MOSHI_VERSION }],
    files: ['estates/moshi/artifacts/entrypoint.sh', 'packer/scripts/entrypoint_as_moshi.sh'],
    steps: [
      {
        script: VERSIONS.moshi.script,
        environment: {
          ...keyring,
          MOSHI_VERSION: ref('var.moshi_version'),
          PYPI_URL: template`https://${shared.region}-python.pkg.dev/${ref('var.project')}/pypi/simple/`,
          FILES: '/tmp',
        },
      },
    ],
  }),
};
