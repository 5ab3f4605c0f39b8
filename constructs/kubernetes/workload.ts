import { DeploymentV1 } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import { StatefulSetV1 } from '@cdktf/provider-kubernetes/lib/stateful-set-v1';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { Namespace } from './namespace';
import { type PodProps, podSpec } from './pod';
import { type Labels, labelsOf } from './provider';

export interface WorkloadProps extends PodProps {
  readonly namespace: Namespace;
  readonly replicas: number;
  /** By which its pods are found. */
  readonly labels: Labels;
  /** Changed when its files changed: its pods start again then. @default never for that */
  readonly filesHash?: string;
}

/** Linode's disks that stay when their claim goes. https://techdocs.akamai.com/cloud-computing/docs/deploy-persistent-volume-claims-with-the-block-storage-csi-driver */
const STORAGE_CLASS = 'linode-block-storage-retain';

/** A program in pods that start again: a set with disks of its own where it keeps something, and a deployment where not. */
export class Workload extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    const { name, namespace, replicas, labels, mounts = [], filesHash } = props;
    const stack = EstateStack.of(this);
    const metadata = { name, namespace: namespace.reference, labels: { ...labelsOf(stack), ...labels } };
    const claims = mounts.flatMap((mount) => ('claimGb' in mount ? [mount] : []));
    const template = {
      metadata: { labels: { ...labelsOf(stack), ...labels }, ...(filesHash !== undefined && { annotations: { 'files-hash': filesHash } }) },
      spec: {
        ...podSpec(props),
        // one node less is one replica less
        ...(replicas > 1 && {
          topologySpreadConstraint: [
            { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: [{ matchLabels: { ...labels } }] },
          ],
        }),
      },
    };
    const common = { replicas: `${replicas}`, selector: { matchLabels: { ...labels } }, template };
    // pods wait for their secrets, which somebody enters when the namespace is there
    if (claims.length === 0) {
      new DeploymentV1(this, 'resource', {
        metadata,
        waitForRollout: false,
        spec: { ...common, revisionHistoryLimit: 3, strategy: { type: 'RollingUpdate', rollingUpdate: replacement(replicas) } },
      });
    } else {
      new StatefulSetV1(this, 'resource', {
        metadata,
        waitForRollout: false,
        spec: {
          ...common,
          serviceName: name,
          updateStrategy: [{ type: 'RollingUpdate' }],
          persistentVolumeClaimRetentionPolicy: [{ whenDeleted: 'Retain', whenScaled: 'Retain' }],
          volumeClaimTemplate: claims.map(({ name: claim, claimGb }) => ({
            metadata: { name: claim, labels: labelsOf(stack) },
            spec: { accessModes: ['ReadWriteOnce'], storageClassName: STORAGE_CLASS, resources: { requests: { storage: `${claimGb}Gi` } } },
          })),
        },
        // a set's claims cannot be changed: a disk grows by its claim
        lifecycle: { preventDestroy: stack.protected, ignoreChanges: ['spec[0].volume_claim_template'] },
      });
    }
    if (replicas > 1) {
      new PodDisruptionBudgetV1(this, 'budget', { metadata, spec: { maxUnavailable: '1', selector: { matchLabels: { ...labels } } } });
    }
  }
}

/** A new pod beside the only one; of several, one goes first: there is memory for that many, and not for more. */
const replacement = (replicas: number) => (replicas === 1 ? { maxSurge: '1', maxUnavailable: '0' } : { maxSurge: '0', maxUnavailable: '1' });
