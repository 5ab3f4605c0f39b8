import * as z from 'zod';
import { ipv6Prefix } from '../../../config/ipv6';

const port = z.coerce
  .number('must be a port, 1 to 65535')
  .int('must be a port, 1 to 65535')
  .min(1, 'must be a port, 1 to 65535')
  .max(65_535, 'must be a port, 1 to 65535');

/** What a local run has instead of a host. */
export const composeOptions = z
  .strictObject({
    /** Port of this machine for http. */
    http: port.default(80),
    /** Port of this machine for https. Mastodon's own links lead to 443: with another, a browser finds its way to the first page only. */
    https: port.default(443),
    /** The address of this machine at which they answer. */
    address: z.union([z.ipv4(), z.ipv6()], 'must be an address of this machine').default('127.0.0.1'),
    /** Containers' own addresses: a unique local one, behind NAT. */
    ipv6Prefix: ipv6Prefix.default('fd76:756c:7069:6e65::/64'),
  })
  .refine(({ http, https }) => http !== https, { path: ['https'], message: 'must not be the port of http' });

export type ComposeOptions = z.input<typeof composeOptions>;

/** Where an instance is in a local run: browsers look for what ends so on their own machine. */
export const localDomain = (instance: string) => `${instance}.localhost`;
