import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { labelsOf } from './provider';

export interface NamespaceProps {
  readonly name: string;
  /** What its pods may be; `baseline` lets them start as root. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
  readonly podSecurity: 'restricted' | 'baseline';
}

/** A place of its own for pods, in which nobody reaches anybody until a {@link TrafficPolicy} says so. Holds secrets and claims: protected. */
export class Namespace extends Construct {
  readonly name: string;
  /** By reference, so that Terraform makes it before what is in it. */
  readonly reference: string;

  constructor(scope: Construct, id: string, { name, podSecurity }: NamespaceProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    this.name = name;
    const namespace = new NamespaceV1(this, 'resource', {
      metadata: { name, labels: { ...labelsOf(stack), 'pod-security.kubernetes.io/enforce': podSecurity, 'pod-security.kubernetes.io/warn': podSecurity } },
      lifecycle: { preventDestroy: stack.protected },
    });
    this.reference = namespace.metadata.name;
    new NetworkPolicyV1(this, 'deny', {
      metadata: { name: 'deny-all', namespace: this.reference, labels: labelsOf(stack) },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}
