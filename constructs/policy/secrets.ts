import { gunzipSync } from 'node:zlib';
import { type Block, isReference } from './blocks';

/** Arguments, metadata keys and environment variables that carry a secret. An argument called just `secret` names one. */
const SECRET_NAME =
  /(?:^|[_.-])(?:pass|passwd|password|passphrase|private[_-]?key|secret[_-]?key|secret_key_base|access[_-]?key|api[_-]?key|token|credentials|auth_string|secret_data|secret_string|secret_binary)$|[_.-]secret$/i;

/** Variables of containers that hold a secret, as programs call them; one that names a file holds none. */
export const SECRET_VARIABLE =
  /(^|_)(PASS|PASSWD|PASSWORD|SECRET|TOKEN|PRIVATE_KEY|SECRET_KEY_BASE|ACCESS_KEY|ACCESS_KEY_ID|API_KEY|PRIMARY_KEY|DETERMINISTIC_KEY|DERIVATION_SALT)$/;

/** Values that are a secret whatever they are called: keys, tokens, a password in a URL. */
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|:\/\/[^\s:@/]*:[^\s:@/$]+@/;

/** Values that are no secret: names of secrets in a secret manager, files, switches. */
const HARMLESS_VALUE = /^(?:projects\/[^/]+\/secrets\/|arn:|secretsmanager:|\/(?:etc|home|mnt|opt|run|secrets|srv|var)\/|(?:true|false|yes|no|null|none)$)/i;

/** `NAME=value` in a script, `NAME: value` in a configuration. */
const ASSIGNMENT = /^[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?["']?([A-Za-z0-9_]+)["']?[ \t]*(?:=|:[ \t])[ \t]*["']?([^\s"']+)/gm;

/** What a script computes is in no file: `$(...)`, `"$1"`, `read_token()`; nor is it what begins an object. */
const COMPUTED = /^[$`<|>]|[([]|^\{$/;

/** The first place in a resource's arguments where a secret stands in plain text, or undefined. */
export function plainSecret(config: Block): string | undefined {
  return search(config, '');
}

function search(value: unknown, name: string): string | undefined {
  if (typeof value === 'string') return isPlainSecret(name, value) ? name : secretInText(name, value);
  if (Array.isArray(value)) return first(value, (entry) => search(entry, name));
  if (typeof value !== 'object' || value === null) return undefined;
  const { name: variable, value: content } = value as Block;
  if (typeof variable === 'string' && typeof content === 'string' && isPlainSecret(variable, content)) return variable;
  return first(Object.entries(value), ([key, entry]) => search(entry, key));
}

function isPlainSecret(name: string, value: string): boolean {
  return value !== '' && !isReference(value) && (name === 'SECRET' || SECRET_NAME.test(name)) && !HARMLESS_VALUE.test(value);
}

function secretInText(name: string, value: string): string | undefined {
  const text = decoded(value);
  if (SECRET_VALUE.test(text)) return name;
  return first([...text.matchAll(ASSIGNMENT)], ([, variable = '', content = '']) =>
    isPlainSecret(variable, content) && !COMPUTED.test(content) ? `${name}: ${variable}` : undefined,
  );
}

/** User data is often encoded, and compressed before; anything else passes through. */
function decoded(value: string): string {
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]{16,}={0,2}$/.test(value)) return value;
  return unpacked(Buffer.from(value, 'base64')).toString('latin1');
}

function unpacked(bytes: Buffer): Buffer {
  if (bytes.readUInt16BE() !== 0x1f8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 2 ** 24 });
  } catch {
    return bytes; // it only looks like gzip
  }
}

function first<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
