import { isIPv4 } from 'node:net';
import * as z from 'zod';
import { adopt } from './adopt';
import { acrossFields, backend, cidr, domainName, protection } from './fields';
import { ipv6Prefix, ipv6Problem } from './ipv6';
import { apartRules } from './vulpine/apart';
import { backup, backupValues } from './vulpine/backup';
import { certificates } from './vulpine/certificates';
import { clusterOf, clusterRules } from './vulpine/cluster';
import { content, filesHost, filesHostRules, sharedContent } from './vulpine/content';
import { DOCKER_POOL, overlap } from './vulpine/docker-pool';
import { mail, mailFrom } from './vulpine/mail';
import { serverFields, serverProblems } from './vulpine/multi-server';

/** What runs where. `single`: everything on one host; `multi-server`: hosts by their roles, behind a NodeBalancer; `kubernetes`: in a cluster of Linode's. */
export const TOPOLOGIES = ['single', 'multi-server', 'kubernetes'] as const;

/** What an instance needs to be one, and what the host has once. Names of the container table. */
export const CONTAINER_NAMES = ['nginx', 'web', 'streaming', 'es', 'redis', 'db', 'sidekiq', 'ambassador', 'dbbackup'] as const;
export type ContainerName = (typeof CONTAINER_NAMES)[number];

export const IMAGE_NAMES = ['nginx', 'mastodon', 'streaming', 'elasticsearch', 'redis', 'postgres', 'ambassador'] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** By memory and processors; the size decides how many containers fit. https://www.linode.com/pricing/ */
export const HOST_MEMORY_MB: Readonly<Record<string, number>> = {
  'g6-standard-2': 4096,
  'g6-standard-4': 8192,
  'g6-standard-6': 16_384,
  'g6-standard-8': 32_768,
  'g6-standard-16': 65_536,
};

const label = z
  .string()
  .regex(/^[a-z]([a-z0-9]|-(?=[a-z0-9])){2,31}$/, 'a host is called by 3 to 32 lower-case letters, digits and single hyphens, such as smithwicks');
const instanceName = z.string().regex(/^[a-z][a-z0-9]{1,19}$/, 'an instance is called by 2 to 20 lower-case letters and digits, such as vulpine');

/** A network, or one address, from which admins come. */
const adminRange = z.string('not a network, such as 203.0.113.0/24 or 2001:db8::/32').superRefine((value, context) => {
  if (/^(0\.0\.0\.0|::)\/0$/.test(value)) context.addIssue({ code: 'custom', message: 'must not be the whole Internet: ssh is for admins' });
  else if (value.includes(':')) {
    const problem = ipv6Problem(value);
    if (problem) context.addIssue({ code: 'custom', message: `not an IPv6 network: ${problem}` });
  } else if (isIPv4(value)) context.addIssue({ code: 'custom', message: `not a network: one address is ${value}/32` });
  else {
    const { error } = cidr.safeParse(value);
    if (error) context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? 'not a CIDR block' });
    else if (overlap(value, DOCKER_POOL))
      context.addIssue({ code: 'custom', message: `must not overlap ${DOCKER_POOL}: hosts have their containers there, and would not answer` });
  }
});

const host = z.strictObject({
  region: z.string().regex(/^[a-z]{2}-[a-z]+(-\d+)?$/, 'not a region of Linode, such as us-east'),
  type: z.enum(Object.keys(HOST_MEMORY_MB) as [string, ...string[]], `must be one of ${Object.keys(HOST_MEMORY_MB).join(', ')}`),
  /** The /64 of a host that had one before this estate. @default a new one is routed to the host */
  ipv6Prefix: ipv6Prefix.optional(),
  ...serverFields,
});

const share = z.strictObject({
  /** How many of it. */
  replicas: z.int('must be a whole number').min(1, 'must be 1 or more').max(20, 'must be 20 or less').optional(),
  /** Limit of each, in MB. */
  memoryMb: z.int('must be whole MB').min(32, 'must be 32 MB or more').max(65_536, 'must be 65536 MB or less').optional(),
});

