import * as z from 'zod';
import { adopt } from './adopt';

/** The fields that every estate's config is made of. A message says what was expected, so that the value can be mended. */

const matching = (pattern: RegExp, problem: string) => z.string(problem).regex(pattern, problem);

export const gcpProject = matching(
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  'not a project id: 6 to 30 lower-case letters, digits and hyphens, starting with a letter (the id, not the name or number)',
);
export const gcpRegion = matching(/^[a-z]+-[a-z]+[0-9]+$/, 'not a GCP region, such as us-central1');
export const gcpZone = matching(/^[a-z]+-[a-z]+[0-9]+-[a-z]$/, 'not a GCP zone, such as us-central1-c');
export const machineType = matching(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/, 'not a machine type, such as e2-micro');
export const bucketName = matching(
  /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
  'not a bucket name: 3 to 63 lower-case letters, digits, hyphens, underscores and dots',
);

/** A DNS name with at least one dot and without the trailing one. */
export const domainName = z.string('not a domain name, such as example.org').superRefine((value, context) => {
  const problem = domainProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: `not a domain name: ${problem}` });
});

function domainProblem(value: string): string | undefined {
  if (value.endsWith('.')) return 'leave the trailing dot out';
  if (!value.includes('.')) return 'it has no dot';
  if (value.length > 253) return 'it is longer than 253 characters';
  const wrong = value.split('.').find((label) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  return wrong === undefined ? undefined : `its part "${wrong}" must be 1 to 63 lower-case letters, digits and hyphens`;
}

/** A host below the estate's domain, or `@` for the domain itself. */
export const hostLabel = matching(
  /^(@|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/,
  'not a host below the domain: one label such as "www", or "@" for the domain itself',
);

/** An IPv4 network in CIDR notation, host bits zero. */
export const cidr = z.string('not a CIDR block, such as 10.1.2.0/24').superRefine((value, context) => {
  const problem = cidrProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: `not a CIDR block: ${problem}` });
});

function cidrProblem(value: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d+)$/.exec(value);
  if (!match) return 'it looks like 10.1.2.0/24';
  const [a, b, c, d, length] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (Math.max(a, b, c, d) > 255) return 'each part is 0 to 255';
  if (length > 32) return 'the prefix length is 0 to 32';
  if (/(^|\.|\/)0\d/.test(value)) return 'leading zeros are read in two ways';
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const hostBits = length === 32 ? 0 : address & (0xffffffff >>> length);
  return hostBits === 0 ? undefined : `bits beyond /${length} are set; the network address has them zero`;
}

/** Networks that nobody on the Internet has, with the part of their addresses that they share. */
const PRIVATE: readonly (readonly [first: number, from: number, to: number])[] = [
  [10, 0, 255],
  [172, 16, 31],
  [192, 168, 168],
  [100, 64, 127],
];

/** A range of a network of one's own: of others, machines in it could reach nobody who really has these addresses. */
export const privateCidr = cidr.refine((value) => {
  if (cidrProblem(value)) return true; // said already
  const [first = 0, second = 0] = value.split('.').map(Number);
  return PRIVATE.some(([own, from, to]) => first === own && second >= from && second <= to);
}, 'not a private network: in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10');

/** A range that a GCP subnet can have: /8 to /29, outside what the Internet reserves for itself. */
export const subnetCidr = cidr.refine((value) => {
  if (cidrProblem(value)) return true; // said already
  const [address = '', length] = value.split('/');
  const first = Number(address.split('.')[0]);
  return Number(length) >= 8 && Number(length) <= 29 && first !== 0 && first !== 127 && first < 224;
}, 'not a range for a subnet: /8 to /29, such as 10.1.2.0/24');

/**
 * A check of one field against another, for `refine`. It runs also when other fields are wrong, so that all problems come at
 * once; a value of the wrong shape is reported where it stands.
 */
export function acrossFields<T>(
  path: string[],
  message: string,
  holds: (value: T) => boolean,
): [check: (value: T) => boolean, options: { path: string[]; message: string; when: () => boolean }] {
  const check = (value: T): boolean => {
    try {
      return holds(value);
    } catch {
      return true;
    }
  };
  return [check, { path, message, when: () => true }];
}

export const githubRepository = matching(/^[A-Za-z0-9-]+\/(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'not a GitHub repository, such as owner/name');
/** Where git fetches from: no password, no query, and nothing that a shell reads in its own way. */
export const gitHttps = matching(
  /^https:\/\/[\w.-]+(:\d+)?(\/[\w.-]+)+$/,
  'must be the https address of a git repository, such as https://github.com/EGF2/auth.git, without a login',
);
export const gitBranch = matching(/^(?!.*(\.\.|\/\/|@\{))[A-Za-z0-9][A-Za-z0-9._/@#+-]*(?<!\.lock|\/|\.)$/, 'not a branch name');

/** `on`: prevent_destroy and the cloud's own deletion protection on everything that holds data. */
export const protection = z.enum(['on', 'off'], 'must be "on" or "off"');

const prefix = matching(/^[a-z0-9][a-z0-9/_-]*$/, 'not a key prefix: lower-case letters, digits, hyphens, underscores and slashes');

/** Where the estate's stacks keep their state. TF_CLOUD_ORGANIZATION, when set, wins. */
export const backend = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('local') }),
    z.strictObject({ type: z.literal('gcs'), bucket: bucketName, prefix: prefix.default('estates') }),
    z.strictObject({
      type: z.literal('s3'),
      bucket: bucketName,
      region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not an AWS region, such as us-east-1'),
      prefix: prefix.default('estates'),
    }),
  ],
  'must have a "type" of "local", "gcs" or "s3"',
);

/** What every estate on Google has in `shared`: where it is, where its state is, and what of it runs already. */
export const googleEstate = {
  protection,
  backend: backend.default({ type: 'local' }),
  adopt,
  project: gcpProject,
  region: gcpRegion,
  zone: gcpZone,
} as const;
