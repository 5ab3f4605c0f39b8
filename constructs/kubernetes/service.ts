import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { Namespace } from './namespace';
import { type Labels, labelsOf } from './provider';

export interface ServiceProps {
  readonly namespace: Namespace;
  /** Its name in the namespace's DNS. */
  readonly name: string;
  /** Labels of the pods that answer. */
  readonly pods: Labels;
  readonly ports: readonly number[];
}

/** Pods by one name. */
export class Service extends Construct {
  constructor(scope: Construct, id: string, { namespace, name, pods, ports }: ServiceProps) {
    super(scope, id);
    new ServiceV1(this, 'resource', {
      metadata: { name, namespace: namespace.reference, labels: labelsOf(EstateStack.of(this)) },
      spec: { type: 'ClusterIP', selector: { ...pods }, port: ports.map(tcp) },
    });
  }
}

export interface PublicServiceProps extends ServiceProps {
  /** Numbers of Linode's, of a NodeBalancer and its firewall, as the stack sees them. */
  readonly balancer: { readonly id: string; readonly firewallId: string };
  /** Why everybody may. */
  readonly reason: string;
}

const ANNOTATION = 'service.beta.kubernetes.io/linode-loadbalancer';

/** The same for the Internet, through a NodeBalancer that is there already. https://github.com/linode/linode-cloud-controller-manager */
export class PublicService extends Construct {
  constructor(scope: Construct, id: string, { namespace, name, pods, ports, balancer, reason }: PublicServiceProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    const service = new ServiceV1(this, 'resource', {
      metadata: {
        name,
        namespace: namespace.reference,
        labels: labelsOf(stack),
        annotations: {
          [`${ANNOTATION}-nodebalancer-id`]: balancer.id,
          [`${ANNOTATION}-firewall-id`]: balancer.firewallId,
          // Terraform's to delete
          [`${ANNOTATION}-preserve`]: 'true',
          // who the client is, which the pods would not know otherwise
          [`${ANNOTATION}-default-proxy-protocol`]: 'v2',
          // a pod that asks for a name of ours goes through the NodeBalancer too: without it there is no proxy protocol
          [`${ANNOTATION}-hostname-only-ingress`]: 'true',
        },
      },
      // a node without such a pod hands nothing on: pods see the NodeBalancer itself, and believe only that who the client is
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { ...pods }, port: ports.map(tcp) },
      waitForLoadBalancer: false,
      lifecycle: { preventDestroy: stack.protected },
    });
    stack.suppress('kubernetes-no-open-load-balancer', service, reason);
  }
}

const tcp = (port: number) => ({ name: `tcp-${port}`, port, targetPort: `${port}`, protocol: 'TCP' });