/** With less, what their programs take of it is too little to work in: Java has as much beside its heap, Redis has all queues. */
const LEAST_MEMORY_MB = { es: 768, redis: 256 } as const;

const instance = z.strictObject({
  /** Where its people are: the part behind the @ of their names, and where its pages are. For good: Mastodon cannot change it. */
  domain: domainName,
  /** Where its files are. @default `files.` and the domain */
  filesHost: filesHost.optional(),
  /** Whom its mail is from. @default `notifications@` and the domain */
  mailFrom: mailFrom.optional(),
  /** Where the table's replicas and memory do not fit. @default as in the table */
  containers: z
    .partialRecord(z.enum(CONTAINER_NAMES).exclude(['nginx']), share, 'must be an object of containers')
    .superRefine((shares, context) => {
      for (const [name, least] of Object.entries(LEAST_MEMORY_MB)) {
        const { memoryMb = least } = shares[name as keyof typeof LEAST_MEMORY_MB] ?? {};
        if (memoryMb < least)
          context.addIssue({ code: 'custom', path: [name, 'memoryMb'], message: `must be ${least} MB or more: its program does not work in less` });
      }
    })
    .default({}),
});

const environment = z.strictObject({
  protection,
  adopt,
  topology: z.enum(TOPOLOGIES, `must be ${TOPOLOGIES.map((name) => `"${name}"`).join(' or ')}`),
  /** None where a cluster has nodes. */
  hosts: z.record(label, host, 'must be an object of hosts'),
  /** Of topology `kubernetes`. */
  cluster: clusterOf(Object.keys(HOST_MEMORY_MB)).optional(),
  /** Mastodon instances. All share the hosts, nginx, and nothing else. */
  instances: z.record(instanceName, instance, 'must be an object of instances').refine((all) => Object.keys(all).length > 0, 'must have an instance'),
  admins: z.strictObject({
    /** Logs in to hosts, and may do everything there. */
    user: z.string().regex(/^(?!root$)[a-z][a-z0-9-]{0,30}$/, 'not a user name other than root'),
    /** From where ssh is open. */
    ranges: z.array(adminRange, 'must be a list of networks').min(1, 'must name a network: nobody could log in'),
    /** Public keys, as in authorized_keys. @default Terraform asks for them */
    sshKeys: z.array(
      z
        .string()
        .regex(
          /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+|sk-\S+) [A-Za-z0-9+/]+={0,3}( (?!.*[$%]\{)[^\n]*)?$/,
          'not a public ssh key, or a template of Terraform behind it',
        ),
    ),
  }),
  certificates,
  content,
  mail,
  /** Whether streaming reaches the Internet. docs/adr/0022-streaming-reaches-out.md */
  streamingNeedsExternal: z.boolean('must be true or false'),
  backup,
});

const image = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*:[A-Za-z0-9_][\w.-]*$/, 'not an image by its tag, such as redis:7.4-alpine');

const shared = z.strictObject({
  backend: backend.default({ type: 'local' }),
  adopt,
  /** The zone in which hosts have their names. Its parent delegates to Linode. */
  domain: domainName,
  /** Who is told when something is wrong with the zones. */
  contact: z.email('not an e-mail address'),
  content: sharedContent,
  /** By tag; `make vulpine-images-lock` writes down what a tag is today, and that is what runs. */
  images: z.strictObject({
    ...(Object.fromEntries(IMAGE_NAMES.map((name) => [name, image])) as Record<ImageName, typeof image>),
    /** What ships backups out of a cluster, from estates/vulpine/backup/image/Dockerfile. Hosts have those programs. */
    backup: image.optional(),
  }),
});

/** Also when other fields are wrong, so that all problems come at once. */
const ALWAYS = { when: () => true };

type Raw = { shared: z.output<typeof shared>; prod: z.output<typeof environment> };

