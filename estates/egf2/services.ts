import type { Construct } from 'constructs';
import type { Egf2Config, Egf2Environment } from '../../config/egf2';
import { InstanceRole } from '../../constructs/aws/instance-role';
import { type Listener, LoadBalancer } from '../../constructs/aws/load-balancer';
import { awsOf } from '../../constructs/aws/provider';
import type { SecurityGroup } from '../../constructs/aws/security-group';
import { ServiceGroup } from '../../constructs/aws/service-group';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../services/contracts/egf2-services';
import { PORTS } from './access';
import { Egf2Documents } from './config-documents';
import type { Egf2Data } from './data';
import { serviceUserData } from './machines/service';
import { healthPathOf } from './machines/services';
import { compressed } from './machines/steps';
import { subsystemsUserData } from './machines/subsystems';
import { CLUSTER_TAG, groupName, SUBSYSTEMS_GROUP } from './names';
import type { Egf2Network } from './network';
import type { Egf2Queue } from './queue';
import { SUBSYSTEMS_SIZE } from './restart';

export interface Egf2ServicesProps
  extends EstateStackProps,
    Pick<Egf2Environment, 'mode' | 'services' | 'subsystems' | 'loadBalancing'>,
    Pick<Egf2Config['shared'], 'sources' | 'graph' | 'host'> {
  readonly net: Egf2Network;
  /** The network's range: load balancers in it are believed who their clients are. */
  readonly cidr: string;
  readonly data: Egf2Data;
  /** In scalable and big data mode. */
  readonly queue?: Egf2Queue;
}

/** ALB refuses a second rule with the same priority: those of the other modes come while this one may still be there. */
const SMALL_MODE_RULES = 1000;

/** Nine services are fetched and installed one after the other, on a machine with half a core. */
const SUBSYSTEMS_WARM_UP = 3600;

/** The services, and the one way in to them. */
export class Egf2Services extends EstateStack {
  private readonly entry: LoadBalancer;
  private readonly https: Listener;
  private readonly documents: Egf2Documents;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: Egf2ServicesProps,
  ) {
    super(scope, id, props);
    const { mode, net, data, queue, graph, host } = props;
    const { publicNames, vpc, access, alarms } = net;
    this.addDependency(data);

    this.documents = new Egf2Documents(this, 'documents', {
      mode,
      data,
      domain: net.privateNames.domain,
      graph,
      publicUrl: `https://${host}.${publicNames.domain}`,
      queue,
    });
    this.entry = new LoadBalancer(this, 'entry', {
      name: 'egf2-entry',
      publicReason: 'the single entry point: clients are everywhere',
      vpc,
      groups: [access.entry],
      logs: data.logs,
      alarms,
    });
    this.https = this.entry.https(publicNames.certificate(this, 'certificate', host));
    publicNames.alias(this, 'name', host, this.entry.alias);
    if (mode === 'small') this.together(props);
    else this.apart(props);
    this.output('URL', `https://${host}.${publicNames.domain}`, 'Where clients call');
  }

  /** Small mode: all services on one machine, behind nginx. */
  private together({ subsystems, sources, net, data, cidr }: Egf2ServicesProps): void {
    const role = this.role('egf2-subsystems', 'The machine that all services share', SERVICE_NAMES);
    role.allow(['ec2:DescribeInstances'], ['*']); // the Elasticsearch client node looks for its cluster
    const target = this.entry.target('nginx', { name: 'egf2-nginx', port: PORTS.nginx, healthPath: '/' });
    this.entry.route('everything', this.https, ['/v1'], target, SMALL_MODE_RULES);
    new ServiceGroup(this, 'subsystems', {
      name: SUBSYSTEMS_GROUP,
      instanceType: subsystems.instanceType,
      size: SUBSYSTEMS_SIZE,
      vpc: net.vpc,
      zones: [subsystems.zone],
      group: net.access.subsystems,
      role,
      targets: [target],
      alarms: net.alarms,
      warmUpSeconds: SUBSYSTEMS_WARM_UP,
      userData: compressed(
        subsystemsUserData({
          ...this.launcher(data),
          services: Object.fromEntries(SERVICE_NAMES.map((name) => [name, { source: sources[name] }])) as Record<
            ServiceName,
            { source: Egf2Config['shared']['sources'][ServiceName] }
          >,
          members: [...data.members],
          clusterTag: CLUSTER_TAG,
          swapMb: subsystems.swapGb * 1024,
          nginx: { trustedProxies: [cidr] },
        }),
      ),
    });
  }

  /** A group of machines for each service, and what stands before it. */
  private apart({ services, sources, loadBalancing, net, data }: Egf2ServicesProps): void {
    const { vpc, access, alarms, privateNames } = net;
    const shared =
      loadBalancing === 'shared' &&
      new LoadBalancer(this, 'inside', { name: 'egf2-inside', vpc, groups: [...access.balancers.values()], logs: data.logs, alarms });
    for (const name of SERVICE_NAMES) {
      const { port, webSocketPort, publicPaths = [], publicWebSocketPaths = [] } = SERVICES[name];
      const targets: string[] = [];
      if (port) {
        const balancer =
          shared ||
          new LoadBalancer(this, `${name}-lb`, { name: `egf2-${name}`, vpc, groups: [access.balancers.get(name) as SecurityGroup], logs: data.logs, alarms });
        const inside = balancer.target(name, { name: `egf2-${name}`, port, healthPath: healthPathOf(name, 'port') ?? '/' });
        balancer.forward(port, inside);
        privateNames.record(this, `${name}-name`, { name, alias: balancer.alias });
        targets.push(inside);
      }
      // a target group has one load balancer: what clients reach has another one
      if (port && publicPaths.length > 0) targets.push(this.opened(name, port, publicPaths, healthPathOf(name, 'port')));
      if (webSocketPort && publicWebSocketPaths.length > 0)
        targets.push(this.opened(`${name}-ws`, webSocketPort, publicWebSocketPaths, healthPathOf(name, 'webSocketPort')));
      new ServiceGroup(this, name, {
        name: groupName(name),
        instanceType: services[name].instanceType,
        size: services[name],
        vpc,
        group: access.machines.get(name) as SecurityGroup,
        role: this.role(`egf2-${name}`, `Machines of ${name}`, [name]),
        targets,
        alarms,
        userData: compressed(serviceUserData({ ...this.launcher(data), service: name, source: sources[name] })),
      });
    }
  }

  /** Sends public paths to a service's machines; returns the target group. */
  private opened(name: string, port: number, paths: readonly string[], healthPath = '/'): string {
    const target = this.entry.target(name, { name: `egf2-public-${name}`, port, healthPath });
    this.entry.route(name, this.https, paths, target);
    return target;
  }

  private role(name: string, purpose: string, services: readonly ServiceName[]): InstanceRole {
    const { data } = this.props;
    const role = new InstanceRole(this, `${name}-role`, { name, purpose });
    data.config.grantRead(role, 'launcher/');
    for (const service of services) {
      data.config.grantRead(role, this.documents.keyOf(service));
      if ('uploads' in SERVICES[service].talksTo) data.uploads.grantReadWrite(role);
    }
    for (const secret of this.documents.secretsOf(services)) secret.grantRead(role);
    return role;
  }

  private launcher(data: Egf2Data) {
    return { bucket: data.config.name, region: awsOf(this).region, launcherSha256: data.launcherSha256 };
  }
}
