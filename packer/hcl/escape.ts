const NAMED: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Characters that nobody sees on a screen, or that change how others are shown. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The inside of a quoted string. HCL reads every string in Unicode's composed form (NFC): `e` with a combining accent comes
 * back as one letter, whoever writes it.
 *
 * @param beforeInterpolation The text is followed by `${`, so that a dollar sign at its end would make an escape of both.
 */
export function quotedText(text: string, beforeInterpolation = false): string {
  refuseBrokenText(text);
  const escaped = text
    .replace(/["\\\n\r\t]/g, (character) => NAMED[character] as string)
    .replace(INVISIBLE, unicodeEscape)
    .replace(/([$%])\{/g, '$1$1{');
  return beforeInterpolation ? escaped.replace(/\$$/, '\\u0024') : escaped;
}

/** A quoted string in plain ASCII: its width is its length whatever Unicode's tables say, so that it can be aligned. */
export function asciiText(text: string): string {
  return quotedText(text).replace(/[^\x20-\x7e]/gu, unicodeEscape);
}

/** The text between a heredoc's markers, which knows no backslash. */
export function heredocText(text: string, beforeInterpolation = false): string {
  refuseBrokenText(text);
  const escaped = text.replace(/([$%])\{/g, '$1$1{');
  return beforeInterpolation ? escaped.replace(/\$+$/, '${"$&"}') : escaped;
}

function unicodeEscape(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16);
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}

function refuseBrokenText(text: string): void {
  if (/\p{Cs}/u.test(text)) throw new Error(`${JSON.stringify(text)} holds half of a surrogate pair, which no file can hold`);
}
