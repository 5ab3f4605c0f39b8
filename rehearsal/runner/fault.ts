import type { Fault } from '../provider/server';
import { UsageError } from './failure';
import type { Stacks } from './stack';

/** Where `--fail` strikes: one fault for each stack that has the address. */
export type Faults = ReadonlyMap<string, Fault>;

/** Understands `google_compute_instance.scraper@apply`; an address that no stack has is an error that lists similar ones. */
export function faultsFor(request: string, stacks: Stacks): Faults {
  const [, address, phase] = /^([^@]+)@(.+)$/.exec(request) ?? [];
  if (!address || phase !== 'apply') throw new UsageError(`--fail ${request}: expected <type>.<name>@apply, such as google_compute_instance.scraper@apply`);
  const faults = new Map<string, Fault>();
  for (const stack of stacks.values()) {
    const block = stack.resources.get(address);
    if (block) faults.set(stack.name, { type: typeOf(address), on: 'apply', where: literals(block), label: `${stack.name}: ${address}` });
  }
  if (faults.size > 0) return faults;

  const all = new Set([...stacks.values()].flatMap((stack) => [...stack.resources.keys()]));
  throw new UsageError(`--fail ${request}: no stack has ${address}; similar:\n  ${similar(address, [...all]).join('\n  ')}`);
}

function typeOf(address: string): string {
  return address.slice(0, address.indexOf('.'));
}

const META_ARGUMENTS = new Set(['provider', 'count', 'for_each']);

/** The arguments whose values are known before the apply: they tell this resource from others of its type. */
function literals(block: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const literal = (value: unknown) => (typeof value === 'string' ? !value.includes('${') : ['number', 'boolean'].includes(typeof value));
  return Object.fromEntries(Object.entries(block).filter(([name, value]) => !META_ARGUMENTS.has(name) && literal(value)));
}

/** Up to eight addresses that share the most words with the one asked for. */
function similar(address: string, candidates: readonly string[]): string[] {
  const words = (text: string) => text.toLowerCase().split(/[._-]/);
  const asked = new Set(words(address));
  const score = (candidate: string) => words(candidate).filter((word) => asked.has(word)).length;
  return [...candidates].sort((a, b) => score(b) - score(a) || a.localeCompare(b)).slice(0, 8);
}
