import type { VulpineConfig } from '../../../config/vulpine';
import { backupPart } from '../backup/part';
import type { Placed } from '../containers/plan';
import { HOST_FOLDER, hostFolder } from '../containers/secrets';
import { SECRET_GROUPS } from '../containers/spec';
import { CERTIFICATES_UNIT, certificates } from './certificates';
import { type HostPart, lines } from './part';
import { alertOf } from './told';
import type { HostOptions } from './user-data';

/** What a host is set up with, at its first start and by `make vulpine-host-setup`. `here`: what runs on it. @default all: it is the only one */
export function hostOptions(config: VulpineConfig, here?: readonly Placed[]): HostOptions {
  const { shared, prod } = config;
  const { admins, instances } = prod;
  const domains = Object.values(instances).map(({ domain }) => domain);
  const hasNginx = here === undefined || here.some(({ of }) => of === 'nginx');
  const hasDumps = here === undefined || here.some(({ of }) => of === 'dbbackup');
  return {
    admin: admins.user,
    parts: [
      here === undefined ? secrets(Object.keys(instances)) : secretsOf(here),
      ...(here === undefined ? [] : [PRIVATE_NETWORK]),
      ...(hasNginx ? [certificates({ ...prod.certificates, domains, contact: shared.contact, alert: prod.backup.alert })] : []),
      ...(hasDumps ? [backupPart(config, hasNginx ? [alertOf(CERTIFICATES_UNIT)] : [])] : []),
    ],
  };
}

/** The folders in which containers find their secrets. */
function secrets(instances: readonly string[]): HostPart {
  return { files: [], folders: instances.flatMap((name) => SECRET_GROUPS.map((group) => hostFolder(name, group))) };
}

/** The same of some containers only; where none has any, the folder in which they would be. */
function secretsOf(here: readonly Placed[]): HostPart {
  const folders = here.flatMap(({ instance, spec: { secrets: own } }) =>
    instance === undefined ? [] : (own?.groups ?? []).map((group) => hostFolder(instance, group)),
  );
  return { files: [], folders: [HOST_FOLDER, ...folders] };
}

/** Containers answer at the host's private address, which may come up after the engine: without this they would not start with the host. */
const PRIVATE_NETWORK: HostPart = {
  files: [{ path: '/etc/sysctl.d/91-vulpine-private.conf', content: lines('net.ipv4.ip_nonlocal_bind = 1'), mode: '0644' }],
};
