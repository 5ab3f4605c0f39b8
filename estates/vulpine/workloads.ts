import type { Construct } from 'constructs';
import { IMAGE_NAMES, type ImageName, type VulpineConfig } from '../../config/vulpine';
import type { OffsiteConfig } from '../../config/vulpine/backup';
import type { VulpineCluster as ClusterConfig } from '../../config/vulpine/cluster';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { pinnedImage } from '../../constructs/core/pinned-image';
import { ConfigFiles } from '../../constructs/kubernetes/config-files';
import { Namespace } from '../../constructs/kubernetes/namespace';
import type { Mount } from '../../constructs/kubernetes/pod';
import { ScheduledJob } from '../../constructs/kubernetes/scheduled-job';
import { PublicService, Service } from '../../constructs/kubernetes/service';
import { TrafficPolicy } from '../../constructs/kubernetes/traffic-policy';
import { Workload } from '../../constructs/kubernetes/workload';
import type { VulpineCluster } from './cluster';
import { environmentOf } from './containers/environment';
import { type ContainerTable, NETWORK_NAMES } from './containers/spec';
import { CONTAINERS, startOf, withStreamingInside } from './containers/table';
import { LOCK_COMMAND, lockedImages } from './images';
import { BACKUP_COMMAND, BACKUP_JOB, backupFiles, backupMounts, backupWays } from './kubernetes/backup';
import { checkOf, mountsOf, USERS } from './kubernetes/mounts';
import { namespaceOf, serviceName } from './kubernetes/names';
import { nginxConfig, nginxMounts } from './kubernetes/nginx';
import { claimsOf, clusterProblems, type PlannedPods, plannedPods } from './kubernetes/plan';
import { waysOf } from './kubernetes/ways';

export interface VulpineWorkloadsProps extends EstateStackProps {
  readonly config: VulpineConfig;
  readonly machines: VulpineCluster;
  /** @default the estate's */
  readonly table?: ContainerTable;
}

/** What runs in the cluster, from the table of containers: pods, their names, and who may talk to whom. */
export class VulpineWorkloads extends EstateStack {
  private readonly namespaces = new Map<string, Namespace>();
  private readonly images: ReadonlyMap<ImageName, string>;
  private shipsBackups?: string;

  constructor(scope: Construct, id: string, props: VulpineWorkloadsProps) {
    super(scope, id, props);
    const { config, machines } = props;
    const { instances, streamingNeedsExternal } = config.prod;
    const { nodes, volumesGb } = config.prod.cluster as ClusterConfig;
    const full = props.table ?? CONTAINERS;
    const table = streamingNeedsExternal ? full : withStreamingInside(full);
    const planned = plannedPods(table, instances);
    const { offsite } = config.prod.backup;
    const problems = clusterProblems(table, planned, nodes, offsite && { dbbackup: BACKUP_JOB.memoryMb });
    this.node.addValidation({ validate: () => problems.map((problem) => `${this.node.path}: ${problem}`) });

    const locked = lockedImages();
    const used = new Set(planned.map(({ spec }) => spec.image));
    this.images = new Map(
      IMAGE_NAMES.filter((name) => used.has(name)).map((name) => {
        const image = config.shared.images[name];
        return [name, pinnedImage(this, `image-${name}`, { image, digest: locked[image], lock: LOCK_COMMAND })];
      }),
    );
    // programs that take their secrets as variables start as root, and so do those that make their folders their own
    for (const name of new Set(planned.map(({ namespace }) => namespace))) {
      this.namespaces.set(name, new Namespace(this, name, { name, podSecurity: 'baseline' }));
    }
    const shared = this.namespaces.get(namespaceOf()) as Namespace;
    const nginx = new ConfigFiles(shared, 'nginx-files', { namespace: shared, name: 'nginx', files: nginxConfig(table, instances) });
    for (const pods of planned) {
      const own = pods.of === 'nginx' ? { mounts: nginxMounts(nginx.name, table, instances), filesHash: nginx.hash } : { mounts: mountsOf(pods, volumesGb) };
      this.place(pods, config, own);
      const namespace = this.namespaces.get(pods.namespace) as Namespace;
      const ways = waysOf(table, pods, Object.keys(instances));
      new TrafficPolicy(namespace, `${pods.of}-traffic`, { namespace, name: pods.of, pods: pods.labels, ...ways });
    }
    if (offsite) for (const instance of Object.keys(instances)) this.sendAway(instance, config, offsite);
    this.enter(machines, planned);
  }

