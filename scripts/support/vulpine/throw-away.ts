import { createECDH, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { CHALLENGES, privateFiles } from '../../../estates/vulpine/compose/private-files';
import { UsageError } from '../../../rehearsal/runner/failure';
import { outputOf } from '../command';

/** Who reads them in the container: its root, which has no right to others' files. */
const IS_ROOT = process.getuid?.() === 0;

export interface Made {
  /** Files that are there now, by path from the folder. */
  readonly written: string[];
  /** Files that were there before, and stayed. */
  readonly kept: string[];
}

/** Gives every secret of these instances a value for a run on one's own machine, and every domain a certificate that nobody vouches for. What is there stays. */
export function makeThrowAway(folder: string, instances: readonly string[]): Made {
  const made: Made = { written: [], kept: [] };
  for (const { secrets, certificate } of instances.map(privateFiles)) {
    const pair = vapid(secrets.filter(({ path }) => !existsSync(join(folder, path))).map(({ name }) => name));
    for (const { name, path } of secrets) write(made, folder, path, () => pair.get(name) ?? randomBytes(32).toString('hex'));
    const { domain, path, settings } = certificate;
    write(made, folder, path, () => selfSigned(domain));
    write(made, folder, settings.path, () => settings.content);
  }
  open(folder, CHALLENGES);
  return made;
}

function write({ written, kept }: Made, folder: string, file: string, value: () => string): void {
  if (existsSync(join(folder, file))) {
    kept.push(file);
    return;
  }
  open(folder, dirname(file));
  writeFileSync(join(folder, file), value(), { mode: IS_ROOT ? 0o600 : 0o644, flag: 'wx' });
  written.push(file);
}

/** Makes a folder that the container's root looks into also where it is not that root's, in one that is closed to everybody else here. */
function open(folder: string, below: string): void {
  const [closed = '', ...inner] = normalize(below).split('/');
  mkdirSync(join(folder, below), { recursive: true });
  chmodSync(join(folder, closed), 0o700);
  for (const [i] of inner.entries()) chmodSync(join(folder, closed, ...inner.slice(0, i + 1)), 0o755);
}

const VAPID = ['VAPID_PRIVATE_KEY', 'VAPID_PUBLIC_KEY'];

/** The two keys belong together: they are made at the same time or not at all. */
function vapid(missing: readonly string[]): ReadonlyMap<string, string> {
  const wanted = VAPID.filter((name) => missing.includes(name));
  if (wanted.length === 0) return new Map();
  if (wanted.length === 1) throw new UsageError(`${wanted[0]} is missing, and the other key of the pair is there: add it, or remove the other one, too.`);
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  // what Mastodon's library reads: base64 for addresses, with its padding
  const text = (key: Buffer) => key.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const key = pair.getPrivateKey();
  return new Map([
    ['VAPID_PRIVATE_KEY', text(Buffer.concat([Buffer.alloc(32 - key.length), key]))],
    ['VAPID_PUBLIC_KEY', text(pair.getPublicKey())],
  ]);
}

/** Key and certificate, as nginx takes both from one file. */
function selfSigned(domain: string): string {
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '365', '-keyout', '-', '-out', '-'];
  const names = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`];
  return outputOf('openssl', ['req', '-x509', ...made, ...names], 'install OpenSSL');
}
