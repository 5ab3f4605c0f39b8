import type { Type } from './schema';
import { isRecord, UNKNOWN, type Value } from './values';

/** The value as one of that type, or unknown where it cannot be: a data source words some attributes otherwise than its resource. */
export function conform(type: Type, value: Value): Value {
  if (value === null || type === 'dynamic') return value;
  if (type === 'string') return typeof value === 'object' ? UNKNOWN : String(value);
  if (type === 'number' || type === 'bool') return typeof value === (type === 'bool' ? 'boolean' : 'number') ? value : UNKNOWN;
  if (type[0] === 'object') {
    if (!isRecord(value)) return UNKNOWN;
    return Object.fromEntries(Object.entries(type[1]).map(([name, each]) => [name, conform(each, value[name] ?? null)]));
  }
  if (type[0] === 'map') return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, conform(type[1], each)])) : UNKNOWN;
  if (!Array.isArray(value)) return UNKNOWN;
  if (type[0] === 'tuple') return value.length === type[1].length ? value.map((each, i) => conform(type[1][i] as Type, each)) : UNKNOWN;
  const element = type[1];
  return value.map((each) => conform(element, each));
}
