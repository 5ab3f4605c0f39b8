import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import type { VulpineConfig, VulpineHostConfig } from '../../config/vulpine';
import { filesHostOf } from '../../config/vulpine/content';
import { AMAZON_AUTHORITY } from '../../constructs/aws/edge-certificate';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { DnsZone } from '../../constructs/linode/dns-zone';
import { Firewall, type Inbound } from '../../constructs/linode/firewall';
import { Host } from '../../constructs/linode/host';
import { NGINX_ADDRESS } from './containers/table';
import { hostOptions } from './host/parts';
import { hostUserData } from './host/user-data';
import { Servers } from './multi-server/hosts';
import { hostName, zonesOf } from './names';

export interface VulpineHostProps extends EstateStackProps {
  readonly config: VulpineConfig;
}

/** The image that a host starts from: Linode's, with a cloud-init that asks Linode's metadata service. */
const IMAGE = 'linode/debian12';
/** Who gives certificates to the hosts. */
const AUTHORITY = 'letsencrypt.org';
const WEB: Inbound = { label: 'web', protocol: 'TCP', ports: '80,443', from: { everybody: 'browsers and other instances are everywhere' } };

/** The machines, what stands before them, and the names that lead to them. Holds data: protected, changed rarely. */
export class VulpineHost extends EstateStack {
  /** By label. */
  readonly hosts: ReadonlyMap<string, Host>;
  private readonly zones: readonly DnsZone[];

  constructor(scope: Construct, id: string, props: VulpineHostProps) {
    super(scope, id, props);
    const { config } = props;
    const { shared, prod } = config;
    this.zones = zonesOf(config).map((domain) => new DnsZone(this, `zone-${domain.replaceAll('.', '-')}`, { domain, contact: shared.contact }));
    const always: Inbound[] = [{ label: 'ssh', protocol: 'TCP', ports: '22', from: prod.admins.ranges }];
    const icmp: Inbound = { label: 'icmp', protocol: 'ICMP', from: { everybody: 'IPv6 does not work without: packets that are too big are told by it' } };
    const rootKeys = prod.admins.sshKeys.length > 0 ? [...prod.admins.sshKeys] : this.askedKeys();
    if (prod.topology === 'multi-server') {
      const { hosts, balancer } = new Servers(this, { config, always: [...always, icmp], image: IMAGE, rootKeys });
      this.hosts = hosts;
      for (const host of hosts.values()) this.nameHost(host, shared.domain);
      for (const [instance, { domain }] of Object.entries(prod.instances)) this.addresses(instance, domain, balancer.ipv4, balancer.ipv6);
    } else {
      const host = this.onlyHost(config, [...always, WEB, icmp], rootKeys);
      this.hosts = new Map([[host.label, host]]);
      this.nameHost(host, shared.domain);
      this.nameNginx(host, prod.instances);
    }
    for (const zone of this.zones) {
      zone.certificatesFrom(zone, 'certificates', AUTHORITY);
      const hasFiles = Object.values(prod.instances).some((instance) => zone.has(filesHostOf(instance)));
      if (hasFiles) zone.certificatesFrom(zone, 'certificates-amazon', AMAZON_AUTHORITY);
    }
    const logins = [...this.hosts.keys()].map((label) => `ssh ${prod.admins.user}@${hostName(label, shared.domain)}`);
    this.output('SSH', logins.join('\n'), 'How an admin logs in');
  }

  /** The only one of topology `single`. */
  get host(): Host {
    const [host, ...more] = this.hosts.values();
    if (!host || more.length > 0) throw new Error(`${this.node.path}: has ${this.hosts.size} hosts; say which one of hosts`);
    return host;
  }

  private onlyHost(config: VulpineConfig, inbound: readonly Inbound[], rootKeys: string[]): Host {
    const [label, { roles: _, vpcAddress: __, ...machine }] = Object.entries(config.prod.hosts)[0] as [string, VulpineHostConfig];
    return new Host(this, label, {
      ...machine,
      label,
      image: IMAGE,
      rootKeys,
      userData: hostUserData(hostOptions(config)),
      firewall: new Firewall(this, 'firewall', { label, inbound }),
    });
  }

  /** A name leads to the host, and the host's addresses back to it. */
  private nameHost(host: Host, domain: string): void {
    const name = hostName(host.label, domain);
    const [ipv4, ipv6] = [host.ipv4.seenFrom(this), host.ipv6.seenFrom(this)];
    const [a, aaaa] = this.addresses(host.label, name, ipv4, ipv6);
    host.reverseName('name-ipv4', ipv4, name, a);
    host.reverseName('name-ipv6', ipv6, name, aaaa);
  }

  /** Names of instances lead to the host's IPv4 address, and to nginx by IPv6. */
  private nameNginx(host: Host, instances: VulpineConfig['prod']['instances']): void {
    const nginx = host.prefixAddress(this, NGINX_ADDRESS);
    for (const [i, [instance, { domain }]] of Object.entries(instances).entries()) {
      const [, record] = this.addresses(instance, domain, host.ipv4.seenFrom(this), nginx);
      if (i === 0) host.reverseName('name-nginx', nginx, domain, record);
    }
  }

  /** The zone that a name is in. */
  zoneOf(name: string): DnsZone {
    const found = this.zones.find((zone) => zone.has(name));
    if (!found) throw new Error(`${this.node.path}: ${name} is in no zone; there is ${this.zones.map(({ domain }) => domain).join(', ')}`);
    return found;
  }

  /** Leads a name to two addresses, in the zone that it is in. */
  private addresses(id: string, name: string, ipv4: string, ipv6: string) {
    const zone = this.zoneOf(name);
    const host = zone.hostOf(name);
    return [zone.record(zone, `${id}-ipv4`, { host, type: 'A', target: ipv4 }), zone.record(zone, `${id}-ipv6`, { host, type: 'AAAA', target: ipv6 })] as const;
  }

  private askedKeys(): string[] {
    const variable = new TerraformVariable(this, 'admin_ssh_keys', {
      type: 'list(string)',
      description: 'Public ssh keys of admins, because vulpine.prod.admins.sshKeys names none: ["ssh-ed25519 AAAA... you"]',
    });
    variable.addValidation({ condition: `\${length(var.${variable.friendlyUniqueId}) > 0}`, errorMessage: 'Name a key: nobody could log in.' });
    return variable.listValue;
  }
}
