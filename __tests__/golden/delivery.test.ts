import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { estates } from '../../estates/index';
import { textOf } from '../../scripts/support/delivered';
import { ROOT } from '../support/repository';

/** What goes to other repositories is committed here, so that a change shows in the review. `make golden` accepts what is there now. */
const delivering = estates.filter(({ delivery }) => delivery);

test.each(delivering.map((estate) => [estate.name, estate] as const))('%s delivers what was reviewed', (name, { schema, values, delivery }) => {
  const folder = join(ROOT, 'estates', name, 'delivery/generated');
  const files = new Map((delivery?.(schema.parse(values), {}) ?? []).map((file) => [file.path, textOf(file)]));
  if (process.env.UPDATE_GOLDEN === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const committed = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
  expect(committed.map(({ parentPath, name: file }) => join(parentPath, file).slice(folder.length + 1)).sort()).toEqual([...files.keys()].sort());
  for (const [path, text] of files) expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
});
