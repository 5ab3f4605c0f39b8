import * as z from 'zod';
import {
  backend,
  bucketName,
  cidr,
  domainName,
  gcpProject,
  gcpRegion,
  gcpZone,
  gitBranch,
  githubRepository,
  hostLabel,
  machineType,
  protection,
} from './fields';

const dnsRecord = z.strictObject({
  /** Host below the domain, or `@`. Underscores are allowed here: verification records use them. */
  name: z.string().regex(/^(@|[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?)$/, 'not a record name below the domain, such as "www", "_dmarc" or "@"'),
  type: z.enum(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'TXT'], 'must be A, AAAA, CAA, CNAME, MX or TXT'),
  /** Seconds. */
  ttl: z.int('must be a whole number of seconds').min(30, 'must be 30 seconds or more').max(86_400, 'must be a day (86400) or less').default(300),
  values: z.array(z.string().min(1, 'must not be empty')).min(1, 'must name at least one value'),
});

const matchingName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, hyphens and underscores');

const image = z.union(
  [
    /** The newest image of the family at every start of a machine. */
    z.strictObject({ family: z.literal('moshi-srv') }),
    /** One image, until somebody promotes another. */
    z.strictObject({ name: z.string().regex(/^moshi-srv-[a-z0-9-]*[a-z0-9]$/, 'not an image of the family: moshi-srv-<version>') }),
  ],
  'must be { "family": "moshi-srv" } or { "name": "moshi-srv-<version>" }; set the other key to null when you override',
);

const environment = z.strictObject({
  protection,
  server: z.strictObject({
    /** The media server's host below the domain. */
    host: hostLabel,
    image,
    machineType,
    /** Boot disk, GB. */
    diskGb: z.int('must be a whole number of GB').min(10, 'must be 10 GB or more').max(2000, 'must be 2000 GB or less'),
    subnet: cidr,
  }),
  /** Hosts of the public website below the domain; none: the environment has no website. */
  websiteHosts: z.array(hostLabel).refine((hosts) => new Set(hosts).size === hosts.length, 'names a host twice'),
});

export const moshiSchema = z
  .strictObject({
    shared: z.strictObject({
      protection,
      backend: backend.default({ type: 'local' }),
      project: gcpProject,
      region: gcpRegion,
      zone: gcpZone,
      domain: domainName,
      /** Further records of the zone, by a key of your choice: mail, verification, Firebase's custom domain. */
      dnsRecords: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a record key is lower-case letters, digits and hyphens'), dnsRecord),
      /** The repository and branch whose GitHub Actions may publish and deploy. */
      github: z.strictObject({
        repository: githubRepository,
        branch: gitBranch,
        /** The GitHub environment whose reviewers approve what reaches production. */
        environment: matchingName.default('production'),
        /** Folder of that repository in which this one stands, as a submodule: its workflow runs `make` there. */
        operations: matchingName.default('ops'),
      }),
      /** Folder with the Python server's source (its pyproject.toml), from the root of this repository: what `make build` and `make publish` package. */
      serverSource: z.string().min(1, "must name the folder with the server's pyproject.toml").default('../moshi'),
      /** Bucket names are unique in the world: `moshi-<suffix>`. Without one, the project id. */
      bucketSuffix: bucketName.optional(),
      /** Firestore's location. Without one, the multi-region around `region` (nam5, eur3) or the region itself. It cannot be changed later. */
      firestoreLocation: z
        .string()
        .regex(/^[a-z]+[0-9a-z-]*$/, 'not a Firestore location, such as nam5 or europe-west1')
        .optional(),
    }),
    dev: environment,
    prod: environment,
  })
  .superRefine(({ shared, dev, prod }, context) => {
    if (!shared.zone.startsWith(`${shared.region}-`)) {
      context.addIssue({ code: 'custom', path: ['shared', 'zone'], message: `not a zone of region ${shared.region}: set both` });
    }
    const claimed = [dev.server.host, ...dev.websiteHosts];
    for (const [index, host] of [prod.server.host, ...prod.websiteHosts].entries()) {
      if (claimed.includes(host)) {
        context.addIssue({
          code: 'custom',
          path: index === 0 ? ['prod', 'server', 'host'] : ['prod', 'websiteHosts', index - 1],
          message: 'dev uses this host too',
        });
      }
    }
  });

export type MoshiConfig = z.output<typeof moshiSchema>;
export type MoshiEnvironment = MoshiConfig['dev'];

export const moshiValues: z.input<typeof moshiSchema> = {
  shared: {
    protection: 'on',
    project: 'moshi-3',
    region: 'us-central1',
    zone: 'us-central1-c',
    domain: 'chatmoshi.com',
    dnsRecords: {},
    github: { repository: 'ekalosak/moshi', branch: 'main' },
  },
  dev: {
    protection: 'off',
    server: { host: 'dev', image: { family: 'moshi-srv' }, machineType: 'e2-micro', diskGb: 10, subnet: '10.1.3.0/24' },
    websiteHosts: [],
  },
  prod: {
    protection: 'on',
    server: { host: 'prod', image: { name: 'moshi-srv-0-1-0' }, machineType: 'e2-micro', diskGb: 10, subnet: '10.1.2.0/24' },
    websiteHosts: ['@', 'www', 'stage'],
  },
};
