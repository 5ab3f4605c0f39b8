import type { Attributes, Block } from './body';
import { asciiText, heredocText, quotedText } from './escape';
import { Call, Expression, Heredoc, type Interpolated, isPlainKey, type Part, Reference, Template, type Value } from './value';

/** A list is written on one line while it is not longer than this. */
const ONE_LINE = 100;

/** A file: blocks, and a comment at its head. Byte for byte what `packer fmt` makes of it. */
export function writeHcl(blocks: readonly Block[], head?: string): string {
  const parts = blocks.map((each) => `${blockLines(each).join('\n')}\n`);
  return (head === undefined ? parts : [`${commentLines(head).join('\n')}\n`, ...parts]).join('\n');
}

function blockLines({ type, labels, attributes, blocks, comment }: Block): string[] {
  const head = [type, ...labels.map((label) => `"${quotedText(label)}"`)].join(' ');
  const above = comment === undefined ? [] : commentLines(comment);
  const own = attributeLines(attributes);
  const nested = blocks.flatMap((each, i) => [...(i > 0 || own.length > 0 ? [''] : []), ...blockLines(each)]);
  if (own.length + nested.length === 0) return [...above, `${head} {}`];
  return [...above, `${head} {`, ...indent([...own, ...nested]), '}'];
}

function attributeLines(attributes: Attributes): string[] {
  return assignments(Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/** `name = value` lines. `packer fmt` aligns the equals signs of neighbours whose value ends on the line where it begins. */
function assignments(entries: readonly (readonly [name: string, value: Value])[]): string[] {
  const written = entries.map(([name, value]) => ({ name, lines: valueLines(value) }));
  return written.flatMap(({ name, lines: [first = '', ...more] }, i) => {
    const width = more.length === 0 ? Math.max(...neighbours(written, i).map((each) => each.name.length)) : name.length;
    return [`${name.padEnd(width)} = ${first}`, ...more];
  });
}

/** Those around `at` with one line each, without a gap. */
function neighbours<T extends { readonly lines: readonly string[] }>(all: readonly T[], at: number): readonly T[] {
  let start = at;
  let end = at;
  while (all[start - 1]?.lines.length === 1) start--;
  while (all[end + 1]?.lines.length === 1) end++;
  return all.slice(start, end + 1);
}

function valueLines(value: Value): string[] {
  if (value instanceof Heredoc) return [heredocOf(value.parts)];
  if (value instanceof Call) return callLines(value);
  if (isList(value)) return listLines(value);
  if (isObject(value)) return objectLines(value);
  return [scalar(value)];
}

function listLines(values: readonly Value[]): string[] {
  const items = values.map(itemLines);
  const line = `[${items.join(', ')}]`;
  if (items.every(({ length }) => length === 1) && line.length <= ONE_LINE) return [line];
  return ['[', ...indent(items.flatMap(withComma)), ']'];
}

function callLines({ name, args }: Call): string[] {
  const items = args.map(itemLines);
  if (items.every(({ length }) => length === 1)) return [`${name}(${items.join(', ')})`];
  return [`${name}(`, ...indent(items.flatMap((lines, i) => (i < items.length - 1 ? withComma(lines) : lines))), ')'];
}

function objectLines(object: { readonly [key: string]: Value }): string[] {
  const entries = Object.entries(object).map(([key, value]) => [isPlainKey(key) ? key : `"${asciiText(key)}"`, value] as const);
  return entries.length === 0 ? ['{}'] : ['{', ...indent(assignments(entries)), '}'];
}

/** The lines of a value that a comma may follow. */
function itemLines(value: Value): string[] {
  return valueLines(value instanceof Heredoc ? new Template(value.parts) : value);
}

function scalar(value: string | number | boolean | null | Expression): string {
  if (value instanceof Reference) return value.path;
  if (value instanceof Template) return `"${partsText(value.parts, quotedText)}"`;
  if (value instanceof Expression) throw new Error('an expression of an unknown kind');
  if (typeof value === 'string') return `"${quotedText(value)}"`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} is not a number that HCL knows`);
  return String(value);
}

/** One "line" with newlines inside: `packer fmt` sees it so too, and nothing may indent the text. */
function heredocOf(parts: readonly Part[]): string {
  const text = partsText(parts, heredocText);
  const lines = new Set(text.split('\n').map((line) => line.trim()));
  let marker = 'EOT';
  for (let i = 1; lines.has(marker); i++) marker = `EOT${i}`;
  return `<<${marker}\n${text}${marker}`;
}

function partsText(parts: readonly Part[], escaped: (text: string, beforeInterpolation: boolean) => string): string {
  return parts.map((part, i) => (typeof part === 'string' ? escaped(part, parts[i + 1] instanceof Expression) : interpolation(part))).join('');
}

function interpolation(value: Interpolated): string {
  const [text, ...more] = itemLines(value);
  if (more.length > 0) throw new Error('an object cannot be written inside a template: put it in a local and refer to that');
  return `\${${text}}`;
}

function withComma(lines: readonly string[]): string[] {
  return lines.map((line, i) => (i === lines.length - 1 ? `${line},` : line));
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function commentLines(comment: string): string[] {
  return comment.split('\n').map((line) => `# ${line}`.trimEnd());
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isObject(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !(value instanceof Expression);
}
