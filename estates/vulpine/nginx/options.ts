import * as z from 'zod';
import { cidr, domainName } from '../../../config/fields';
import { ipv6Problem } from '../../../config/ipv6';

const port = z.int('must be a port, 1 to 65535').min(1, 'must be a port, 1 to 65535').max(65_535, 'must be a port, 1 to 65535');
const hostName = z.string().regex(/^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/, 'not a name of a host, such as vulpine_fe_web');

/** A network that something comes from. */
const range = z.string('not a network, such as 192.168.255.0/24').superRefine((value, context) => {
  const problem = value.includes(':') ? ipv6Problem(value) : cidr.safeParse(value).error?.issues[0]?.message;
  if (problem) context.addIssue({ code: 'custom', message: `not a network, such as 192.168.255.0/24: ${problem}` });
});

const upstream = z.union(
  [
    /** A name that stands for all replicas: looked up again and again, so that a new one is found. */
    z.strictObject({ name: hostName, port }),
    /** Addresses that stay: those of other hosts. One that fails rests for ten seconds. */
    z.strictObject({ addresses: z.array(z.union([z.ipv4(), z.ipv6()])).min(1, 'must have an address'), port }),
  ],
  'must be { name, port }, or { addresses, port } with an address or more',
);

const instance = z.strictObject({
  /** Where its people are. */
  domain: domainName,
  web: upstream,
  streaming: upstream,
});

export const nginxOptions = z.strictObject({
  instances: z
    .record(z.string().regex(/^[a-z][a-z0-9]*$/, 'an instance is called by lower-case letters and digits'), instance)
    .refine((all) => Object.keys(all).length > 0, 'must have an instance'),
  /**
   * Who the client is. `direct`: who connects. Behind a load balancer: who it says in the PROXY protocol's line, when it is in one of these
   * networks; everybody else is who connects.
   */
  clientAddress: z
    .union(
      [z.literal('direct'), z.strictObject({ proxyProtocolFrom: z.array(range).min(1, 'must name a network: nobody would be believed') })],
      'must be "direct", or { proxyProtocolFrom } with a network or more',
    )
    .default('direct'),
  /** Whether /.well-known/acme-challenge/ is served, from `acme` beside nginx.conf. */
  challenge: z.enum(['http', 'dns'], 'must be "http" or "dns"').default('http'),
  /** Who knows the names: an address, or a name that the system knows when nginx starts. @default docker's own, in every container */
  resolver: z.union([z.ipv4(), z.ipv6(), domainName], 'must be an address, or a whole DNS name').default('127.0.0.11'),
});

export type NginxOptions = z.input<typeof nginxOptions>;
export type Upstream = z.output<typeof upstream>;
export type NginxInstance = z.output<typeof instance>;
