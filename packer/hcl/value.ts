/** What an attribute can hold: plain data is written as HCL literals, lists and objects; the classes below are the rest. */
export type Value = string | number | boolean | null | Expression | readonly Value[] | { readonly [key: string]: Value };

/** What a template can interpolate. Objects cannot be written on one line without upsetting `packer fmt`: keep them in a local. */
export type Interpolated = Reference | Call;

/** A piece of text with interpolations: literal text as it should be read, or an expression. */
export type Part = string | Interpolated;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Words that start or shape an expression, so that they need quotes as an object's key. */
const KEYWORDS = new Set(['true', 'false', 'null', 'for', 'in', 'if', 'else', 'endif', 'endfor']);

/** Something that is evaluated: {@link Reference}, {@link Call}, {@link Template} or {@link Heredoc}. */
export abstract class Expression {
  // Makes the type nominal: without it any object with the right fields would pass, and plain objects are values too.
  protected readonly nominal = true;
}

/** `var.project`, `source.googlecompute.image`, `local.names[0]`. */
export class Reference extends Expression {
  constructor(readonly path: string) {
    super();
    if (!/^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*|\[\d+\])*$/.test(path)) {
      throw new Error(`${JSON.stringify(path)} is not a reference: names joined by dots, with [0] for an element`);
    }
  }
}

/** `coalesce(var.version, "1")`. */
export class Call extends Expression {
  constructor(
    readonly name: string,
    readonly args: readonly Value[],
  ) {
    super();
    if (!isIdentifier(name)) throw new Error(`${JSON.stringify(name)} is not a function's name`);
  }
}

/** A quoted string with interpolations. */
export class Template extends Expression {
  readonly parts: readonly Part[];

  constructor(parts: readonly (Part | Template)[]) {
    super();
    this.parts = joined(parts.flatMap((part) => (part instanceof Template ? part.parts : [part])));
  }
}

/**
 * Lines of text as they are, between markers. Every line ends with a newline, the last one too: HCL has no other kind.
 * Inside a list or a call, where no line can end after the marker, the same value is written as a quoted string.
 */
export class Heredoc extends Expression {
  readonly parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    super();
    this.parts = joined(parts);
    const last = this.parts.at(-1);
    if (typeof last !== 'string' || !last.endsWith('\n')) throw new Error('the text of a heredoc ends with a newline; use a string for any other');
    const control = /[^\P{Cc}\t\n]|\ufeff/u.exec(this.parts.filter((part) => typeof part === 'string').join(''));
    if (control) throw new Error(`a heredoc cannot hold the control character ${JSON.stringify(control[0])}; use a string`);
  }
}

/** Literal text in one piece: what must be escaped depends on what follows it. */
function joined(parts: readonly Part[]): readonly Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (typeof part === 'string' && typeof last === 'string') whole[whole.length - 1] = last + part;
    else if (part !== '') whole.push(part);
  }
  return whole;
}

/** Tagged template: `` template`${ref('var.family')}-${version}` ``. Strings are literal text, expressions are interpolated, templates joined. */
export function template(texts: TemplateStringsArray, ...values: readonly (Part | Template)[]): Template {
  return new Template(texts.flatMap((text, i) => (i < values.length ? [text, values[i] as Part | Template] : [text])));
}

export const ref = (path: string): Reference => new Reference(path);
export const call = (name: string, ...args: readonly Value[]): Call => new Call(name, args);
export const heredoc = (...parts: readonly Part[]): Heredoc => new Heredoc(parts);

/** Whether a name can stand as it is: as an attribute, a block's type or a function. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** Whether an object's key can stand without quotes. */
export function isPlainKey(key: string): boolean {
  return IDENTIFIER.test(key) && !KEYWORDS.has(key);
}
