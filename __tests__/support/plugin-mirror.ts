import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const AWS = 'registry.terraform.io/hashicorp/aws';

/** Folder of an offline mirror of providers that has the aws provider: TF_PLUGIN_MIRROR, or else one found near the root. */
export function awsMirror(): string | undefined {
  const { TF_PLUGIN_MIRROR } = process.env;
  return (TF_PLUGIN_MIRROR ? [TF_PLUGIN_MIRROR] : mirrors()).find((folder) => existsSync(join(folder, AWS)));
}

function mirrors(): string[] {
  const args = '/ -maxdepth 4 ( -path /proc -o -path /sys ) -prune -o -type d -name registry.terraform.io -print';
  try {
    return folders(execFileSync('find', args.split(' '), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch (error) {
    return folders((error as { stdout?: string }).stdout ?? ''); // some folder may not be read; what was found before counts
  }
}

const folders = (found: string) =>
  found
    .split('\n')
    .filter(Boolean)
    .map((folder) => join(folder, '..'));
