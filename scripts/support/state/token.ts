import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Terraform goes when nobody names a host. */
export const PUBLIC_HOST = 'app.terraform.io';

/** The command that gets a token. */
export function loginTo(hostname: string): string {
  return hostname === PUBLIC_HOST ? 'terraform login' : `terraform login ${hostname}`;
}

/** The token that Terraform would show the host: from TF_TOKEN_..., `terraform login`, or the settings file. Undefined where there is none. */
export function tokenFor(hostname: string, env: NodeJS.ProcessEnv): string | undefined {
  // as Terraform names it: a dot is an underscore, a hyphen two
  const variable = `TF_TOKEN_${hostname.replaceAll('-', '__').replaceAll('.', '_')}`;
  const home = env.HOME ?? homedir();
  return (
    env[variable] ||
    loggedIn(join(home, '.terraform.d/credentials.tfrc.json'), hostname) ||
    inSettings(env.TF_CLI_CONFIG_FILE || join(home, '.terraformrc'), hostname)
  );
}

function loggedIn(file: string, hostname: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { credentials?: Record<string, { token?: string }> }).credentials?.[hostname]?.token;
  } catch {
    return undefined; // Terraform says itself what it thinks of the file
  }
}

function inSettings(file: string, hostname: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const blocks = readFileSync(file, 'utf8').matchAll(/^\s*credentials\s+"([^"]+)"\s*\{[^}]*?\btoken\s*=\s*"([^"]+)"/gm);
  return [...blocks].find(([, host]) => host === hostname)?.[2];
}
