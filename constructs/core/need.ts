import type { Environment } from './naming';

/**
 * What a deployment needs that Terraform does not make: `make preflight` looks for it and says how to get it. An estate
 * lists its needs in the order in which somebody gets them.
 */
export type Need = ProjectNeed | StateBucketNeed | ApiNeed | RepositoryConnectionNeed | ImageNeed | SecretNeed | ContainerImageNeed;

export type NeedKind = Need['kind'];

interface Common {
  /** Whose it is; `shared` is everybody's. */
  readonly environment: Environment;
}

interface InProject extends Common {
  /** Id of the Google Cloud project that holds it. */
  readonly project: string;
}

/** A Google Cloud project that somebody pays for. */
export interface ProjectNeed extends InProject {
  readonly kind: 'project';
  /** The command that finds out who pays. @default gcloud's own */
  readonly setUp?: string;
}

/** Where Terraform keeps its state, when that is a bucket. */
export type StateBucketNeed = Common & { readonly kind: 'state-bucket'; readonly bucket: string } & (
    | { readonly type: 'gcs'; readonly project: string; readonly location: string }
    | { readonly type: 's3'; readonly region: string }
  );

/** A Google API that is on before Terraform can do anything, such as enable the others. */
export interface ApiNeed extends InProject {
  readonly kind: 'api';
  /** `serviceusage.googleapis.com`. */
  readonly api: string;
  /** The command that enables it. @default gcloud's own */
  readonly setUp?: string;
}

/** A repository that Cloud Build (second generation) may read: somebody has to consent to it in a browser. */
export interface RepositoryConnectionNeed extends InProject {
  readonly kind: 'repository-connection';
  readonly region: string;
  readonly connection: string;
  /** What Cloud Build calls the repository. */
  readonly repository: string;
  /** `https://github.com/OWNER/NAME.git`. */
  readonly remoteUri: string;
}

/** A machine image: the newest of a family that this repository bakes, or one of them by name. */
export interface ImageNeed extends InProject {
  readonly kind: 'image';
  readonly family: string;
  /** Only this one, `<family>-<version>`. @default the newest of the family */
  readonly name?: string;
  /** The command that bakes the newest of the family. */
  readonly bake: string;
  /** What must be published before it can be baked. @default nothing */
  readonly installs?: PublishedPackage;
  /** Where a name stands in the config, for those who would rather use another image. */
  readonly configuredBy?: string;
}

/** A Python package in Artifact Registry. */
export interface PublishedPackage {
  readonly package: string;
  readonly region: string;
  readonly repository: string;
  /** The stack that makes the repository. */
  readonly stack: string;
  /** The command that publishes it. */
  readonly publish: string;
}

/** A value in Secret Manager: Terraform makes the secret, and nobody but you knows what belongs in it. */
export interface SecretNeed extends InProject {
  readonly kind: 'secret';
  readonly name: string;
  /** The stack that makes the secret. */
  readonly stack: string;
  /** What it is: "the bot's token". */
  readonly is: string;
  /** Where a person gets the value. */
  readonly from: string;
}

/** An image in Artifact Registry that machines pull by its tag or digest. */
export interface ContainerImageNeed extends InProject {
  readonly kind: 'container-image';
  readonly region: string;
  readonly repository: string;
  /** Without registry and tag. */
  readonly image: string;
  /** `latest`, or `sha256:...`. */
  readonly tag: string;
  /** The stack that makes the repository. @default it is somebody else's */
  readonly stack?: string;
  /** Commands that build and push it. */
  readonly deliver: readonly string[];
}

/** Its full name, as `docker pull` takes it. */
export function containerImageName({ region, project, repository, image, tag }: ContainerImageNeed): string {
  return `${region}-docker.pkg.dev/${project}/${repository}/${image}${tag.includes(':') ? '@' : ':'}${tag}`;
}
