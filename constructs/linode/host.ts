import { Fn, type ITerraformDependable, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { Instance } from '../../.gen/providers/linode/instance';
import { Ipv6Range } from '../../.gen/providers/linode/ipv6-range';
import { Rdns } from '../../.gen/providers/linode/rdns';
import { compressed } from '../core/compressed';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';
import type { Firewall } from './firewall';
import { tagsOf } from './provider';
import type { Vpc } from './vpc';

export interface HostProps {
  /** The machine's name, for good; unique in the account. */
  readonly label: string;
  /** Such as us-east, which is Newark. */
  readonly region: string;
  /** Such as g6-standard-4. */
  readonly type: string;
  /** Linode's own image, such as linode/debian12. One that has cloud-init reads the user data. */
  readonly image: string;
  /** Public keys that root starts with: a list, or what only Terraform knows. */
  readonly rootKeys: string[];
  /** For cloud-init, at the first start, as people read it. */
  readonly userData: string;
  readonly firewall: Firewall;
  /** A /64 that is routed to the host already. @default Linode routes a new one to it */
  readonly ipv6Prefix?: string;
  /** A private network that it is in, and where. The firewall holds there too. @default none */
  readonly vpc?: { readonly network: Vpc; readonly address: string };
}

/** Bytes of user data that Linode takes, before its base64. https://techdocs.akamai.com/cloud-computing/docs/overview-of-the-metadata-service */
export const LONGEST = 16_384;

/** A machine that is somebody: backed up by Linode, behind a firewall, with a /64 for what runs on it. */
export class Host extends Construct {
  readonly label: string;
  readonly ipv4: SharedValue;
  /** The machine's own, outside the /64. */
  readonly ipv6: SharedValue;
  /** The /64. */
  readonly prefix: SharedValue;
  /** For what must come after the machine and names it in no argument. */
  readonly machine: ITerraformDependable;

  constructor(scope: Construct, id: string, props: HostProps) {
    super(scope, id);
    const { label, region, type, image, rootKeys, userData, firewall, ipv6Prefix, vpc } = props;
    const stack = EstateStack.of(this);
    const packed = compressed(userData);
    if (packed.length > LONGEST)
      throw new Error(
        `${this.node.path}: its user data has ${packed.length} bytes when compressed, and Linode takes ${LONGEST}: let a script fetch some of it`,
      );

    this.label = label;
    const instance = new Instance(this, 'resource', {
      label,
      region,
      type,
      image,
      authorizedKeys: rootKeys,
      metadata: [{ userData: Buffer.from(packed).toString('base64') }],
      backupsEnabled: true,
      watchdogEnabled: true,
      diskEncryption: 'enabled',
      firewallId: Token.asNumber(firewall.id),
      ...(vpc && {
        // interfaces of the configuration profile: its firewall is in front of all of them
        interfaceGeneration: 'legacy_config',
        interface: [
          { purpose: 'public', primary: true },
          { purpose: 'vpc', subnetId: Token.asNumber(vpc.network.subnetId), ipv4: { vpc: vpc.address } },
        ],
      }),
      tags: tagsOf(stack),
      // what was said for its first start: a newer script, key or image must not replace a machine that holds data
      lifecycle: { ignoreChanges: ['image', 'authorized_keys', 'metadata', 'disk_encryption'], preventDestroy: stack.protected },
    });
    this.machine = instance;
    const range = ipv6Prefix
      ? undefined
      : new Ipv6Range(this, 'range', { linodeId: Token.asNumber(instance.id), prefixLength: 64, lifecycle: { preventDestroy: stack.protected } });
    const output = (name: string) => `${label.toUpperCase().replaceAll('-', '_')}_${name}`;
    const own = Fn.element(Fn.split('/', instance.ipv6), 0); // Linode writes /128 behind it
    this.ipv4 = new SharedValue(this, output('IPV4'), Token.asString(Fn.one(Fn.tolist(instance.ipv4))), `Where ${label} is reached`);
    this.ipv6 = new SharedValue(this, output('IPV6'), Token.asString(own), `Where ${label} itself is reached`);
    this.prefix = new SharedValue(
      this,
      output('PREFIX'),
      range ? `${range.range}/64` : (ipv6Prefix as string),
      `What runs on ${label} has its addresses in it`,
    );
  }
  /** An address of the prefix, by its number. */
  prefixAddress(user: IConstruct, number: number): string {
    return Token.asString(Fn.cidrhost(this.prefix.seenFrom(user), number));
  }

  /** What an address of the host's is called when somebody asks backwards. Linode wants `name` to lead there first: by `record`. */
  reverseName(id: string, address: string, name: string, record: ITerraformDependable): void {
    new Rdns(this, id, { address, rdns: name, waitForAvailable: true, dependsOn: [record] });
  }
}
