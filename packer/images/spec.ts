import type { DockerWorkerConfig } from '../../config/docker-worker';
import type { ImagesConfig } from '../../config/images';
import type { MoshiConfig } from '../../config/moshi';
import type { Reference, Template } from '../hcl/value';

/** The config that images are made from. */
export interface Settings {
  readonly images: ImagesConfig;
  readonly moshi: MoshiConfig;
  readonly 'docker-worker': DockerWorkerConfig;
}

/** A shell script of packer/scripts, run as root, and the variables that it takes. */
export interface Step {
  readonly script: string;
  readonly environment?: Readonly<Record<string, string | Reference | Template>>;
}

/** A value that can be given at the time of baking, `-var name=...`. */
export interface Variable {
  readonly name: string;
  readonly description: string;
  readonly default: string;
}

/** What an image starts from. */
export type Source =
  /** Somebody else's image. */
  | { readonly project: string; readonly name: string }
  /** The newest of an image of this repository, which is baked first when both are. */
  | { readonly baked: ImagesConfig['moshiBase'] };

/** Everything about an image that depends on the config. */
export interface Recipe {
  readonly project: string;
  readonly zone: string;
  readonly source: Source;
  /** GB. No machine can start from the image with a smaller disk. */
  readonly diskGb: number;
  /** The account of the machine that it is baked on. @default none */
  readonly serviceAccount?: Template;
  /** @default none */
  readonly variables?: readonly Variable[];
  /** Files of this repository that are put into /tmp of the machine before the steps. @default none */
  readonly files?: readonly string[];
  /** The same, for what `make build` makes: not committed with the generated HCL. @default none */
  readonly built?: readonly string[];
  /** In this order. */
  readonly steps: readonly Step[];
}

/** An image: what estates know of it, and how it is made. */
export interface ImageSpec<F extends string = string> {
  readonly family: F;
  /** Shown in the console; 80 characters or so. */
  readonly description: string;
  recipe(settings: Settings): Recipe;
}
