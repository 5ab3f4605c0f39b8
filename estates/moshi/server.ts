import { Construct } from 'constructs';
import type { MoshiEnvironment } from '../../config/moshi';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { CertificateMap } from '../../constructs/gcp/certificate-map';
import { hostId } from '../../constructs/gcp/dns-zone';
import { HttpsLoadBalancer } from '../../constructs/gcp/https-load-balancer';
import { Network } from '../../constructs/gcp/network';
import { RateLimit } from '../../constructs/gcp/rate-limit';
import { ServerGroup } from '../../constructs/gcp/server-group';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { MoshiDns } from './dns';
import type { MoshiStorage } from './storage';

export interface MoshiServerProps extends EstateStackProps, Omit<MoshiEnvironment, 'protection'> {
  readonly dns: MoshiDns;
  readonly storage: MoshiStorage;
}

const PORT = 8080;
/** Google's load balancers and health checkers: cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges. */
const HEALTH_CHECKERS = ['130.211.0.0/22', '35.191.0.0/16'];
/** STUN and TURN, TURN over TLS, and the media itself. */
const WEBRTC_PORTS = ['3478', '5349', '30000-65535'];
const WEBRTC_REASON = 'WebRTC: media flows between each caller and the machine itself, from any address';

/** The media server of one environment: machines, their load balancer, and the names that lead there. */
export class MoshiServer extends EstateStack {
  constructor(scope: Construct, id: string, props: MoshiServerProps) {
    super(scope, id, props);
    const { dns, storage, server, websiteHosts } = props;
    const stem = this.named('moshi-srv');
    const hosts = [server.host, ...websiteHosts];
    const host = dns.zone.hostname(server.host);
    this.addDependency(dns);

    const network = new Network(this, 'network', { stem, cidr: server.subnet });
    network.allowIngress('health-checks', {
      name: `${stem}-allow-health-checks`,
      ports: { tcp: [`${PORT}`] },
      from: HEALTH_CHECKERS,
      to: 'allow-health-checks',
    });
    network.allowIngress('webrtc', {
      name: `${stem}-allow-webrtc`,
      ports: { udp: WEBRTC_PORTS, tcp: WEBRTC_PORTS },
      from: { everybody: WEBRTC_REASON },
      to: 'allow-webrtc',
    });

    const identity = new ServiceIdentity(this, 'identity', { accountId: this.named('moshi-srv-sa'), purpose: `moshi media servers, ${this.environment}` });
    for (const role of ['logging.logWriter', 'secretmanager.secretAccessor', 'datastore.user', 'firebaseauth.viewer']) {
      identity.grantOnProject(`roles/${role}`);
    }
    storage.bucket.grantRead(identity);

    const servers = new ServerGroup(this, 'servers', {
      stem,
      machineType: server.machineType,
      image: server.image,
      diskGb: server.diskGb,
      network,
      tags: ['allow-health-checks', 'allow-webrtc'],
      externalAddress: { reason: WEBRTC_REASON },
      identity,
      metadata: {
        'startup-script-url': `gs://${storage.bucket.name}/entrypoint.sh`,
        'entrypoint-generation': this.read(storage.entrypointGeneration), // a new start script makes a new template, which rolls out
        environment: this.environment,
      },
      port: PORT,
      healthPath: '/healthz',
      initialDelaySeconds: 300,
    });

    const loadBalancer = new HttpsLoadBalancer(this, 'load-balancer', {
      stem,
      certificates: new CertificateMap(this, 'certificates', { stem, zone: dns.zone, hosts }),
      server: {
        host,
        paths: ['/', '/healthz', '/version', '/call/*'],
        servers,
        rateLimit: new RateLimit(this, 'rate-limit', { name: `${stem}-sp`, requests: 60, perSeconds: 60, banSeconds: 60 }),
        timeoutSeconds: 30,
      },
      ...(storage.website && { website: { hosts: websiteHosts.map((name) => dns.zone.hostname(name)), bucketName: storage.website.name } }),
    });
    const records = new Construct(this, 'records');
    for (const name of hosts) dns.zone.record(records, hostId(name), { host: name, type: 'A', values: [loadBalancer.address] });

    this.output('ADDRESS', loadBalancer.address, 'Global IPv4 address of the load balancer');
    this.output('URL', `https://${host}`, 'Where the server answers');
    this.output('GROUP', servers.name, 'Managed instance group: what a rolling replacement is given');
    this.output('SERVER_SA_EMAIL', identity.email, 'Service account of the machines');
  }
}
