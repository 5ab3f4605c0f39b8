import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
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
  const temporary = temporaryFolder(resolve(env.TMPDIR || tmpdir())); // a relative one means something else in each stack's folder
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  if (!keep) return { folder: temporary, sockets: temporary, remove };

  const folder = resolve(keep);
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
    remove();
    throw new UsageError(`--keep ${keep}: is not empty; name a new one`);
  }
  mkdirSync(folder, { recursive: true });
  return { folder, sockets: temporary, remove };
}

function temporaryFolder(parent: string): string {
  if (parent.length > 70) throw new UsageError(`TMPDIR=${parent}: too long, the paths of sockets in it have at most 100 characters; choose a shorter one`);
  try {
    return mkdtempSync(join(parent, 'rehearsal-'));
  } catch (error) {
    throw new UsageError(`TMPDIR=${parent}: ${(error as Error).message}`);
  }
}
