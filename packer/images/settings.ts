import { dockerWorkerSchema, dockerWorkerValues } from '../../config/docker-worker';
import { images } from '../../config/images';
import type { EstateConfig } from '../../config/load';
import { moshiSchema, moshiValues } from '../../config/moshi';
import type { Settings } from './spec';

/** The sections of the config that images are made from, as `loadConfig` takes them. Their estates' stacks are not loaded: cdktf would take a second. */
export const SECTIONS: readonly EstateConfig[] = [
  images,
  { name: 'moshi', schema: moshiSchema, values: moshiValues },
  { name: 'docker-worker', schema: dockerWorkerSchema, values: dockerWorkerValues },
];

/** What `loadConfig` made of the sections. */
export function settingsOf(sections: Readonly<Record<string, unknown>>): Settings {
  return sections as unknown as Settings;
}

/** From the committed values alone. */
export function committedSettings(): Settings {
  return settingsOf(Object.fromEntries(SECTIONS.map(({ name, schema, values }) => [name, schema.parse(values)])));
}
