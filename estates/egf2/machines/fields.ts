import * as z from 'zod';
import { gitHttps } from '../../../config/fields';
import { SERVICE_NAMES } from '../../../services/contracts/egf2-services';
import { VERSIONS, type Versions } from './versions';

/** What several machines are told; nothing of it may hold what a shell, systemd or YAML would read in its own way. */

export const hostName = z
  .string('must be a name')
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/, 'must be a full DNS name, such as data-1.egf2.internal');

export const hostNames = z
  .array(hostName)
  .min(1, 'must name a data node')
  .refine((names) => new Set(names).size === names.length, 'names a data node twice')
  .refine((names) => names.length !== 2, 'names two data nodes, of which neither can go on without the other: name one, or three');

export const region = z.string('must be a region').regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as us-east-1');
export const bucket = z.string('must be a bucket').regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket');
export const sha256 = z.string('must be a checksum').regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits: the SHA-256 of the bundle');
export const serviceName = z.enum(SERVICE_NAMES, `must be one of ${SERVICE_NAMES.join(', ')}`);

/** A tag that all data nodes carry, and nothing else: by it they find each other. */
export const tag = z.strictObject({
  key: z.string().regex(/^[A-Za-z][\w-]{0,126}$/, 'must be a tag of letters, digits, hyphens and underscores'),
  value: z.string().regex(/^[\w./-]{1,255}$/, 'must be letters, digits and ._/-'),
});

export const megabytes = z.int('must be whole megabytes').min(64, 'must be 64 or more').max(1_000_000, 'must be less');

const dependency = z.string().regex(/^(git\+https:\/\/[\w./-]+#[0-9a-f]{40}|\d+\.\d+\.\d+)$/, 'must be an exact version, or git+https://...#<commit>');

export const source = z.strictObject({
  repository: gitHttps,
  commit: z.string().regex(/^[0-9a-f]{40}$/, 'must be a commit in full, 40 hexadecimal digits: a branch is another program tomorrow'),
  /** Dependencies of package.json to install in another version. @default none but what `versions.ts` replaces */
  dependencies: z.record(z.string().regex(/^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/, 'must be the name of a package'), dependency).default({}),
});

/** Values that win over the config document's: `port` for `egf_port`. */
export const overrides = z.record(
  z.string().regex(/^[A-Za-z][\w-]*$/, 'must be an option of the config document'),
  z.string().regex(/^[\x20-\x7e]*$/, 'must be one line of printable characters'),
);

/** How one service is installed and run. */
export const serviceOptions = z.strictObject({
  source,
  /** MB that launcher and service may use together; with more they are killed, and start again. */
  memoryMb: megabytes.min(128, 'must be 128 or more: the launcher alone takes half of it').default(384),
  overrides: overrides.default({}),
});

/** What every machine that runs services is told. */
export const launcherOptions = z.strictObject({
  /** Bucket of the config documents and of the launcher. */
  bucket,
  region,
  /** SHA-256 of the launcher's bundle, `launcher/<sha256>.js` in the bucket. */
  launcherSha256: sha256,
});

export const versions = z.custom<Versions>((value) => typeof value === 'object' && value !== null, 'must be a table such as VERSIONS').default(VERSIONS);

/** The options, checked; every problem at once, with where it is and what would be right. */
export function checked<T extends z.ZodType>(what: string, type: T, options: z.input<T>): z.output<T> {
  const result = type.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'options'} ${message}`);
  throw new Error(`user data of ${what}:\n  ${problems.join('\n  ')}`);
}
