import { debianPython } from './debian-python';
import { dockerWorker } from './docker-worker';
import { moshiServer } from './moshi-srv';
import type { ImageSpec } from './spec';

/** Every image that this repository bakes, by name. A family has one image: two would take turns at being its newest. */
export const SPECS = {
  'debian11-python3': debianPython(11, 'python3'),
  'debian12-python3': debianPython(12, 'python3-debian12'),
  'moshi-srv': moshiServer,
  'docker-worker': dockerWorker,
} as const satisfies Record<string, ImageSpec>;
