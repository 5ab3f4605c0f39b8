import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The first path at which two folders differ, or undefined. */
export function firstDifference(one: string, other: string): string | undefined {
  const [contents, otherContents] = [filesOf(one), filesOf(other)];
  return [...new Set([...contents.keys(), ...otherContents.keys()])].sort().find((path) => contents.get(path) !== otherContents.get(path));
}

function filesOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'latin1')];
    }),
  );
}
