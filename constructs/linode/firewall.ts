import { Construct } from 'constructs';
import { Firewall as LinodeFirewall } from '../../.gen/providers/linode/firewall';
import { EstateStack } from '../core/estate-stack';
import { tagsOf } from './provider';

/** What comes in. */
export interface Inbound {
  /** Of the rule, 3 to 32 letters, digits and hyphens. */
  readonly label: string;
  readonly protocol: 'TCP' | 'UDP' | 'ICMP';
  /** One, several or a range, such as `80,443`. @default all: ICMP has none */
  readonly ports?: string;
  /** Networks, IPv4 and IPv6, or why everybody may. */
  readonly from: readonly string[] | { readonly everybody: string };
}

export interface FirewallProps {
  /** 3 to 32 characters, unique in the account. */
  readonly label: string;
  /** Everything else is dropped. */
  readonly inbound: readonly Inbound[];
  /** Address that it had in the state when its construct was another: another firewall would be another machine behind it. @default none */
  readonly formerly?: string;
}

/** What stands before machines in Linode's network, whatever they themselves do. Out goes everything. */
export class Firewall extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { label, inbound, formerly }: FirewallProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    const firewall = new LinodeFirewall(this, 'resource', {
      label,
      inboundPolicy: 'DROP',
      outboundPolicy: 'ACCEPT',
      inbound: inbound.map(({ from, ...rule }) => ({ ...rule, action: 'ACCEPT', ...networks(from) })),
      tags: tagsOf(stack),
    });
    if (formerly) firewall.moveFromId(formerly);
    this.id = firewall.id;
    const reasons = inbound.flatMap(({ label: rule, from }) => ('everybody' in from ? [`${rule}: ${from.everybody}`] : []));
    if (reasons.length > 0) stack.suppress('linode-no-open-ingress', firewall, reasons.join('; '));
  }
}

function networks(from: Inbound['from']): { ipv4?: string[]; ipv6?: string[] } {
  if ('everybody' in from) return { ipv4: ['0.0.0.0/0'], ipv6: ['::/0'] };
  const [ipv6, ipv4] = [from.filter((range) => range.includes(':')), from.filter((range) => !range.includes(':'))];
  return { ...(ipv4.length > 0 && { ipv4 }), ...(ipv6.length > 0 && { ipv6 }) };
}
