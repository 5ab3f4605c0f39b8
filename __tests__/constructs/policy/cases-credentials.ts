import { type Case, context } from './cases';

/** What Terraform keeps in a state that is somebody's file. */

const labels = { estate: 'moshi', environment: 'prod', stack: 'server' };
const here = { ...context, hasLocalState: true };
const cluster = {
  label: 'vulpine',
  region: 'us-east',
  k8s_version: '1.33',
  pool: [{ type: 'g6-standard-4', count: 2 }],
  tags: Object.entries(labels).map(([key, value]) => `${key}:${value}`),
  lifecycle: { prevent_destroy: true },
};
const rule = 'any-credentials-not-local';
const unchanged = () => {};

export const credentialCases: readonly Case[] = [
  {
    rule,
    change: 'its state is local',
    type: 'linode_lke_cluster',
    good: cluster,
    breakIt: unchanged,
    brokenContext: here,
    remedy: 'keeps its kubeconfig in the state',
  },
  {
    rule,
    change: 'the key of a bucket is in a local state',
    type: 'linode_object_storage_key',
    good: { label: 'media' },
    breakIt: unchanged,
    brokenContext: here,
    remedy: "set the estate's shared.backend to gcs or s3, or TF_CLOUD_ORGANIZATION: Terraform keeps its secret_key",
  },
];
