import type { VulpineConfig } from '../../../config/vulpine';
import type { MachineFile } from '../../../constructs/core/cloud-config';
import { CONTAINERS } from '../containers/table';
import { layoutOf } from '../multi-server/layout';
import { hostName } from '../names';
import { hostOptions } from './parts';
import { hostFiles, SETUP } from './user-data';

/** How one host is set up. */
export interface HostSetup {
  /** Its DNS name. */
  readonly host: string;
  /** Who logs in, and may be root there. */
  readonly user: string;
  readonly files: readonly MachineFile[];
  /** What root runs there when the files are there. */
  readonly command: readonly string[];
}

/** Every host, by its label. */
export function hostSetups(config: VulpineConfig): ReadonlyMap<string, HostSetup> {
  const { shared, prod } = config;
  const layouts = prod.topology === 'multi-server' ? layoutOf(CONTAINERS, prod) : undefined;
  return new Map(
    Object.keys(prod.hosts).map((label) => {
      const options = hostOptions(config, layouts?.get(label)?.placed);
      return [label, { host: hostName(label, shared.domain), user: options.admin, files: hostFiles(options), command: SETUP }];
    }),
  );
}
