import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { PlacedLine, Position } from './lines';

const mark = z.object({ time: z.string(), nth: z.int() });
const position = z.object({ stdout: mark.optional(), stderr: mark.optional() });

/** Up to where an attempt's output was shipped, for an agent that is started again. */
export class PositionFile {
  private readonly file: string;
  private current: Position;

  constructor(folder: string, resultId: string) {
    this.file = join(folder, `${resultId}.logs.json`);
    try {
      this.current = position.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      this.current = {}; // from the start: repeated lines have the ids they had
    }
  }

  get position(): Position {
    return this.current;
  }

  advance(lines: readonly PlacedLine[]): void {
    for (const { line, after } of lines) this.current = { ...this.current, [line.stream]: after };
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      // Not synced: it has to survive the agent, not the machine, and is written with every batch.
      writeFileSync(`${this.file}.partial`, JSON.stringify(this.current));
      renameSync(`${this.file}.partial`, this.file);
    } catch {
      // A full disk: lines may be repeated, with their ids.
    }
  }
}
