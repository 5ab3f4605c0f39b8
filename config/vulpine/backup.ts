import { isIP } from 'node:net';
import * as z from 'zod';
import { domainName } from '../fields';

const hours = (most: number) => z.int('must be whole hours').min(1, 'must be 1 hour or more').max(most, `must be ${most} hours or less`);

/** Somebody else's machine, far away from the hosts, that keeps what they send and lets them take nothing back. */
const offsite = z.strictObject({
  /** Its DNS name or address. */
  host: z.union([domainName, z.string().refine((value) => isIP(value) !== 0)], 'not a DNS name or an address'),
  port: z.int('must be a port').min(1, 'must be 1 or more').max(65_535, 'must be 65535 or less').default(22),
  /** Logs in there, and may do no more than add files. */
  user: z.string().regex(/^(?!root$)[a-z][a-z0-9-]{0,30}$/, 'not a user name other than root'),
  /** Where it keeps all this. */
  folder: z.string().regex(/^(\/[A-Za-z0-9._-]+)+$/, 'not an absolute path of letters, digits, dots, hyphens and underscores'),
  /** Its public key, as `ssh-keyscan` prints it behind the name: who answers with another one gets nothing. */
  hostKey: z
    .string()
    .regex(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/]+={0,3}$/, 'not the public key of a host, such as ssh-keyscan prints behind its name'),
  /** Days for which it keeps a copy of each. */
  keepDays: z.int('must be whole days').min(7, 'must be 7 days or more: who breaks in waits').max(400, 'must be 400 days or less').default(30),
});

const alert = z.strictObject({
  /** Whether a URL gets a message, too: secret backup/WEBHOOK_URL. The heartbeat, secret backup/HEARTBEAT_URL, is there in any case: a dead host posts nothing. */
  webhook: z.boolean('must be true or false').default(false),
  /** Hours after which the webhook is told again of what is still wrong. */
  repeatHours: hours(168).default(6),
});

/** Copies of what cannot be made again: of databases, and of media that are on hosts. docs/adr/0028-the-off-site-host-keeps-history.md */
export const backup = z
  .strictObject({
    offsite: offsite.optional(),
    /** Why no copy leaves the hosts. @default copies do, to `offsite` */
    withoutOffsite: z.string().min(12, 'must give the reason').optional(),
    /** The newest dump may be so old until people are told. One is made every hour. */
    maxAgeHours: hours(48).default(2),
    alert: alert.prefault({}),
  })
  .refine(({ offsite, withoutOffsite }) => (offsite === undefined) !== (withoutOffsite === undefined), {
    message: 'must have either offsite, where copies go, or withoutOffsite, the reason why none do',
    when: () => true,
  });

export type BackupConfig = z.output<typeof backup>;
export type OffsiteConfig = NonNullable<BackupConfig['offsite']>;

export const backupValues: z.input<typeof backup> = {
  offsite: {
    // a name that documents use and a key that nobody has: put yours here
    host: 'offsite.example.net',
    user: 'vulpine-backup',
    folder: '/srv/vulpine-backup',
    hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`,
  },
};
