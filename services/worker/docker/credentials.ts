import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { TaskFailure, textOf } from '../failure';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a registry is told about who pulls; undefined: nothing. */
export type Keyring = (registry: string) => Promise<Credentials | undefined>;

const GOOGLE = /(^|\.)gcr\.io$|\.pkg\.dev$/;

/** Google's registries take the token of the machine's account. */
export function googleKeyring(accessToken: () => Promise<string>): Keyring {
  return async (registry) => {
    if (!GOOGLE.test(registry)) return undefined;
    try {
      return { username: 'oauth2accesstoken', password: await accessToken() };
    } catch (error) {
      throw new TaskFailure('registry-denied', `there is no token for ${registry}: the metadata server gives none (${textOf(error)})`);
    }
  };
}

const authEntry = z.union([
  z.object({ username: z.string(), password: z.string() }),
  z.object({ auth: z.base64() }).transform(({ auth }) => {
    const [username = '', ...password] = Buffer.from(auth, 'base64').toString().split(':');
    return { username, password: password.join(':') };
  }),
]);
const dockerConfig = z.object({ auths: z.record(z.string(), authEntry) });

/** A file as `docker login` writes it (config.json); what it does not name is asked of `next`. */
export function fileKeyring(file: string, next: Keyring): Keyring {
  const parsed = dockerConfig.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not a Docker config.json with "auths": ${z.prettifyError(parsed.error)}`);
  return async (registry) => parsed.data.auths[registry] ?? next(registry);
}
