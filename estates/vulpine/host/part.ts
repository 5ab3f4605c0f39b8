import type { MachineFile } from '../../../constructs/core/cloud-config';

/** What one concept wants of a host. Setting the host up, at its first start or later, does all of it. */
export interface HostPart {
  readonly files: readonly MachineFile[];
  /** Root's folders that containers mount; only root looks into them. @default none */
  readonly folders?: readonly string[];
  /** Debian packages. @default none */
  readonly packages?: readonly string[];
  /** Units of systemd that start at once, and with the host. @default none */
  readonly units?: readonly string[];
}

/** A file's content, each a line. */
export const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;
