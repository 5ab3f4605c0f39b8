/** How what runs differs from what the stack says. */
export type How =
  /** Somebody changed it, and a deployment would change it back. */
  | 'changed'
  /** Somebody deleted it, and a deployment would make it again. */
  | 'deleted'
  /** The stack says what was not deployed yet; `what` says what a deployment would do. */
  | 'not deployed'
  /** It changed and the stack does not mind: nothing would be done about it. */
  | 'unminded';

export interface Difference {
  readonly address: string;
  readonly how: How;
  /** Attributes, with both values where they are short and no secrets; or what a deployment would do. */
  readonly what: readonly string[];
}

interface Change {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly importing?: unknown;
}

interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly mode: string;
  readonly change: Change;
}

/** The part of `terraform show -json <plan>` that is looked at. */
interface Plan {
  readonly resource_drift?: readonly ResourceChange[];
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, Change>>;
}

/** Everything in which a plan finds the world other than the stack, in Terraform's order. */
export function differencesOf(plan: unknown): Difference[] {
  const { resource_drift = [], resource_changes = [], output_changes = {} } = Object(plan) as Plan;
  const managed = resource_changes.filter(({ mode, change }) => mode === 'managed' && !isNothing(change));
  const would = new Map(managed.map((each) => [each.address, each]));
  const behind = resource_drift.filter(({ mode, change }) => mode === 'managed' && !isNothing(change)).map((each) => driftOf(each, would.get(each.address)));
  const told = new Set(behind.filter(({ how }) => how !== 'unminded').map(({ address }) => address));
  const open = managed
    .filter(({ address }) => !told.has(address))
    .map((each): Difference => ({ address: each.address, how: 'not deployed', what: doing(each) }));
  const outputs = Object.entries(output_changes).filter(([, change]) => !isNothing(change));
  // an output may only say what a resource above has become
  const own = told.size + open.length > 0 ? [] : outputs;
  const minded = new Set(open.map(({ address }) => address));
  return [
    ...behind.filter(({ how, address }) => how !== 'unminded' || !minded.has(address)),
    ...open,
    ...own.map(([name, { actions }]): Difference => ({ address: `output.${name}`, how: 'not deployed', what: [actions.join(', ')] })),
  ];
}

function isNothing({ actions, importing }: Change): boolean {
  return actions.every((action) => action === 'no-op' || action === 'read') && !importing;
}

/** What happened behind Terraform's back. @param would what a deployment would do about it */
function driftOf({ address, change }: ResourceChange, would: ResourceChange | undefined): Difference {
  if (change.actions.includes('delete')) return { address, how: would ? 'deleted' : 'unminded', what: [] };
  const seen = attributes(change);
  const planned = would ? new Set(attributes(would.change).map(({ name }) => name)) : new Set<string>();
  const minded = seen.filter(({ name }) => planned.has(name));
  return minded.length > 0
    ? { address, how: 'changed', what: minded.map(({ text }) => text) }
    : { address, how: 'unminded', what: seen.map(({ text }) => text) };
}

function doing({ change, previous_address: from }: ResourceChange): string[] {
  const has = (action: string) => change.actions.includes(action);
  const imported = change.importing ? ['import'] : [];
  if (has('create')) return [has('delete') ? 'replace' : 'create', ...(has('delete') ? attributes(change).map(({ text }) => text) : [])];
  if (has('delete')) return ['destroy'];
  if (has('forget')) return ['forget'];
  const moved = from ? [`move from ${from}`] : [];
  return [...imported, ...moved, ...(has('update') ? ['change', ...attributes(change).map(({ text }) => text)] : [])];
}

interface Attribute {
  readonly name: string;
  readonly text: string;
}

/** Attributes in which an object differs before and after: `name` or `name: before -> after`. */
function attributes({ before, after, after_unknown, before_sensitive, after_sensitive }: Change): Attribute[] {
  const [old, now, unknown] = [Object(before), Object(after), Object(after_unknown)] as Record<string, unknown>[];
  const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {}), ...Object.keys(unknown ?? {})])].sort();
  return names.flatMap((name) => {
    const isUnknown = holds(unknown?.[name]);
    if (!isUnknown && JSON.stringify(old?.[name]) === JSON.stringify(now?.[name])) return [];
    const isSecret = [before_sensitive, after_sensitive].some((mask) => mask === true || holds(Object(mask)[name]));
    return [{ name, text: isSecret ? `${name}: (sensitive)` : `${name}${isUnknown ? '' : shown(old?.[name], now?.[name])}` }];
  });
}

/** Whether a mask says yes of any of it. */
function holds(mask: unknown): boolean {
  return mask === true || (typeof mask === 'object' && mask !== null && Object.values(mask).some(holds));
}

const LONGEST = 40;

/** Both values, where a person can compare them. */
function shown(before: unknown, after: unknown): string {
  const texts = [before, after].map((value) => (value === undefined ? 'null' : JSON.stringify(value)));
  return texts.every((text) => text.length <= LONGEST) && [before, after].every(isPlain) ? `: ${texts.join(' -> ')}` : '';
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
