import type { BackupConfig } from '../../../config/vulpine/backup';
import { stackName } from '../../../constructs/core/naming';
import type { Need } from '../../../constructs/core/need';
import { backupSecrets } from '../backup/secrets';
import { SECRETS, type Secret } from '../containers/secrets';
import type { SecretGroup } from '../containers/spec';
import { BACKUP_SECRET } from './backup';
import { namespaceOf } from './names';

/** How people are told of an instance's backups; nothing where none are sent away. */
export function backupSecretsOf(instances: Readonly<Record<string, unknown>>, backup: BackupConfig): Need[] {
  return Object.keys(instances).flatMap((instance) => backupSecrets(backup).map((secret) => needOf(instance, BACKUP_SECRET, secret)));
}

/** Secrets of instances in a cluster: one for each group, in the instance's namespace. */
export function secretsOf(instances: Readonly<Record<string, unknown>>, groups: readonly SecretGroup[]): Need[] {
  return Object.keys(instances).flatMap((instance) => groups.flatMap((group) => SECRETS[group].map((secret) => needOf(instance, group, secret))));
}

const needOf = (instance: string, secret: string, { name, is, from }: Secret): Need => ({
  kind: 'secret',
  type: 'kubernetes',
  environment: 'prod',
  name: `${instance}/${name}`,
  stack: stackName('vulpine', 'workloads', 'prod'),
  is,
  from: from.replaceAll('<instance>', instance),
  namespace: namespaceOf(instance),
  secret,
  key: name,
});
