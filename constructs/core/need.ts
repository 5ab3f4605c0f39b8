import type { Environment } from './naming';

/**
 * What a deployment needs that Terraform does not make: `make preflight` looks for it and says how to get it. An estate
 * lists its needs in the order in which somebody gets them.
 */
export type Need =
  | ProjectNeed
  | AwsAccountNeed
  | TokenNeed
  | TerraformLoginNeed
  | StateBucketNeed
  | ApiNeed
  | RepositoryConnectionNeed
  | SourceNeed
  | ImageNeed
  | SecretNeed
  | ContainerImageNeed
  | DelegationNeed;

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

/** A login at Amazon that Terraform's provider takes too. */
export type AwsAccountNeed = Common & {
  readonly kind: 'aws-account';
  readonly region: string;
  /** Twelve digits. @default whatever account the login is of */
  readonly accountId?: string;
};

/** A login that a provider of Terraform's takes from the environment of whoever runs it. */
export interface TokenNeed extends Common {
  readonly kind: 'token';
  /** `LINODE_TOKEN`. */
  readonly variable: string;
  /** What it is: "Linode's API token". */
  readonly is: string;
  /** Where a person gets one, and what it must be for. */
  readonly from: string;
}

/** Terraform's own login: `terraform login`, or what it takes instead of that. */
export interface TerraformLoginNeed extends Common {
  readonly kind: 'terraform-login';
  /** Of Terraform Cloud. */
  readonly hostname: string;
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

/** A git repository that machines clone by themselves, without a login, at a commit of it. */
export interface SourceNeed extends Common {
  readonly kind: 'source';
  /** What it is the source of. */
  readonly of: string;
  /** Its https address. */
  readonly repository: string;
  /** Forty hexadecimal digits. @default nobody has named one yet */
  readonly commit?: string;
  /** Where both stand in the config. */
  readonly configuredBy: string;
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

/** A secret's value: Terraform makes the secret, and nobody but you knows what belongs in it. */
export type SecretNeed = GoogleSecretNeed | AwsSecretNeed | HostSecretNeed | KubernetesSecretNeed;

interface SecretValue {
  readonly kind: 'secret';
  readonly name: string;
  /** The stack that makes the secret. */
  readonly stack: string;
  /** What it is: "the bot's token". */
  readonly is: string;
  /** Where a person gets the value. */
  readonly from: string;
  /** The value is a JSON object with these keys, each a text. @default it is any text */
  readonly keys?: readonly string[];
}

/** In Google's Secret Manager. */
export type GoogleSecretNeed = InProject & SecretValue & { readonly type: 'gcp' };

/** In AWS Secrets Manager. */
export type AwsSecretNeed = Common & SecretValue & { readonly type: 'aws'; readonly region: string };

/** A file of root's on a host that admins reach by ssh. */
export type HostSecretNeed = Common &
  SecretValue & {
    readonly type: 'host';
    /** Its DNS name. */
    readonly host: string;
    /** Who logs in, and may be root there. */
    readonly user: string;
    /** Setting the host up has made it. */
    readonly folder: `/etc/${string}`;
    /** Below that. */
    readonly file: string;
  };

/** A key of a secret in a cluster that kubectl reaches. */
export type KubernetesSecretNeed = Common &
  SecretValue & {
    readonly type: 'kubernetes';
    /** The stack has made it. */
    readonly namespace: string;
    /** Made with its first key. */
    readonly secret: string;
    readonly key: string;
  };

/** Where it is, as people say it: a project, a region, a host or a namespace. */
export function placeOf(need: SecretNeed): string {
  switch (need.type) {
    case 'gcp':
      return need.project;
    case 'aws':
      return need.region;
    case 'host':
      return need.host;
    case 'kubernetes':
      return need.namespace;
  }
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

/** The parent of a public zone names its servers: until then nobody in the world finds what is in it, nor is a certificate given for it. */
export type DelegationNeed = Common & {
  readonly kind: 'delegation';
  readonly domain: string;
  /** The stack that makes the zone. */
  readonly stack: string;
} & (
    | { readonly nameServers?: undefined /** Where Route 53 is asked which servers this zone has. */; readonly region: string }
    | { readonly region?: undefined /** Those of every zone of that cloud. */; readonly nameServers: readonly string[] }
  );
