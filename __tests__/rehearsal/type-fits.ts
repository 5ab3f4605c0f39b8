import type { Type } from '../../rehearsal/provider/schema';
import { isRecord, Unknown, type Value } from '../../rehearsal/provider/values';

/** Whether Terraform would take the value as one of the type: known, and with every attribute an object has, and no other. */
export function fits(type: Type, value: Value): boolean {
  if (value === null) return true;
  if (value instanceof Unknown) return false;
  if (type === 'string') return typeof value === 'string';
  if (type === 'number') return typeof value === 'number';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'dynamic') return Array.isArray(value) && value.length === 2;
  if (type[0] === 'object') {
    const names = Object.keys(type[1]);
    return (
      isRecord(value) && Object.keys(value).length === names.length && names.every((name) => name in value && fits(type[1][name] as Type, value[name] as Value))
    );
  }
  if (type[0] === 'tuple') return Array.isArray(value) && type[1].every((each, i) => fits(each, value[i] as Value));
  const element = type[1] as Type;
  if (type[0] === 'map') return isRecord(value) && Object.values(value).every((each) => fits(element, each));
  return Array.isArray(value) && value.every((each) => fits(element, each));
}
