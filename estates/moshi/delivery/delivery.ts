import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import type { MoshiConfig } from '../../../config/moshi';
import type { DeliveredFile, Overrides } from '../../../constructs/core/estate';
import { workflow } from './workflow';

const SETTINGS = '.github/infrastructure.json';

/** What the server's repository gets: the workflow, and the override file that its `make` commands run with, which is the one of here. */
export function deliveryOf({ shared: { github } }: MoshiConfig, overrides: Overrides): DeliveredFile[] {
  const up = relativeUp(github.operations);
  return [
    {
      path: '.github/workflows/moshi.yml',
      comment: 'Written by `make delivery` in the repository of the infrastructure. Change it there: what is changed here is overwritten.',
      content: workflow({ ...github, settings: join(up, SETTINGS) }),
    },
    { path: SETTINGS, content: mergePatch(overrides, { moshi: { shared: { serverSource: up } } }) },
  ];
}

/** The way from a folder of the repository to its root. */
function relativeUp(folder: string): string {
  return folder
    .split('/')
    .map(() => '..')
    .join('/');
}
