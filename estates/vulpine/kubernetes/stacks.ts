import type { Construct } from 'constructs';
import { aws } from '../../../constructs/aws/provider';
import type { EstateStack } from '../../../constructs/core/estate-stack';
import { kubernetes } from '../../../constructs/kubernetes/provider';
import { linode } from '../../../constructs/linode/provider';
import { VulpineCluster, type VulpineClusterProps } from '../cluster';
import { VulpineContent } from '../content';
import { VulpineWorkloads } from '../workloads';

/** The stacks of topology `kubernetes`. */
export function build(app: Construct, each: Omit<VulpineClusterProps, 'providers'>): void {
  const machines = new VulpineCluster(app, 'cluster', { ...each, providers: [linode()] });
  const { region, accountId } = each.config.shared.content;
  new VulpineContent(app, 'content', { ...each, zones: machines, providers: [aws({ region, ...(accountId && { accountId }) }), linode()] });
  const kubeconfig = (stack: EstateStack) => stack.read(machines.cluster.kubeconfig);
  new VulpineWorkloads(app, 'workloads', { ...each, machines, providers: [kubernetes(kubeconfig)] });
}
