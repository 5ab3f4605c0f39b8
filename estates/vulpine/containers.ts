import type { Construct } from 'constructs';
import { IMAGE_NAMES, type ImageName, type VulpineConfig } from '../../config/vulpine';
import { BALANCER_RANGE } from '../../config/vulpine/multi-server';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { Container } from '../../constructs/docker/container';
import { Image } from '../../constructs/docker/image';
import { Network } from '../../constructs/docker/network';
import { Volume } from '../../constructs/docker/volume';
import type { Host } from '../../constructs/linode/host';
import { definitionOf, volumeName } from './containers/definition';
import { environmentOf } from './containers/environment';
import { type Placed, placedOn, problemsOf, volumeProblems } from './containers/plan';
import { type ContainerTable, EXTERNAL, IPV4_NAT, VOLUME_NAMES, type VolumeName } from './containers/spec';
import { CONTAINERS, withStreamingInside } from './containers/table';
import type { VulpineHost } from './host';
import { LOCK_COMMAND, lockedImages } from './images';
import { layoutOf } from './multi-server/layout';
import { placeRelays } from './multi-server/place-relays';
import { RELAY_MEMORY_MB } from './multi-server/relay';
import { nginxFor } from './nginx/beside';
import { type NginxFile, nginxFiles } from './nginx/config';

export interface VulpineContainersProps extends EstateStackProps {
  readonly config: VulpineConfig;
  readonly machine: VulpineHost;
  /** Label of the host on which it runs, in topology `multi-server`. @default the only one */
  readonly on?: string;
  /** @default the estate's */
  readonly table?: ContainerTable;
}

/** Volumes of an instance that containers of a host have. */
function keptBy(containers: readonly Placed[], instance: string): VolumeName[] {
  const own = containers.filter((one) => one.instance === instance).flatMap(({ spec: { volumes = {} } }) => Object.values(volumes));
  return VOLUME_NAMES.filter((name) => own.some(({ from }) => 'volume' in from && from.volume === name));
}

/** What runs on a host, from the table of containers. Terraform speaks to its engine by ssh, so it runs where an admin may log in. */
export class VulpineContainers extends EstateStack {
  private readonly networks = new Map<string, Network>();
  private readonly volumes = new Map<string, Volume>();
  private readonly images: ReadonlyMap<ImageName, Image>;
  /** Of the host in its private network: what it publishes answers there only. @default it is in none, and its public addresses answer */
  private readonly address?: string;
  private readonly nginx: readonly NginxFile[];

  constructor(scope: Construct, id: string, props: VulpineContainersProps) {
    super(scope, id, props);
    const { config, machine } = props;
    const { images } = config.shared;
    const { hosts, instances, streamingNeedsExternal } = config.prod;
    const full = props.table ?? CONTAINERS;
    const table = streamingNeedsExternal ? full : withStreamingInside(full);
    const label = props.on ?? (Object.keys(hosts)[0] as string);
    const { type, vpcAddress } = hosts[label] as (typeof hosts)[string];
    const layout = props.on === undefined ? undefined : layoutOf(table, config.prod).get(props.on);
    const { placed: containers, relays, problems: missing } = layout ?? { placed: placedOn(table, instances), relays: [], problems: [] };
    const limited = [...containers, ...relays.map(({ instance }) => ({ instance, spec: { memoryMb: RELAY_MEMORY_MB } }))];
    const problems = [...missing, ...problemsOf(table, limited, type), ...volumeProblems(containers)];
    this.node.addValidation({ validate: () => problems.map((problem) => `${this.node.path}: ${problem}`) });
    this.address = vpcAddress;

    const host = machine.hosts.get(label) as Host;
    this.nginx = nginxFiles(nginxFor(table, config.prod, layout && { proxyProtocolFrom: [BALANCER_RANGE] }));
    for (const { name, network } of containers.flatMap(({ networks }) => networks)) {
      if (this.networks.has(name)) continue;
      const external = () => ({
        reason: 'the only network with a way to the Internet',
        ipv6Prefix: host.prefix.seenFrom(this),
        ipv4Nat: IPV4_NAT,
        // with the private address, other hosts' firewalls would take everything in it for a relay
        ...(vpcAddress !== undefined && { ipv4Source: host.ipv4.seenFrom(this) }),
      });
      this.networks.set(name, new Network(this, name.replaceAll('_', '-'), { name, ...(network === EXTERNAL && { external: external() }) }));
    }
    const locked = lockedImages();
    const used = new Set<ImageName>([...containers.map(({ spec }) => spec.image), ...(relays.length > 0 ? (['nginx'] as const) : [])]);
    this.images = new Map(
      IMAGE_NAMES.filter((name) => used.has(name)).map((name) => [
        name,
        new Image(this, `image-${name}`, { image: images[name], digest: locked[images[name]], lock: LOCK_COMMAND }),
      ]),
    );
    for (const instance of Object.keys(instances)) {
      for (const volume of layout ? keptBy(containers, instance) : VOLUME_NAMES)
        this.volumes.set(volumeName(volume, instance), new Volume(this, `${instance}-volume-${volume}`, { name: volumeName(volume, instance) }));
    }
    for (const container of containers) this.place(container, config);
    if (vpcAddress !== undefined && relays.length > 0)
      placeRelays(this, relays, { address: vpcAddress, networks: this.networks, image: this.images.get('nginx') as Image });
  }

  private place(container: Placed, config: VulpineConfig): void {
    const { of, spec, instance } = container;
    const { image, networks, mounts, published, ...definition } = definitionOf(container, {
      ...(instance !== undefined && { variables: environmentOf(config, spec, instance) }),
      ...(of === 'nginx' && { files: this.nginx }),
    });
    new Container(this, container.name, {
      ...definition,
      image: this.images.get(image) as Image,
      networks: networks.map(({ name, ...use }) => ({ ...use, network: this.networks.get(name) as Network })),
      mounts: mounts.map(({ from, ...mount }) => ({ ...mount, from: 'folder' in from ? from : (this.volumes.get(from.volume) as Volume) })),
      ...(published && { published: { ...published, ...(this.address !== undefined && { address: this.address }) } }),
    });
  }
}
