import * as z from 'zod';
import { gcpProject, machineType } from './fields';

const imageName = z.string().regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "not an image's name, such as debian-12-bookworm-v20251209");

/** Somebody else's image, by name: what an image is baked from changes only when somebody changes it here. */
const sourceImage = z.strictObject({ project: gcpProject, name: imageName });

/** What the baking of images needs beside the estates' own values (project, region, zone). */
export const imagesSchema = z.strictObject({
  /** Where Python images start. Debian 11 has left long-term support: Google deprecates its images, and one day deletes them. */
  debian: z.strictObject({ 11: sourceImage, 12: sourceImage }),
  /** The Python image that moshi-srv is built from. */
  moshiBase: z.enum(['debian11-python3', 'debian12-python3'], 'must be debian11-python3 or debian12-python3'),
  /** The machine that an image is baked on: it compiles Python, and is there for minutes. */
  machineType,
  /** Network of that machine. Packer reaches it by ssh, on an external address. */
  network: z.string().regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "not a network's name"),
});

export type ImagesConfig = z.output<typeof imagesSchema>;

export const imagesValues: z.input<typeof imagesSchema> = {
  debian: {
    11: { project: 'debian-cloud', name: 'debian-11-bullseye-v20251209' },
    12: { project: 'debian-cloud', name: 'debian-12-bookworm-v20251209' },
  },
  moshiBase: 'debian11-python3',
  machineType: 'e2-standard-4',
  network: 'default',
};

/** The section `images` of the config, as `loadConfig` takes it. */
export const images = { name: 'images', schema: imagesSchema, values: imagesValues } as const;
