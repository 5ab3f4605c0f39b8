import type { Kind } from './kinds';

/** A resource's arguments, as they are synthesized. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A resource that another one's argument leads to. */
export interface Mention {
  /** Where: the argument's path, `networks_advanced.0.name`. */
  readonly at: string;
  readonly by: Arguments;
  readonly target: { readonly type: string; readonly config: Arguments };
}

/** Which way the arrow of a mention points: to what is mentioned, back from it, out to the Internet by way of it, or there is none. */
export type Flow = 'to' | 'back' | 'none' | 'out';

/** How others call a resource without a reference: `topics/` before the name in a path, `topic=` for an argument that is the name. */
export interface Called {
  /** The argument that holds its name. @default name */
  readonly own?: string;
  readonly as: readonly string[];
}

interface Drawn {
  readonly called?: Called;
  /** @default to */
  readonly flow?: (mention: Mention) => Flow;
  /** What an arrow of a mention says. @default nothing */
  readonly says?: (mention: Mention) => string | undefined;
  /** Whether everybody on the Internet reaches it. @default never */
  readonly open?: (config: Arguments) => boolean;
  /** Whether others reach the Internet by it. @default never */
  readonly leadsOut?: (config: Arguments) => boolean;
}

/** A box. What stands in the same construct without being a box belongs to it. */
export interface Shown extends Drawn {
  readonly shown: Kind;
  /** One of it, in small letters below its name. */
  readonly what: string;
  /** All in one stack are one box, of this name, which says how many. @default each its own */
  readonly gathered?: string;
}

/** Belongs to the box of its construct. In a construct without a box it hands on what it mentions. */
export interface Part extends Drawn {
  readonly part: true;
}

/** Stands for whatever uses it: an account, a security group. A box only when nothing here uses it. */
export interface StandIn {
  readonly standsForUsers: true;
  /** Arguments that use it, by path. */
  readonly usedAt: RegExp;
  readonly what: string;
  readonly called?: Called;
}

/** An arrow, from what `from` mentions to everything else that it mentions. */
export interface Link {
  /** The argument that it starts at. */
  readonly from: string;
  readonly says?: (config: Arguments, at: string) => string | undefined;
  /** Arguments that are no end of it. @default none */
  readonly without?: RegExp;
  /** The arrow points the other way. @default false */
  readonly isBack?: boolean;
  /** Boxes that it leads to without naming them. @default none */
  readonly implies?: (config: Arguments, permissions: readonly string[]) => readonly Implied[];
  /** The Internet is its beginning. @default never */
  readonly fromEverybody?: (config: Arguments) => boolean;
  readonly called?: Called;
}

/** All boxes of a type. */
export interface Implied {
  readonly type: string;
  readonly says: string;
}

export interface LeftOut {
  /** Why the picture does without it. */
  readonly leftOut: string;
}

/** What the picture makes of a type of resources. */
export type Treatment = Shown | Part | StandIn | Link | LeftOut;

export const part: Part = { part: true };

/** A record of a DNS zone: an arrow from what has the name. */
export const nameIn = (zone: string): Link => ({ from: zone, isBack: true, says: () => 'named in' });

/** An argument's value by its path, through lists too: `service_config.ingress_settings`, `access_config`. */
export function argument(config: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    const one = Array.isArray(value) && !/^\d+$/.test(key) ? value[0] : value;
    return typeof one === 'object' && one !== null ? (one as Arguments)[key] : undefined;
  }, config);
}

/** Whether any text below says so. */
export function mentions(value: unknown, pattern: RegExp): boolean {
  if (typeof value === 'string') return pattern.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => mentions(inner, pattern));
}

export const EVERYBODY = /^(0\.0\.0\.0\/0|::\/0)$/;
