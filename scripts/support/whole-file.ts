import { existsSync, mkdirSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes the file and the folders on the way: the old text or the new one is there, never half of it. A link and the file's mode stay. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const target = existsSync(file) ? realpathSync(file) : file;
  const mode = existsSync(file) ? statSync(target).mode : 0o644;
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, text, { mode });
  renameSync(partial, target);
}
