import { isIPv6 } from 'node:net';
import * as z from 'zod';

/** Why it is no IPv6 network in CIDR notation with its host bits zero, or undefined. */
export function ipv6Problem(value: string): string | undefined {
  const [address = '', length = '', ...more] = value.split('/');
  if (more.length > 0 || !isIPv6(address) || address.includes('.') || address.includes('%') || !/^\d{1,3}$/.test(length)) return 'it looks like 2001:db8::/32';
  const bits = Number(length);
  if (bits > 128) return 'the prefix length is 0 to 128';
  const rest = (1n << BigInt(128 - bits)) - 1n;
  return (numberOf(address) & rest) === 0n ? undefined : `bits beyond /${bits} are set; the network address has them zero`;
}

function numberOf(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const parts = (text: string) => text.split(':').filter((part) => part !== '');
  const [front, back] = [parts(head), parts(tail ?? '')];
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...zeros, ...back].reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}

/** What a host's containers have their addresses in. Its shortest spelling comes out: engines and clouds say that one, and another one would be a difference. */
export const ipv6Prefix = z
  .string('not an IPv6 prefix, such as 2001:db8:1:2::/64')
  .superRefine((value, context) => {
    const problem = value.endsWith('/64') ? ipv6Problem(value) : 'it is a /64';
    if (problem) context.addIssue({ code: 'custom', message: `not an IPv6 prefix: ${problem}` });
  })
  .transform((value) => `${new URL(`http://[${value.split('/')[0]}]`).hostname.slice(1, -1)}/64`);
