import * as z from 'zod';
import { adopt } from './adopt';
import { dnsRecord } from './dns-record';
import { acrossFields, bucketName, domainName, gitBranch, githubRepository, googleEstate, hostLabel, machineType, protection, subnetCidr } from './fields';

const matchingName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, hyphens and underscores');

/** Exactly one of family and name. */
const image = z
  .strictObject({
    /** The newest image of the family at every start of a machine. */
    family: z.literal('moshi-srv', 'must be "moshi-srv", the family that the server is baked into').optional(),
    /** One image, until somebody promotes another. */
    name: z
      .string('not an image name')
      .regex(/^moshi-srv-[a-z0-9-]*[a-z0-9]$/, 'not an image of the family: moshi-srv-<version>')
      .max(63, 'longer than 63 characters')
      .optional(),
  })
  .refine(({ family, name }) => (family === undefined) !== (name === undefined), 'must name a family or an image, not both: set the other to null')
  .transform(({ name }) => (name === undefined ? { family: 'moshi-srv' as const } : { name }));

const environment = z.strictObject({
  protection,
  adopt,
  server: z.strictObject({
    /** The media server's host below the domain. */
    host: hostLabel,
    image,
    machineType,
    /** Boot disk, GB. */
    diskGb: z.int('must be a whole number of GB').min(10, 'must be 10 GB or more').max(2000, 'must be 2000 GB or less'),
    subnet: subnetCidr,
  }),
  /** Hosts of the public website below the domain; none: the environment has no website. */
  websiteHosts: z.array(hostLabel),
});

const shared = z.strictObject({
  ...googleEstate,
  domain: domainName,
  /** Further records of the zone, by a key of your choice: mail, verification, Firebase's custom domain. */
  dnsRecords: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a record key is lower-case letters, digits and hyphens'), dnsRecord),
  /** The repository and branch whose GitHub Actions may publish and deploy. */
  github: z.strictObject({
    repository: githubRepository,
    /** Its number, `gh api repos/OWNER/NAME --jq .id`: who gets the name after you gets nothing else. Without it the name alone counts. */
    repositoryId: z.int('must be a number: gh api repos/OWNER/NAME --jq .id').positive('must be a number: gh api repos/OWNER/NAME --jq .id').optional(),
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
});

export const moshiSchema = z
  .strictObject({
    shared,
    dev: environment,
    prod: environment,
  })
  .refine(
    ...acrossFields(
      ['shared', 'zone'],
      'not a zone of shared.region: set both',
      ({ shared: { zone, region } }: Raw) => !region || zone.startsWith(`${region}-`),
    ),
  )
  .refine(...acrossFields(['dev', 'websiteHosts'], 'holds a host twice, or the server host', ({ dev }: Raw) => areApart(hostsOf(dev))))
  .refine(...acrossFields(['prod', 'websiteHosts'], 'holds a host twice, or the server host', ({ prod }: Raw) => areApart(hostsOf(prod))))
  .refine(...acrossFields(['prod'], 'dev has one of these hosts too', ({ dev, prod }: Raw) => areApart([...new Set(hostsOf(dev)), ...new Set(hostsOf(prod))])))
  .refine(
    ...acrossFields(
      ['shared', 'dnsRecords'],
      'holds an A or CNAME record of a host that the stacks make a record for: leave it out',
      ({ shared, dev, prod }: Raw) => {
        const made = [...hostsOf(dev), ...hostsOf(prod)];
        return Object.values(shared.dnsRecords).every(
          ({ name, type }) => !['A', 'CNAME'].includes(type) || !made.includes(name.replace(/^_acme-challenge\./, '')),
        );
      },
    ),
  )
  .refine(
    ...acrossFields(['shared', 'dnsRecords'], 'holds two records of one name and type, or a CNAME beside another record of its name', ({ shared }: Raw) => {
      const records = Object.values(shared.dnsRecords);
      return records.every((one) => !records.some((other) => other !== one && other.name === one.name && (other.type === one.type || one.type === 'CNAME')));
    }),
  );

type Raw = { shared: z.output<typeof shared>; dev: z.output<typeof environment>; prod: z.output<typeof environment> };

function hostsOf({ server, websiteHosts }: Raw['dev']): string[] {
  return [server.host, ...websiteHosts];
}

function areApart(hosts: readonly string[]): boolean {
  return new Set(hosts).size === hosts.length;
}

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