const estate = filesHostRules.reduce(
  (schema, [message, holds]) => schema.refine(...acrossFields(['prod', 'instances'], message, (raw: Raw) => holds(raw))),
  clusterRules.reduce(
    (schema, { path, message, holds }) => schema.refine(...acrossFields(['prod', ...path], message, ({ prod }: Raw) => holds(prod))),
    z.strictObject({ shared, prod: environment }),
  ),
);

export const vulpineSchema = estate
  .refine(
    ...acrossFields(
      ['shared', 'images', 'backup'],
      'must name the image that ships backups in topology "kubernetes": build estates/vulpine/backup/image/Dockerfile, and push it where nodes may fetch it',
      ({ shared, prod }: Raw) => prod.topology !== 'kubernetes' || prod.backup.offsite === undefined || shared.images.backup !== undefined,
    ),
  )
  .refine(
    ...acrossFields(
      ['prod', 'backup', 'offsite', 'user'],
      'must be shorter: in topology "kubernetes" an instance and a hyphen are added, and 32 is the most',
      ({ prod }: Raw) => {
        const longest = Math.max(...Object.keys(prod.instances).map(({ length }) => length));
        return prod.topology !== 'kubernetes' || (prod.backup.offsite?.user.length ?? 0) + 1 + longest <= 32;
      },
    ),
  )
  .refine(
    ...acrossFields(
      ['prod', 'hosts'],
      'must name one host: all is on it in topology "single"',
      ({ prod }: Raw) => prod.topology !== 'single' || Object.keys(prod.hosts).length === 1,
    ),
  )
  .superRefine(({ prod }, context) => {
    try {
      for (const { path, message } of serverProblems(prod)) context.addIssue({ code: 'custom', path: ['prod', ...path], message });
    } catch {
      // a value of the wrong shape is reported where it stands
    }
  }, ALWAYS)
  .superRefine((raw, context) => {
    for (const { path, message, holds } of apartRules) {
      const [check, { path: at }] = acrossFields(path, message, holds);
      if (!check(raw)) context.addIssue({ code: 'custom', path: at, message });
    }
  }, ALWAYS)
  .refine(
    ...acrossFields(['prod', 'instances'], 'has one domain twice', ({ prod }: Raw) => {
      const domains = Object.values(prod.instances).map(({ domain }) => domain);
      return new Set(domains).size === domains.length;
    }),
  );

export type VulpineConfig = z.output<typeof vulpineSchema>;
export type VulpineEnvironment = VulpineConfig['prod'];
export type VulpineHostConfig = VulpineEnvironment['hosts'][string];
export type VulpineInstance = VulpineEnvironment['instances'][string];

export const vulpineValues: z.input<typeof vulpineSchema> = {
  shared: {
    domain: 'vulpine.club',
    contact: 'hostmaster@vulpine.club',
    content: { region: 'us-east-1', bucketSuffix: 'example' },
    images: {
      nginx: 'nginx:1.28.0-alpine',
      mastodon: 'ghcr.io/mastodon/mastodon:v4.4.5',
      streaming: 'ghcr.io/mastodon/mastodon-streaming:v4.4.5',
      elasticsearch: 'docker.elastic.co/elasticsearch/elasticsearch:7.17.29',
      redis: 'redis:7.4.5-alpine',
      postgres: 'postgres:16.10-alpine',
      ambassador: 'vulpineclub/ambassador:latest',
    },
  },
  prod: {
    protection: 'on',
    topology: 'single',
    hosts: { smithwicks: { region: 'us-east', type: 'g6-standard-4' } },
    instances: { vulpine: { domain: 'vulpine.club' } },
    content: { priceClass: 'PriceClass_100' },
    // a name that documents use: put that of your mail's carrier here
    mail: { server: 'smtp.example.net' },
    admins: {
      user: 'admin',
      // networks that documents name and nobody has: put yours here
      ranges: ['192.0.2.0/24', '2001:db8::/32'],
      sshKeys: [],
    },
    certificates: { challenge: 'http' },
    streamingNeedsExternal: true,
    backup: backupValues,
  },
};
