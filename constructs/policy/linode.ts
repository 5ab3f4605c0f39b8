import { type Block, blocks, isTrue, strings } from './blocks';
import { isInternet } from './internet';
import type { Rule, RuleContext, Synthesized } from './rule';

/** Of those the estate has; each has tags, and the provider has no default ones. */
const TAGGED = new Set(['linode_domain', 'linode_firewall', 'linode_instance', 'linode_nodebalancer', 'linode_volume', 'linode_lke_cluster']);

function missingTags(tags: unknown, { labels }: RuleContext): string[] {
  return Object.entries(labels)
    .map(([key, value]) => `${key}:${value}`)
    .filter((tag) => !strings(tags).includes(tag));
}

export const linodeTags: Rule = {
  id: 'linode-labels-complete',
  why: 'what carries no estate, environment and stack cannot be found, billed or cleaned up',
  check: ({ type, config }, context) => {
    if (!TAGGED.has(type)) return undefined;
    const missing = missingTags(config.tags, context);
    return missing.length > 0 ? `add ${missing.join(', ')} to its tags` : undefined;
  },
};

/** A firewall names what is behind it, or that names its firewall. */
function hasFirewall({ address, type: kind, config }: Synthesized, stack: readonly Synthesized[]): boolean {
  if (config.firewall_id !== undefined) return true;
  const own = kind === 'linode_nodebalancer' ? 'nodebalancers' : 'linodes';
  const names = (value: unknown) => address !== undefined && [value].flat().some((id) => String(id).startsWith(`\${${address}.`));
  return stack.some(
    ({ type, config: other }) => (type === 'linode_firewall' && names(other[own])) || (type === 'linode_firewall_device' && names(other.entity_id)),
  );
}

export const firewallRequired: Rule = {
  id: 'linode-firewall-required',
  why: 'what a machine listens on by accident is found within minutes',
  check: (resource, _context, stack) =>
    ['linode_instance', 'linode_nodebalancer'].includes(resource.type) && !hasFirewall(resource, stack)
      ? 'set firewall_id: it holds from the first start on'
      : undefined,
};

export const balancerPrivate: Rule = {
  id: 'linode-balancer-private-backends',
  why: "beside a VPC a NodeBalancer speaks to hosts from addresses that everybody's NodeBalancers have",
  check: ({ type, config }) => {
    if (type === 'linode_nodebalancer_node' && config.subnet_id === undefined) return 'set subnet_id, that of the VPC that the host is in';
    if (type !== 'linode_nodebalancer') return undefined;
    return blocks(config, 'vpcs').some(({ ipv4_range }) => ipv4_range !== undefined) ? undefined : 'set vpcs with ipv4_range: hosts then admit this one only';
  },
};

export const balancerChecks: Rule = {
  id: 'linode-balancer-checks',
  why: 'without a check every second visitor is led to the host that is down',
  check: ({ type, config }) =>
    type === 'linode_nodebalancer_config' && [undefined, 'none'].includes(config.check) ? "set check = 'connection', or one that asks by HTTP" : undefined,
};

export const firewallDrops: Rule = {
  id: 'linode-firewall-drops',
  why: 'a firewall that lets in what no rule names protects nothing',
  check: ({ type, config }) => {
    if (type !== 'linode_firewall') return undefined;
    if (config.disabled === true) return 'take disabled = true out';
    return config.inbound_policy === 'DROP' ? undefined : "set inbound_policy = 'DROP'";
  },
};

/** Rules of a firewall that let everybody in: to ssh, or to anything else. */
function openRules(config: Block, toSsh: boolean): Block[] {
  return blocks(config, 'inbound').filter(
    ({ action, protocol, ports, ipv4, ipv6 }) =>
      action === 'ACCEPT' && [...strings(ipv4), ...strings(ipv6)].some(isInternet) && (protocol === 'TCP' && holds(ports, 22)) === toSsh,
  );
}

export const linodeNoOpenIngress: Rule = {
  id: 'linode-no-open-ingress',
  why: 'ports that are open to everybody are found within minutes',
  check: ({ type, config }) => {
    const [open] = type === 'linode_firewall' ? openRules(config, false) : [];
    return open && `admit narrower ranges by rule ${open.label}, or suppress with the reason why these ports are public`;
  },
};

/** Of its own: no reason for public ports is one for this. */
export const noOpenSsh: Rule = {
  id: 'linode-no-open-ssh',
  why: 'logins are tried all day where ssh is open to everybody',
  check: ({ type, config }) => {
    const [open] = type === 'linode_firewall' ? openRules(config, true) : [];
    return open && `open port 22 to the ranges of admins only, not by rule ${open.label}`;
  },
};

function holds(ports: unknown, port: number): boolean {
  if (typeof ports !== 'string') return true;
  return ports.split(',').some((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return first <= port && port <= last;
  });
}

export const backupsOn: Rule = {
  id: 'linode-backups-on',
  why: "without Linode's backups a lost disk is lost",
  check: ({ type, config }) => (type === 'linode_instance' && !isTrue(config.backups_enabled) ? 'set backups_enabled = true' : undefined),
};

export const linodeDiskEncrypted: Rule = {
  id: 'linode-disk-encrypted',
  why: 'a disk that leaves the datacenter is readable',
  check: ({ type, config }) => (type === 'linode_instance' && config.disk_encryption === 'disabled' ? "set disk_encryption = 'enabled'" : undefined),
};

export const noRootPassword: Rule = {
  id: 'linode-no-root-password',
  why: 'it stands in the state, and a password can be guessed',
  check: ({ type, config }) =>
    type === 'linode_instance' && config.root_pass !== undefined ? 'take root_pass out: authorized_keys let in who may' : undefined,
};

export const LINODE: readonly Rule[] = [
  linodeTags,
  firewallRequired,
  balancerPrivate,
  balancerChecks,
  firewallDrops,
  linodeNoOpenIngress,
  noOpenSsh,
  backupsOn,
  linodeDiskEncrypted,
  noRootPassword,
];
