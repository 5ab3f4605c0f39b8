/** The part of Google's Common Expression Language that conditions here use: enough to ask what an expression admits. */

type Scope = Readonly<Record<string, unknown>>;
type Evaluate = (scope: Scope) => unknown;

const TOKEN = /\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|&&|\|\||==|!=|[()[\],.!?:+]|[A-Za-z_]\w*)/y;

/** Evaluates `expression` over `scope`. An absent field is an error, as it is for Google, unless `has()` asks for it. */
export function cel(expression: string, scope: Scope): unknown {
  return new Parser(tokens(expression)).whole()(scope);
}

function tokens(expression: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(expression)?.[1];
    if (token === undefined) throw new Error(`not in this part of CEL: ${expression.slice(start)}`);
    found.push(token);
  }
  return found;
}

const METHODS: Readonly<Record<string, (text: string, argument: string, second?: unknown) => unknown>> = {
  startsWith: (text, prefix) => text.startsWith(prefix),
  endsWith: (text, suffix) => text.endsWith(suffix),
  // IAM's own, of the request: absent attributes are what the second argument says
  getAttribute: (attributes, name, otherwise) => (attributes as unknown as Scope)[name] ?? otherwise,
  hasOnly: (list, allowed) => [...list].every((one) => allowed.includes(one)),
  // IAM's own: the part of the text where the template has {name}, up to what follows it; empty when it does not match
  extract: (text, template) => {
    const [before = '', after = ''] = template.split(/\{\w+\}/);
    const start = text.indexOf(before);
    if (start < 0) return '';
    const rest = text.slice(start + before.length);
    return after ? rest.slice(0, Math.max(0, rest.indexOf(after))) : rest;
  },
};

class Parser {
  private at = 0;

  constructor(private readonly list: readonly string[]) {}

  whole(): Evaluate {
    const expression = this.conditional();
    if (this.at < this.list.length) throw new Error(`more after the end: ${this.list.slice(this.at).join(' ')}`);
    return expression;
  }

  private take(token: string): boolean {
    if (this.list[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private need(token: string): void {
    if (!this.take(token)) throw new Error(`expected ${token}, found ${this.list[this.at]}`);
  }

  private conditional(): Evaluate {
    const condition = this.or();
    if (!this.take('?')) return condition;
    const yes = this.or();
    this.need(':');
    const no = this.conditional();
    return (scope) => (condition(scope) ? yes(scope) : no(scope));
  }

  private or(): Evaluate {
    const left = this.and();
    if (!this.take('||')) return left;
    const right = this.or();
    return (scope) => Boolean(left(scope)) || Boolean(right(scope));
  }

  private and(): Evaluate {
    const left = this.relation();
    if (!this.take('&&')) return left;
    const right = this.and();
    return (scope) => Boolean(left(scope)) && Boolean(right(scope));
  }

  private relation(): Evaluate {
    const left = this.sum();
    if (this.take('==')) return this.compare(left, (a, b) => a === b);
    if (this.take('!=')) return this.compare(left, (a, b) => a !== b);
    if (this.take('in')) return this.compare(left, (a, b) => (b as unknown[]).includes(a));
    return left;
  }

  private compare(left: Evaluate, by: (a: unknown, b: unknown) => boolean): Evaluate {
    const right = this.sum();
    return (scope) => by(left(scope), right(scope));
  }

  /** Of text only. */
  private sum(): Evaluate {
    const left = this.unary();
    if (!this.take('+')) return left;
    const right = this.sum();
    return (scope) => `${left(scope)}${right(scope)}`;
  }

  private unary(): Evaluate {
    if (!this.take('!')) return this.member();
    const operand = this.unary();
    return (scope) => !operand(scope);
  }

  private member(): Evaluate {
    let value = this.primary();
    while (this.take('.')) {
      const name = this.list[this.at++] as string;
      const object = value;
      if (this.take('(')) {
        const method = METHODS[name];
        if (!method) throw new Error(`no method ${name}`);
        const argument = this.conditional();
        const second = this.take(',') ? this.conditional() : undefined;
        this.need(')');
        value = (scope) => method(object(scope) as string, argument(scope) as string, second?.(scope));
      } else {
        value = (scope) => field(object(scope), name);
      }
    }
    return value;
  }

  private primary(): Evaluate {
    const token = this.list[this.at++] ?? 'the end';
    if (/^['"]/.test(token)) return () => token.slice(1, -1).replace(/\\(.)/g, '$1');
    if (token === '(') {
      const inner = this.conditional();
      this.need(')');
      return inner;
    }
    if (token === '[') {
      const items: Evaluate[] = [];
      while (!this.take(']')) {
        items.push(this.conditional());
        this.take(',');
      }
      return (scope) => items.map((item) => item(scope));
    }
    if (token === 'has' && this.take('(')) {
      const asked = this.conditional();
      this.need(')');
      return (scope) => {
        try {
          asked(scope);
          return true;
        } catch {
          return false;
        }
      };
    }
    return (scope) => field(scope, token);
  }
}

function field(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !(name in object)) throw new Error(`no such field: ${name}`);
  return (object as Scope)[name];
}
