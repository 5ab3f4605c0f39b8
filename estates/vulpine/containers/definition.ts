import type { ImageName } from '../../../config/vulpine';
import type { ContainerFile, ContainerProps } from '../../../constructs/docker/container';
import type { Placed, PlacedNetwork } from './plan';
import { hostFolder, SECRETS_FOLDER } from './secrets';
import { startOf } from './table';

/** A container as it runs, with names in the place of constructs: Terraform's resources and the Compose file are both made of it. */
export interface ContainerDefinition extends Omit<ContainerProps, 'image' | 'networks' | 'mounts' | 'environment' | 'published'> {
  readonly image: ImageName;
  readonly networks: readonly PlacedNetwork[];
  readonly mounts: readonly DefinedMount[];
  readonly environment: Readonly<Record<string, string>>;
  /** The host has the same numbers. */
  readonly published?: { readonly ports: readonly number[]; readonly reason: string };
}

export interface DefinedMount {
  /** A volume by its name on the engine, or a folder of the host's. */
  readonly from: { readonly volume: string } | { readonly folder: string };
  readonly to: string;
  readonly readOnly: boolean;
}

export interface Deployed {
  /** Variables that the table cannot know. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** Files that it gets. @default none */
  readonly files?: readonly ContainerFile[];
}

/** What a placed container is, where it is deployed. */
export function definitionOf({ name, spec, networks, instance }: Placed, { variables, files }: Deployed): ContainerDefinition {
  const { image, memoryMb, health, published, environment, listensOn = [], capabilities, stopSeconds } = spec;
  return {
    ...startOf(spec),
    name,
    image,
    networks,
    memoryMb,
    healthCheck: health,
    environment: { ...environment, ...variables },
    mounts: mountsOf(name, spec, instance),
    ...(files && { files }),
    capabilities,
    stopSeconds,
    ...(published !== undefined && { published: { ports: listensOn, reason: published } }),
  };
}

function mountsOf(name: string, { volumes = {}, secrets }: Placed['spec'], instance: string | undefined): DefinedMount[] {
  const kept = Object.entries(volumes).map(([to, { from, readOnly = true }]): DefinedMount => {
    if ('folder' in from) return { from, to, readOnly };
    if (instance === undefined) throw new Error(`${name}: ${to} is a volume of an instance, and the container is the host's; give it a folder`);
    return { from: { volume: volumeName(from.volume, instance) }, to, readOnly };
  });
  const groups = instance === undefined ? [] : (secrets?.groups ?? []);
  return [...kept, ...groups.map((group) => ({ from: { folder: hostFolder(instance as string, group) }, to: `${SECRETS_FOLDER}/${group}`, readOnly: true }))];
}

/** On the engine. */
export const volumeName = (volume: string, instance: string) => `${instance}-${volume}`;
