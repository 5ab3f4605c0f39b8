import { linkSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from '../../../scripts/support/whole-file';

const temporary = () => mkdtempSync(join(tmpdir(), 'whole-'));

test('a reader of the old text keeps it, and nothing else is left in the folder', () => {
  const folder = temporary();
  writeWhole(join(folder, 'a/b/file'), 'old');
  linkSync(join(folder, 'a/b/file'), join(folder, 'before'));
  writeWhole(join(folder, 'a/b/file'), 'new');
  expect([readFileSync(join(folder, 'before'), 'utf8'), readFileSync(join(folder, 'a/b/file'), 'utf8')]).toEqual(['old', 'new']);
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['file']);
});

test('a link stays one, and a mode stays', () => {
  const folder = temporary();
  writeFileSync(join(folder, 'real'), 'old', { mode: 0o600 });
  symlinkSync('real', join(folder, 'link'));
  writeWhole(join(folder, 'link'), 'new');
  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  expect(statSync(join(folder, 'real')).mode & 0o777).toBe(0o600);
});
