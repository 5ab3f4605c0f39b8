import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { Fn } from 'cdktf';
import type { EstateStack } from '../core/estate-stack';

/** Names of things by which others find them. */
export type Labels = Readonly<Record<string, string>>;

/**
 * For {@link EstateStackProps.providers}: the kubernetes provider, by somebody's kubeconfig.
 * @param kubeconfig Base64 of it, as the stack sees it: never a value that stands in the JSON.
 */
export function kubernetes(kubeconfig: (stack: EstateStack) => string): (stack: EstateStack) => void {
  return (stack) => {
    const config = Fn.yamldecode(Fn.base64decode(kubeconfig(stack)));
    const cluster = Fn.lookupNested(config, ['clusters', 0, 'cluster']);
    new KubernetesProvider(stack, 'kubernetes', {
      host: Fn.lookupNested(cluster, ['server']),
      clusterCaCertificate: Fn.base64decode(Fn.lookupNested(cluster, ['certificate-authority-data'])),
      token: Fn.lookupNested(config, ['users', 0, 'user', 'token']),
    });
  };
}

/** The estate's labels: the provider has no default labels, so that everything says them. */
export const labelsOf = (stack: EstateStack): Record<string, string> => ({ ...stack.labels });
