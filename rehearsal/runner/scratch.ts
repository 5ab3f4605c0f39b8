import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from './failure';

/** Everything a rehearsal writes. */
export interface Scratch {
  readonly folder: string;
  /** For sockets, whose paths may not be longer than about 100 characters. */
  readonly sockets: string;
  remove(): void;
}

/** @param keep A folder that stays; must be new or empty. @default a temporary one */
export function createScratch(env: NodeJS.ProcessEnv, keep?: string): Scratch {
  const temporary = mkdtempSync(join(env.TMPDIR || tmpdir(), 'rehearsal-'));
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  if (!keep) return { folder: temporary, sockets: temporary, remove };

  const folder = resolve(keep);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    remove();
    throw new UsageError(`--keep ${keep}: the folder is not empty; name a new one`);
  }
  mkdirSync(folder, { recursive: true });
  return { folder, sockets: temporary, remove };
}
