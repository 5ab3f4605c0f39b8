import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { Namespace } from './namespace';
import { type Labels, labelsOf } from './provider';

/** Who is at the other end. */
export type End =
  /** Pods with these labels; of that namespace, by its name. @default of the policy's own */
  { readonly pods: Labels; readonly namespace?: string } | { readonly network: string; readonly except?: readonly string[] };

export interface Way {
  readonly ends: readonly End[];
  /** @default all of them */
  readonly ports?: readonly { readonly port: number; readonly protocol: 'TCP' | 'UDP' }[];
}

export interface TrafficPolicyProps {
  readonly namespace: Namespace;
  readonly name: string;
  /** Labels of the pods that it is about. */
  readonly pods: Labels;
  /** Who comes to them. @default nobody */
  readonly inward?: readonly Way[];
  /** Whom they ask. @default nobody */
  readonly outward?: readonly Way[];
}

/** Lets through what pods need, and nothing else: a connection needs the policies at both of its ends. */
export class TrafficPolicy extends Construct {
  constructor(scope: Construct, id: string, { namespace, name, pods, inward = [], outward = [] }: TrafficPolicyProps) {
    super(scope, id);
    new NetworkPolicyV1(this, 'resource', {
      metadata: { name, namespace: namespace.reference, labels: labelsOf(EstateStack.of(this)) },
      spec: {
        podSelector: { matchLabels: { ...pods } },
        policyTypes: ['Ingress', 'Egress'],
        ...(inward.length > 0 && { ingress: inward.map(({ ends, ports }) => ({ from: ends.map(peer), ...portsOf(ports) })) }),
        ...(outward.length > 0 && { egress: outward.map(({ ends, ports }) => ({ to: ends.map(peer), ...portsOf(ports) })) }),
      },
    });
  }
}

function peer(end: End) {
  if ('network' in end) return { ipBlock: { cidr: end.network, ...(end.except && { except: [...end.except] }) } };
  return {
    podSelector: { matchLabels: { ...end.pods } },
    // a label that every namespace has by itself, and nobody can give to another
    ...(end.namespace !== undefined && { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': end.namespace } } }),
  };
}

const portsOf = (ports: Way['ports']) => (ports ? { ports: ports.map(({ port, protocol }) => ({ port: `${port}`, protocol })) } : {});
