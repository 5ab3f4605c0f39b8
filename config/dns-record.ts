import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';

type Check = (value: string) => string | undefined;

const fullName: Check = (value) => (/^[a-zA-Z0-9_.-]+\.$/.test(value) ? undefined : 'a full name that ends in a dot, such as "mail.example.org."');

/** What each type's values must be, or undefined when one is right. */
const VALUES: Readonly<Record<string, Check>> = {
  A: (value) => (isIPv4(value) ? undefined : 'an IPv4 address'),
  AAAA: (value) => (isIPv6(value) ? undefined : 'an IPv6 address'),
  CAA: (value) => (/^\d{1,3} [a-z]+ "[^"]*"$/.test(value) ? undefined : 'such as \'0 issue "pki.goog"\''),
  CNAME: fullName,
  MX: (value) => (/^\d{1,5} [a-zA-Z0-9_.-]+\.$/.test(value) ? undefined : 'a priority and a full name that ends in a dot, such as "10 mail.example.org."'),
  TXT: (value) => (/^"([^"\\]|\\.)*"( "([^"\\]|\\.)*")*$/.test(value) ? undefined : 'text in double quotes, such as "\\"v=spf1 -all\\"" in JSON'),
};

/** A DNS record in config, as Cloud DNS takes it. */
export const dnsRecord = z
  .strictObject({
    /** Host below the domain, or `@`. Underscores are allowed here: verification records use them. */
    name: z
      .string('not a record name')
      .regex(
        /^(@|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*)$/,
        'not a record name below the domain, such as "www", "_dmarc" or "@"',
      ),
    type: z.enum(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'TXT'], 'must be A, AAAA, CAA, CNAME, MX or TXT'),
    /** Seconds. */
    ttl: z.int('must be a whole number of seconds').min(30, 'must be 30 seconds or more').max(86_400, 'must be a day (86400) or less').default(300),
    values: z.array(z.string('must be text').min(1, 'must not be empty'), 'must be a list').min(1, 'must name at least one value'),
  })
  .superRefine(({ name, type, values }, context) => {
    for (const [index, value] of values.entries()) {
      if (value.includes('TfToken[')) context.addIssue({ code: 'custom', path: ['values', index], message: 'must not look like a cdktf token' });
      const expected = VALUES[type]?.(value);
      if (expected) context.addIssue({ code: 'custom', path: ['values', index], message: `must be ${expected}` });
    }
    if (type === 'CNAME' && name === '@') context.addIssue({ code: 'custom', path: ['type'], message: 'the domain itself cannot be a CNAME' });
    if (type === 'CNAME' && values.length > 1) context.addIssue({ code: 'custom', path: ['values'], message: 'a CNAME has one value' });
  });
