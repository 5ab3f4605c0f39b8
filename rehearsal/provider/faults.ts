import { isRecord, type Value } from './values';

/** A failure on request: the next call that fits is refused, once. */
export interface Fault {
  readonly type: string;
  readonly on: 'plan' | 'apply' | 'read';
  /** Arguments that the resource must have; a number fits the same number written as text. */
  readonly where: Readonly<Record<string, unknown>>;
  /** What the error calls it. */
  readonly label: string;
}

export class Faults {
  private armed: readonly Fault[] = [];

  arm(fault: Fault): void {
    this.armed = [...this.armed, fault];
  }

  /** The fault that strikes this call; it is spent then. */
  strike(on: Fault['on'], type: string, values: Value): Fault | undefined {
    const fault = this.armed.find((each) => each.on === on && each.type === type && fits(each.where, values));
    this.armed = this.armed.filter((each) => each !== fault);
    return fault;
  }
}

function fits(where: unknown, values: unknown): boolean {
  if (Array.isArray(where)) return Array.isArray(values) && where.length === values.length && where.every((each, i) => fits(each, values[i]));
  if (typeof where === 'object' && where !== null) return isRecord(values) && Object.entries(where).every(([name, each]) => fits(each, values[name]));
  return where === values || (where !== null && where !== undefined && typeof values !== 'object' && String(where) === String(values));
}
