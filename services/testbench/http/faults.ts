import type { HttpAnswer, Outcome } from './loopback';

/**
 * What goes wrong with a request: an answer instead of the work; `drop`, `hang`: neither work nor answer; `lose-answer`, `hang-answer`: the work is
 * done, its answer never comes; or all is well, but late.
 */
export type Fault =
  | {
      readonly status: number;
      /** Seconds, of 429 and 503. */
      readonly retryAfter?: number;
      /** Whom a 429 is about, at Discord. @default 'user' */
      readonly scope?: 'user' | 'shared' | 'global';
      readonly headers?: Readonly<Record<string, string>>;
      /** @default what the server sends with this status */
      readonly body?: string | object;
    }
  | 'drop'
  | 'hang'
  | 'lose-answer'
  | 'hang-answer'
  | { readonly delayMs: number };

export type Refusal = Extract<Fault, { status: number }>;

/** A success without sense. */
export const GARBAGE: Fault = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"items":[{"id":' };

interface Rule<R> {
  readonly matches: (request: R) => boolean;
  readonly fault: Fault;
  left: number;
}

/** What goes wrong, by request. The first rule that matches decides; then {@link by}. */
export class Faults<R> {
  /** Asked for every request that no rule decides. */
  by: ((request: R) => Fault | undefined) | undefined;
  /** How many requests had one. */
  injected = 0;
  private rules: Rule<R>[] = [];

  /** The next `times` requests that match; returns what takes the rule away. */
  add(fault: Fault, matches: (request: R) => boolean = () => true, times = 1): () => void {
    const rule = { matches, fault, left: times };
    this.rules.push(rule);
    return () => {
      this.rules = this.rules.filter((other) => other !== rule);
    };
  }

  /** All is well from now on. */
  clear(): void {
    this.rules = [];
    this.by = undefined;
  }

  for(request: R): Fault | undefined {
    const rule = this.rules.find(({ matches, left }) => left > 0 && matches(request));
    if (rule) {
      rule.left -= 1;
      if (rule.left === 0) this.rules = this.rules.filter((other) => other !== rule);
    }
    const fault = rule ? rule.fault : this.by?.(request);
    if (fault !== undefined) this.injected += 1;
    return fault;
  }
}

/** Does the work, or what the fault makes of it. */
export async function underFault(fault: Fault | undefined, work: () => Promise<HttpAnswer>, refuse: (refusal: Refusal) => HttpAnswer): Promise<Outcome> {
  if (fault === undefined) return work();
  if (fault === 'drop' || fault === 'hang') return fault;
  if (fault === 'lose-answer' || fault === 'hang-answer') {
    await work();
    return fault === 'lose-answer' ? 'drop' : 'hang';
  }
  if ('delayMs' in fault) {
    await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    return work();
  }
  const answer = refuse(fault);
  const headers = { ...answer.headers, ...fault.headers };
  return fault.body === undefined ? { ...answer, headers } : { status: fault.status, headers: { ...withoutType(headers), ...fault.headers }, body: fault.body };
}

/** The body is another one: so is its type. */
function withoutType({ 'content-type': _, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}
