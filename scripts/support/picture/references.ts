import { synthesizedResources } from '../../../constructs/policy/resources';
import type { PicturedStack, Resource } from './resources';
import { type Arguments, argument } from './treatment';

/** That an argument of one resource leads to another. */
export interface Reference {
  readonly at: string;
  readonly target: Resource;
}

const EXPRESSION = /\$\{[^}]*\}/g;
const ADDRESS = /(?:data\.terraform_remote_state\.([\w-]+)\.outputs\.(\w+))|((?:[a-z][a-z0-9]*_)[a-z0-9_]+\.[\w-]+)/g;

/** What leads where, inside a stack by reference, between stacks by what one publishes, or by plain names. */
export class References {
  private readonly byAddress = new Map<string, Resource>();
  private readonly byName = new Map<string, Resource>();
  private readonly stacks = new Map<string, PicturedStack>();
  private readonly states = new Map<string, string>();
  private readonly found = new Map<Resource, readonly Reference[]>();

  constructor(stacks: readonly PicturedStack[], resources: readonly Resource[]) {
    for (const stack of stacks) {
      this.stacks.set(stack.name, stack);
      for (const { type, address, path } of synthesizedResources(stack.json)) {
        if (type !== 'data.terraform_remote_state') continue;
        this.states.set(`${stack.name} ${address?.split('.').at(-1)}`, (path as string).split('/').at(-1)?.replace('state-of-', '') as string);
      }
    }
    for (const resource of resources) {
      this.byAddress.set(`${resource.stack} ${resource.address}`, resource);
      for (const name of calledBy(resource)) this.byName.set(name, resource);
    }
  }

  /** Everything that a resource leads to, in the order of its arguments. */
  of(resource: Resource): readonly Reference[] {
    let found = this.found.get(resource);
    if (!found) {
      found = this.below(resource.config, '', resource.stack).filter(({ target }) => target !== resource);
      this.found.set(resource, found);
    }
    return found;
  }

  /** What a stack's providers lead to: the machine that they work on. */
  ofProviders({ name, json }: PicturedStack): readonly Resource[] {
    return this.below((json as Arguments).provider, '', name).map(({ target }) => target);
  }

  private below(value: unknown, at: string, stack: string): Reference[] {
    if (typeof value === 'string') return this.inText(value, at, stack).map((target) => ({ at, target }));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value)
      .filter(([key]) => at !== '' || (key !== 'depends_on' && key !== 'lifecycle'))
      .flatMap(([key, inner]) => this.below(inner, at === '' ? key : `${at}.${key}`, stack));
  }

  private inText(text: string, at: string, stack: string): Resource[] {
    const referred = (text.match(EXPRESSION) ?? []).flatMap((expression) =>
      [...expression.matchAll(ADDRESS)].flatMap(([, state, output, address]) =>
        state === undefined ? (this.byAddress.get(`${stack} ${address}`) ?? []) : this.published(stack, state, output as string),
      ),
    );
    const named = text.length > LONGEST ? [] : namesIn(text.replaceAll(EXPRESSION, ''), at).flatMap((name) => this.byName.get(name) ?? []);
    return [...new Set([...referred, ...named])];
  }

  private published(stack: string, state: string, output: string): Resource[] {
    const from = this.stacks.get(this.states.get(`${stack} ${state}`) ?? '');
    const value = from && argument(from.json, `output.${output}.value`);
    return from && value !== undefined ? this.below(value, 'output', from.name).map(({ target }) => target) : [];
  }
}

/** Longer ones are programs and documents, not names. AWS's policies are the longest that hold some. */
const LONGEST = 20_000;

/** How a resource may be called in a text, as {@link namesIn} finds it. */
function calledBy({ treatment, config }: Resource): string[] {
  if (!('called' in treatment) || !treatment.called) return [];
  const { own = 'name', as } = treatment.called;
  const name = config[own];
  return typeof name === 'string' && name !== '' ? as.map((prefix) => `${prefix}${name}`) : [];
}

/** Everything in a text that may call a resource. */
function namesIn(text: string, at: string): string[] {
  const words = text.match(/[\w.()@-]+/g) ?? [];
  const pairs = [...text.matchAll(/(?=\b(\w+)\/([\w.()@-]+))/g)].map(([, folder, name]) => `${folder}/${name}`);
  const schemes = [...text.matchAll(/(gs:\/\/|:::|subscription_id=")([\w.-]+)/g)].map(([, scheme, name]) => `${scheme?.replace('"', '')}${name}`);
  const accounts = words.flatMap((word) => /^([\w-]+)@[\w.-]+\.iam\.gserviceaccount\.com$/.exec(word)?.[1] ?? []).map((name) => `account=${name}`);
  return [`${at.split('.').at(-1)}=${text}`, ...pairs, ...schemes, ...accounts];
}
