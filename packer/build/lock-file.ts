import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as z from 'zod';
import { UsageError } from '../../rehearsal/runner/failure';

/** What is locked, in words and in the file. */
export interface Locked<H extends { readonly pid: number }> {
  /** "bake", "make up". */
  readonly what: string;
  /** Begins the message when the file cannot be written. */
  readonly unwritable: string;
  readonly schema: z.ZodType<H>;
  /** What goes on of one that was killed, and how it is ended; undefined when nothing does. */
  readonly leftOf: (held: H) => string | undefined;
}

/**
 * A file that names the process which holds something, and what would outlive it. Who looks whether it is stale and takes it does so beside
 * a second file that only one can make: between a look and the taking, another may have taken it. It is never half written, either.
 */
export class LockFile<H extends { readonly pid: number }> {
  private constructor(
    private readonly file: string,
    private readonly schema: z.ZodType<H>,
  ) {}

  /** @throws UsageError when another, or what is left of one, is under way; or when the file cannot be written */
  static take<H extends { readonly pid: number }>(file: string, held: H, { what, unwritable, schema, leftOf }: Locked<H>): LockFile<H> {
    const lock = new LockFile(file, schema);
    const taking = `${file}.taking`;
    try {
      mkdirSync(dirname(file), { recursive: true });
      if (!createdAlone(taking)) throw new UsageError(`Another ${what} has just begun. Where none has, it was killed over that: remove ${taking}.`);
      try {
        lock.refuseWhileAlive(what, leftOf);
        lock.write(held);
      } finally {
        rmSync(taking, { force: true });
      }
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError(`${unwritable}: ${(error as Error).message}`);
    }
    return lock;
  }

  /** Holds something else from now on. A full disk is no reason to leave what runs unwatched: then it says what it said before. */
  note(held: H): void {
    try {
      if (this.isOurs()) this.write(held);
    } catch {
      // as above
    }
  }

  /** A person may have removed it, and another have taken it since: that one's stays. */
  release(): void {
    if (this.isOurs()) rmSync(this.file, { force: true });
  }

  private isOurs(): boolean {
    return this.read()?.pid === process.pid;
  }

  private refuseWhileAlive(what: string, leftOf: Locked<H>['leftOf']): void {
    const held = this.read();
    if (!held) return;
    const notSo = `If that is another program by now, remove ${this.file}.`;
    if (isAlive(held.pid)) throw new UsageError(`Another ${what} is under way here, process ${held.pid}: wait for it. ${notSo}`);
    const left = leftOf(held);
    if (left !== undefined) throw new UsageError(`A ${what} was killed, and ${left}\n${notSo}`);
  }

  private write(held: H): void {
    const partial = `${this.file}.${process.pid}`;
    try {
      writeFileSync(partial, JSON.stringify(held));
      renameSync(partial, this.file);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }

  /** What holds it; undefined when it is gone or spoilt. */
  private read(): H | undefined {
    try {
      return this.schema.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      return undefined;
    }
  }
}

/** Whether there was none. */
function createdAlone(file: string): boolean {
  try {
    writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param pid Of a process; negative, of a group. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
