import { gunzipSync } from 'node:zlib';
import { UsageError } from '../../../rehearsal/runner/failure';

/** Bytes that Mastodon takes of one. */
const LARGEST = 256 * 1024;
const BLOCK = 512;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** Shortcodes of a tarball for `tootctl emoji import`, which takes what it can and says nothing of the rest. @throws UsageError with every file that is wrong */
export function shortcodesIn(file: string, packed: Buffer): string[] {
  const files = entriesOf(file, packed).filter(({ type }) => type !== '5');
  const names = files.map(({ name }) => name.split('/').at(-1) ?? '');
  const problems = files.flatMap(({ name, type, content }, i) => {
    const own = names[i] as string;
    if (type !== '0') return [`${name}: not a plain file`];
    if (!/^[A-Za-z0-9_]{2,}\.png$/.test(own)) return [`${name}: must be called by its shortcode, 2 or more letters, digits and underscores, and .png`];
    if (names.indexOf(own) !== i) return [`${name}: there is another ${own}`];
    if (!content.subarray(0, PNG.length).equals(PNG)) return [`${name}: not a PNG picture, whatever its name says`];
    return content.length > LARGEST ? [`${name}: has ${content.length} bytes, and Mastodon takes ${LARGEST}`] : [];
  });
  if (problems.length > 0)
    throw new UsageError(`${file} is not usable, ${problems.length} of ${files.length} files:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  if (files.length === 0) throw new UsageError(`${file} holds no file`);
  return names.map((name) => name.slice(0, -'.png'.length)).sort();
}

/** What tells of other entries, such as long names, is left out: a shortcode is short. */
function entriesOf(file: string, packed: Buffer): Entry[] {
  let tar: Buffer;
  try {
    tar = gunzipSync(packed, { maxOutputLength: 2 ** 28 });
  } catch {
    throw new UsageError(`${file} is no .tar.gz: make one with tar --create --gzip --file=emoji.tar.gz *.png`);
  }
  const entries: Entry[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, to: number) => tar.toString('latin1', at + from, at + to).replace(/\0[\s\S]*$/, '');
    const size = Number.parseInt(field(124, 136), 8);
    if (field(257, 262) !== 'ustar' || !(size >= 0) || at + BLOCK + size > tar.length) throw new UsageError(`${file} is no whole tarball`);
    const type = field(156, 157) || '0';
    if (!'xgL'.includes(type)) entries.push({ name: field(0, 100), type, content: tar.subarray(at + BLOCK, at + BLOCK + size) });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}
