import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../services/testbench/free-port';
import { answering } from './loopback';

/** Whom a private registry lets in; the hashes are what `htpasswd -B` makes of the passwords. */
export const PULLER = { username: 'puller', password: 'right password' } as const;
/** A machine of Google's, with its access token. */
export const MACHINE = { username: 'oauth2accesstoken', password: 'ya29.token-of-the-machine' } as const;
const HTPASSWD = `${PULLER.username}:$2y$05$8O0vzp/fO2wDuYH66obMNObYZ9qVMPz/qSznFtLg3JSBq8OrZ2oPa
${MACHINE.username}:$2y$05$abcdefghijklmnopqrstuubPNXC8kkVzDUOGjC8D2Hbj465ZjHASe
`;

export interface Registry {
  /** `127.0.0.1:PORT`: the first part of its images' names. */
  readonly host: string;
  close(): Promise<void>;
  /** After {@link close}: at the same place, with what it held. */
  reopen(): Promise<void>;
}

/** A Docker registry on loopback, which engines take without TLS. `private`: it lets in nobody but {@link PULLER} and {@link MACHINE}. */
export async function startRegistry({ isPrivate }: { readonly isPrivate: boolean }): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
    ...(isPrivate && { auth: { htpasswd: { realm: 'registry', path: join(folder, 'htpasswd') } } }),
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const open = async () => {
    const started = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    await answering(`http://${host}/v2/`, () => started.exitCode === null);
    return started;
  };
  let child = await open();
  return {
    host,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
    reopen: async () => {
      child = await open();
    },
  };
}
