import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Values that are nowhere else, and where they have been seen: in files, and in the arguments of any process of this machine while a program ran. */
export class Planted {
  readonly folder = mkdtempSync(join(tmpdir(), 'planted-'));
  private readonly mark = `planted-${Math.random().toString(16).slice(2, 10)}`;

  constructor() {
    for (const name of ['bin', 'seen', 'received']) mkdirSync(join(this.folder, name));
  }

  /** The value of a secret. */
  value(name: string): string {
    return `${this.mark}-${name}`;
  }

  /** A program in front of others of its name, which notes all arguments that there are and then does this. `$here` is the folder. */
  program(name: string, text: string): void {
    const file = join(this.folder, 'bin', name);
    const note = `here='${this.folder}'\nfor one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' 2>/dev/null <"$one"; echo; done 2>/dev/null >"$here/seen/${name}-$$"`;
    writeFileSync(file, `#!/bin/sh\n${note}\n${text}\n`);
    chmodSync(file, 0o755);
  }

  get path(): string {
    return `${join(this.folder, 'bin')}:${process.env.PATH}`;
  }

  /** What programs were given by standard input, as they kept it. */
  get received(): string {
    return [...files(join(this.folder, 'received'))].map(([, text]) => text).join('\n');
  }

  /** Files below a folder that hold a value, plainly or encoded and compressed. */
  foundIn(folder: string): string[] {
    return [...files(folder)].filter(([, text]) => this.isIn(text)).map(([file]) => file);
  }

  isIn(text: string): boolean {
    return [text, ...[...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([run]) => unpacked(Buffer.from(run, 'base64')))].some((one) =>
      one.includes(this.mark),
    );
  }
}

function* files(folder: string): Generator<[string, string]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && !entry.parentPath.includes('/.terraform'))
      yield [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'latin1')];
}

function unpacked(bytes: Buffer): string {
  if (bytes.length < 2 || bytes.readUInt16BE() !== 0x1f8b) return bytes.toString('latin1');
  try {
    return gunzipSync(bytes).toString('latin1');
  } catch {
    return ''; // it only begins like one
  }
}
