import fc from 'fast-check';
import { heredoc, type Part, ref, Template, type Value } from '../../../packer/hcl/value';

/** What is known to go wrong in HCL writers, alone and side by side. */
const NASTY = ['"', '\\', '$', '%', '{', '}', '${', '%{', '$${', '%%{', '\n', '\r', '\t', '\\n', '\\u0041', 'EOT', '\u0301', 'e\u0301', '=', '#', '/*', '😀'];

/** Go's normalization, which HCL applies to every text, looks at 16 bits of a letter only: U+F004B with an acute becomes K with an acute. */
export const MISCOMPOSED = /[\u{10000}-\u{10ffff}]\p{M}/u;

/** Text of nasty pieces and any characters; also the control characters, which `binary` seldom hits. */
export const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...NASTY),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCodePoint(code)),
    ),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(''))
  .filter((each) => !MISCOMPOSED.test(each));

/** Plain data without expressions. HCL compares keys in Unicode's composed form, so no two may become one. */
export const data: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.oneof(text, fc.constantFrom('for', 'true', 'plain', 'a-b', '')), tie('value')), { maxLength: 4 }).map(objectOf),
  ),
})).value;

function objectOf(entries: readonly (readonly [string, Value])[]): { readonly [key: string]: Value } {
  return Object.fromEntries(new Map(entries.map(([key, value]) => [key.normalize('NFC'), value])));
}

/** A template's parts; `var.x` is the only variable. */
export const parts: fc.Arbitrary<readonly Part[]> = fc.array(fc.oneof(text, fc.constant(ref('var.x'))), { maxLength: 5 });

export const templates = parts.map((each) => new Template(each));

/** Heredocs hold no control characters but newline and tab. */
export const heredocs = fc
  .array(
    fc.oneof(
      text.map((each) => each.replace(/[^\P{Cc}\t\n]|\ufeff/gu, '')),
      fc.constant(ref('var.x')),
    ),
    { maxLength: 5 },
  )
  .map((each) => heredoc(...each, '\n'));

/** Attributes of every kind beside each other, for their layout. */
export const attributes = fc.dictionary(fc.stringMatching(/^[a-z][a-z_-]{0,8}$/), fc.oneof(data, templates, heredocs), { maxKeys: 8 });
