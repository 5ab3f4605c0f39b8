import { join } from 'node:path';
import type { MoshiConfig } from '../../../config/moshi';
import type { DeliveredFile } from '../../../constructs/core/estate';
import { workflow } from './workflow';

const SETTINGS = '.github/infrastructure.json';

/** What the server's repository gets: the workflow, and the settings that its `make` commands run with. */
export function deliveryOf(config: MoshiConfig): DeliveredFile[] {
  const { project, region, zone, domain, github } = config.shared;
  const up = relativeUp(github.operations);
  return [
    {
      path: '.github/workflows/moshi.yml',
      comment: 'Written by `make delivery` in the repository of the infrastructure. Change it there: what is changed here is overwritten.',
      content: workflow({ ...github, settings: join(up, SETTINGS) }),
    },
    {
      path: SETTINGS,
      content: {
        moshi: {
          shared: { project, region, zone, domain, github, serverSource: up },
          dev: { server: { host: config.dev.server.host } },
          prod: { server: { host: config.prod.server.host } },
        },
      },
    },
  ];
}

/** The way from a folder of the repository to its root. */
function relativeUp(folder: string): string {
  return folder
    .split('/')
    .map(() => '..')
    .join('/');
}
