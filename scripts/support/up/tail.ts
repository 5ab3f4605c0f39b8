import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** Lines that are kept. */
const LAST = 15;

/** Follows a file that others write, line by line. */
export class Tail {
  private readonly file: number;
  private readonly decoder = new StringDecoder('utf8');
  private readonly buffer = Buffer.alloc(2 ** 16);
  private rest = '';
  /** Of what was shown, the end; empty lines do not count. */
  readonly last: string[] = [];

  constructor(
    path: string,
    private readonly show: (line: string) => void,
  ) {
    this.file = openSync(path, 'r');
  }

  /** What has come since. */
  read(): void {
    for (;;) {
      const length = readSync(this.file, this.buffer);
      if (length === 0) return;
      const lines = `${this.rest}${this.decoder.write(this.buffer.subarray(0, length))}`.split(/\r?\n/);
      this.rest = lines.pop() ?? '';
      for (const line of lines) this.take(line);
    }
  }

  /** Nothing more comes. */
  close(): void {
    this.read();
    if (this.rest !== '') this.take(this.rest);
    closeSync(this.file);
  }

  private take(written: string): void {
    const line = stripVTControlCharacters(written);
    this.show(line);
    if (line.trim() === '') return;
    this.last.push(line);
    this.last.splice(0, this.last.length - LAST);
  }
}