  /** Copies of an instance's dumps, and who is told when they are too old. */
  private sendAway(instance: string, { shared, prod }: VulpineConfig, offsite: OffsiteConfig): void {
    const namespace = this.namespaces.get(namespaceOf(instance)) as Namespace;
    const files = new ConfigFiles(namespace, 'backup-files', { namespace, name: BACKUP_JOB.name, files: backupFiles(prod.backup, offsite, instance) });
    new ScheduledJob(namespace, 'backup', {
      ...BACKUP_JOB,
      namespace,
      image: this.backupImage(shared.images.backup as string),
      entrypoint: BACKUP_COMMAND,
      mounts: backupMounts(files.name, instance),
      filesHash: files.hash,
      stopSeconds: 30,
    });
    const { name, labels } = BACKUP_JOB;
    new TrafficPolicy(namespace, 'backup-traffic', { namespace, name, pods: labels, outward: backupWays(offsite) });
  }

  /** One for all instances. */
  private backupImage(image: string): string {
    this.shipsBackups ??= pinnedImage(this, 'image-backup', { image, digest: lockedImages()[image], lock: LOCK_COMMAND });
    return this.shipsBackups;
  }

  private place(pods: PlannedPods, config: VulpineConfig, files: { readonly mounts: readonly Mount[]; readonly filesHash?: string }): void {
    const { of, instance, spec, labels } = pods;
    const namespace = this.namespaces.get(pods.namespace) as Namespace;
    const { entrypoint, command } = startOf(spec);
    new Workload(namespace, of, {
      namespace,
      name: of,
      labels,
      image: this.images.get(spec.image) as string,
      replicas: spec.replicas,
      ...(entrypoint && { entrypoint }),
      ...(command && { command }),
      user: USERS[of],
      environment: { ...spec.environment, ...(instance !== undefined && environmentOf(config, spec, instance)) },
      memoryMb: spec.memoryMb,
      check: checkOf(spec.health),
      // a database that mends itself after a crash must not be killed for taking its time
      restartsWhenUnwell: claimsOf(spec).length === 0,
      ports: spec.listensOn,
      ...files,
      capabilities: spec.capabilities,
      stopSeconds: spec.stopSeconds ?? 30,
    });
    const { listensOn: ports = [], networks, published } = spec;
    if (ports.length === 0 || published !== undefined) return;
    const aliases = new Set(NETWORK_NAMES.flatMap((network) => networks[network]?.aliases ?? []));
    for (const alias of aliases) new Service(namespace, `service-${serviceName(alias)}`, { namespace, name: serviceName(alias), pods: labels, ports });
  }

  /** The way in: the cluster's addresses lead to what the table publishes. */
  private enter({ entrance }: VulpineCluster, planned: readonly PlannedPods[]): void {
    const balancer = { id: this.read(entrance.id), firewallId: this.read(entrance.firewallId) };
    const namespace = this.namespaces.get(namespaceOf()) as Namespace;
    for (const { of, labels, spec } of planned.filter(({ instance, spec }) => instance === undefined && spec.published !== undefined)) {
      const { listensOn: ports = [], published: reason = '' } = spec;
      new PublicService(namespace, `public-${of}`, { namespace, name: of, pods: labels, ports, balancer, reason });
    }
  }
}
