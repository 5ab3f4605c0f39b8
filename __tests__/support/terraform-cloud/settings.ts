import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Terraform's own settings with a token for the host; a port cannot stand in the name of a TF_TOKEN_ variable. */
export function settingsIn(folder: string, hostname: string, token: string): string {
  const file = join(folder, 'settings.tfrc');
  writeFileSync(file, `credentials "${hostname}" {\n  token = "${token}"\n}\n`, { mode: 0o600 });
  return file;
}
