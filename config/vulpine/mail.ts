import * as z from 'zod';
import { domainName } from '../fields';

/** Who carries the mail of all instances. Login and password are secrets: SMTP_LOGIN, SMTP_PASSWORD. */
export const mail = z.strictObject({
  server: domainName,
  /** 465 is TLS from the start; with others it begins at the server's word. Linode closes 25, 465 and 587 to new accounts; some servers have 2525, too. */
  port: z.int('must be a port').min(1, 'must be 1 or more').max(65_535, 'must be 65535 or less').default(587),
});

/** Whom an instance's mail is from. */
export const mailFrom = z.email('not an e-mail address');
