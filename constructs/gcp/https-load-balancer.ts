import { ComputeBackendBucket } from '@cdktf/provider-google/lib/compute-backend-bucket';
import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { ComputeGlobalAddress } from '@cdktf/provider-google/lib/compute-global-address';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import { ComputeSslPolicy } from '@cdktf/provider-google/lib/compute-ssl-policy';
import { ComputeTargetHttpProxy } from '@cdktf/provider-google/lib/compute-target-http-proxy';
import { ComputeTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-target-https-proxy';
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { CertificateMap } from './certificate-map';
import type { RateLimit } from './rate-limit';
import type { ServerGroup } from './server-group';

export interface ServerRoute {
  /** Full host name. */
  readonly host: string;
  /** Paths that reach the servers, `/call/*` for all below. Anything else is redirected to `/`. */
  readonly paths: readonly string[];
  readonly servers: ServerGroup;
  readonly rateLimit: RateLimit;
  /** Seconds that a request may take. */
  readonly timeoutSeconds: number;
}

export interface WebsiteRoute {
  /** Full host names. */
  readonly hosts: readonly string[];
  /** A bucket that everybody may read. */
  readonly bucketName: string;
}

export interface HttpsLoadBalancerProps {
  /** Stem of all names: `<stem>-um`, `<stem>-thp`, `<stem>-fwd`... */
  readonly stem: string;
  readonly certificates: CertificateMap;
  readonly server: ServerRoute;
  /** @default no website */
  readonly website?: WebsiteRoute;
}

/** A global address that serves HTTPS: one host's servers, and the website's hosts from a bucket. Port 80 only redirects. */
export class HttpsLoadBalancer extends Construct {
  /** The global IPv4 address. */
  readonly address: string;

  constructor(scope: Construct, id: string, props: HttpsLoadBalancerProps) {
    super(scope, id);
    const { stem, certificates } = props;
    const address = new ComputeGlobalAddress(this, 'address', {
      name: `${stem}-address`,
      lifecycle: { preventDestroy: EstateStack.of(this).protected }, // DNS points at it, also where somebody else keeps the zone
    });
    this.address = address.address;

    const https = new ComputeTargetHttpsProxy(this, 'https', {
      name: `${stem}-thp`,
      urlMap: this.urlMap(props).id,
      certificateMap: certificates.reference,
      sslPolicy: new ComputeSslPolicy(this, 'tls', { name: `${stem}-tls`, profile: 'MODERN', minTlsVersion: 'TLS_1_2' }).id,
      dependsOn: [...certificates.entries],
    });
    const http = new ComputeTargetHttpProxy(this, 'http', {
      name: `${stem}-http`,
      urlMap: new ComputeUrlMap(this, 'to-https', {
        name: `${stem}-to-https`,
        defaultUrlRedirect: { httpsRedirect: true, redirectResponseCode: 'MOVED_PERMANENTLY_DEFAULT', stripQuery: false },
      }).id,
    });
    const rule = { ipAddress: address.id, loadBalancingScheme: 'EXTERNAL_MANAGED', ipProtocol: 'TCP' };
    new ComputeGlobalForwardingRule(this, 'resource', { ...rule, name: `${stem}-fwd`, target: https.id, portRange: '443' });
    new ComputeGlobalForwardingRule(this, 'forward-http', { ...rule, name: `${stem}-fwd-http`, target: http.id, portRange: '80' });
  }

  private urlMap({ stem, server, website }: HttpsLoadBalancerProps): ComputeUrlMap {
    const toServerHost = { hostRedirect: server.host, pathRedirect: '/', httpsRedirect: true, stripQuery: true, redirectResponseCode: 'FOUND' };
    const servers = this.backendService(stem, server);
    return new ComputeUrlMap(this, 'routes', {
      name: `${stem}-um`,
      defaultUrlRedirect: toServerHost,
      hostRule: [{ hosts: [server.host], pathMatcher: 'server' }, ...(website ? [{ hosts: [...website.hosts], pathMatcher: 'website' }] : [])],
      pathMatcher: [
        {
          name: 'server',
          defaultUrlRedirect: toServerHost,
          pathRule: [
            {
              paths: [...server.paths],
              service: servers.id,
              routeAction: {
                corsPolicy: {
                  allowOrigins: [`https://${server.host}`],
                  allowMethods: ['GET', 'POST', 'OPTIONS'],
                  allowHeaders: ['Authorization', 'Content-Type'],
                  maxAge: 3600,
                  disabled: false,
                },
              },
            },
          ],
        },
        ...(website ? [{ name: 'website', defaultService: this.backendBucket(stem, website).id }] : []),
      ],
    });
  }

  private backendService(stem: string, { servers, rateLimit, timeoutSeconds }: ServerRoute): ComputeBackendService {
    return new ComputeBackendService(this, 'servers', {
      name: `${stem}-bs`,
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      protocol: 'HTTP',
      portName: servers.portName,
      timeoutSec: timeoutSeconds,
      securityPolicy: rateLimit.id,
      healthChecks: [servers.healthCheck],
      backend: [{ group: servers.instanceGroup, balancingMode: 'UTILIZATION', capacityScaler: 1 }],
      logConfig: { enable: true, sampleRate: 1 },
    });
  }

  private backendBucket(stem: string, { bucketName }: WebsiteRoute): ComputeBackendBucket {
    return new ComputeBackendBucket(this, 'website', { name: `${stem}-website`, bucketName, enableCdn: true });
  }
}
