import { FAMILIES } from '../../packer/images/families';
import type { Cloud } from './cloud';
import { lastSegment } from './site';

/** Public families by image project, https://cloud.google.com/compute/docs/images/os-details */
const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  'cos-cloud': ['cos-stable', 'cos-beta', 'cos-dev', 'cos-arm64-stable', 'cos-121-lts', 'cos-117-lts', 'cos-113-lts', 'cos-109-lts'],
  'debian-cloud': ['debian-11', 'debian-12', 'debian-12-arm64', 'debian-13'],
  'ubuntu-os-cloud': ['ubuntu-2204-lts', 'ubuntu-2404-lts-amd64', 'ubuntu-minimal-2404-lts-amd64'],
  'rocky-linux-cloud': ['rocky-linux-8', 'rocky-linux-9'],
};

/** Arguments that name the image a disk starts from. */
export const BOOT_IMAGES: Readonly<Record<string, string>> = {
  google_compute_disk: 'image',
  google_compute_instance: 'boot_disk.initialize_params.image',
  google_compute_instance_template: 'disk.source_image',
  google_compute_region_instance_template: 'disk.source_image',
};

/** What is wrong with an image, or undefined when it is baked by this repository, public, or made in the stand-in cloud. */
export function imageProblem(image: string, cloud: Cloud): string | undefined {
  const project = /(?:^|projects\/)([^/]+)\/(?:global\/|[^/]+$)/.exec(image.replace(/^https:\/\/[^/]+\/compute\/v1\//, ''))?.[1];
  const name = lastSegment(image);
  const isFamily = image.includes('/family/');
  if (project && project in PUBLIC) return isPublic(project, name, isFamily) ? undefined : `${name} is not a known public image or family of ${project}`;

  const families: readonly string[] = Object.values(FAMILIES);
  if (families.includes(name)) return undefined;
  if (!isFamily && families.some((family) => name.startsWith(`${family}-`))) return undefined;
  if (cloud.find('google_compute_image', (state) => [state.name, state.family].includes(name)).length > 0) return undefined;
  return `no image ${isFamily ? 'of family ' : ''}${name} was ever baked; packer/images/families.ts declares ${families.join(', ')}`;
}

/** A family, or one image of it: those are named `<family>-v20250101` or, for COS, `cos-stable-121-18867-90-4`. */
function isPublic(project: string, name: string, isFamily: boolean): boolean {
  const families = PUBLIC[project] ?? [];
  return families.includes(name) || (!isFamily && families.some((family) => name.startsWith(`${family}-`)));
}
