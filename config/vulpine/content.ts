import * as z from 'zod';
import { domainName } from '../fields';

const awsRegion = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not an AWS region, such as us-east-1');

/** Of CloudFront's: the more, the nearer to readers, and the dearer. https://aws.amazon.com/cloudfront/pricing/ */
export const PRICE_CLASSES = ['PriceClass_100', 'PriceClass_200', 'PriceClass_All'] as const;

/** Where what people upload is kept, for all instances: an AWS account of the estate's own. */
export const sharedContent = z.strictObject({
  /** Of the buckets. */
  region: awsRegion,
  /** Twelve digits: credentials of another account are refused. @default whatever account the credentials are of */
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'not an account id: twelve digits')
    .optional(),
  /** Bucket names are unique in the world: `vulpine-<suffix>-<instance>-media`, 63 characters at most; a dot would be in the way of TLS. */
  bucketSuffix: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?$/, 'must be 1 to 28 lower-case letters, digits and hyphens: it is part of bucket names'),
});

/** How it gets to its readers. */
export const content = z.strictObject({
  /** From which of CloudFront's places: 100 is North America, Europe and Israel. */
  priceClass: z.enum(PRICE_CLASSES, `must be one of ${PRICE_CLASSES.join(', ')}`),
});

/** Where an instance's files are; never the instance's own name, which is the web server's. */
export const filesHost = domainName;

interface WithFiles {
  readonly domain: string;
  readonly filesHost?: string | undefined;
}

/** The name that browsers ask for an instance's files. */
export const filesHostOf = ({ domain, filesHost: named }: WithFiles): string => named ?? `files.${domain}`;

/** Characters of a certificate's first name. */
const LONGEST_HOST = 64;

interface Names {
  readonly shared: { readonly domain: string };
  readonly prod: { readonly hosts: Readonly<Record<string, unknown>>; readonly instances: Readonly<Record<string, WithFiles>> };
}

/** What may be wrong with the names of files, all instances together: a path, a message, and whether it is right. */
export const filesHostRules: readonly (readonly [message: string, holds: (names: Names) => boolean])[] = [
  [
    'has a filesHost outside the zones of the estate: give it a name below an instance or below shared.domain',
    ({ shared, prod }) => {
      const zones = [shared.domain, ...Object.values(prod.instances).map(({ domain }) => domain)];
      return Object.values(prod.instances).every((instance) => zones.some((zone) => filesHostOf(instance).endsWith(`.${zone}`)));
    },
  ],
  [
    'has a filesHost that is the name of something else: an instance, a host, or the files of another instance',
    ({ shared, prod }) => {
      const all = Object.values(prod.instances);
      const names = [shared.domain, ...all.map(({ domain }) => domain), ...Object.keys(prod.hosts).map((label) => `${label}.${shared.domain}`)];
      const hosts = all.map(filesHostOf);
      return hosts.every((host) => !names.includes(host)) && new Set(hosts).size === hosts.length;
    },
  ],
  [
    `has a filesHost of more than ${LONGEST_HOST} characters: no certificate holds it`,
    ({ prod }) => Object.values(prod.instances).every((instance) => filesHostOf(instance).length <= LONGEST_HOST),
  ],
];
