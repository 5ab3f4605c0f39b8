/** What a stand-in of Google Cloud knows: plain data, so that it can lie in a file between two calls. */
export interface CloudState {
  account?: string | undefined;
  adc?: boolean;
  projects: Record<string, Project>;
  /** Names of Google's buckets and of Amazon's. */
  buckets: string[];
  /** What was done to a bucket, by name: flags at Google, settings at Amazon. One that is not named here is as it should be. */
  bucketFacts?: Record<string, string[]>;
  /** Whose the login at Amazon is. */
  awsAccount?: string | undefined;
  /** Values by secret, the newest last. */
  awsSecrets?: Record<string, string[]>;
  /** Secrets that are about to go. */
  deleted?: string[];
  /** Name servers of Route 53's public zones. */
  zones?: Record<string, string[]>;
  /** What parents in the world delegate to. */
  delegated?: Record<string, string[]>;
  /** Variables of the person's environment. */
  env?: Record<string, string>;
  /** Machines that ssh reaches: files that have no value yet, all others have. */
  hosts?: Record<string, string[] | 'nothing has a value'>;
  /** Of the cluster that kubectl reaches: secrets that have no value yet, as `secret/key`; all others have. */
  namespaces?: Record<string, string[] | 'nothing has a value'>;
  /** Repositories that want a login. */
  closed?: string[];
  /** What calls start with whose answer is a refusal. */
  denied: string[];
}

export interface Project {
  billing: boolean;
  services: string[];
  images: { name: string; family: string; deprecated?: { state: string } }[];
  /** Versions by secret. */
  secrets: Record<string, { state: string; value: string }[]>;
  connections: Record<string, { stage: string; repositories: Record<string, string> }>;
  /** Packages and images by `region/repository`: `name@tag` or `name@version`. */
  registries: Record<string, string[]>;
}

/** Nobody is logged in and nothing is there. */
export const nothing = (): CloudState => ({ projects: {}, buckets: [], denied: [] });

/** A project as Google makes it. */
export const newProject = (): Project => ({ billing: false, services: [], images: [], secrets: {}, connections: {}, registries: {} });
