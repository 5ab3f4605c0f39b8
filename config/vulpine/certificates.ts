import * as z from 'zod';

/** How the domains' certificates are got. */
export const certificates = z.strictObject({
  /**
   * How it is proved whose a domain is. `http`: by a file that nginx shows; nginx is on one host. `dns`: by a record that the host makes, with a
   * token that may change the zones; where requests for a domain may reach another host than the one that asks.
   */
  challenge: z.enum(['http', 'dns'], 'must be "http" or "dns"'),
});
