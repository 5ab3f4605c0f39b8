import { decode, ExtensionCodec, encode } from '@msgpack/msgpack';

/** A value that exists only after apply. What Terraform already knows of it (`refinements`) is passed on unread. */
export class Unknown {
  constructor(readonly refinements?: Uint8Array) {}
}

export const UNKNOWN = new Unknown();

/**
 * A Terraform value. Lists, sets and tuples are arrays, maps and objects are records.
 * A number that a double cannot hold stays the decimal text that Terraform sends; a value of dynamic type is `[type as JSON, value]`.
 */
export type Value = null | boolean | number | string | Unknown | Value[] | Values;
export interface Values {
  [name: string]: Value;
}

const UNKNOWN_EXTENSION = 0;
const REFINED_EXTENSION = 12;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: UNKNOWN_EXTENSION,
  encode: (value) => (value instanceof Unknown && !value.refinements ? new Uint8Array(1) : null),
  decode: () => UNKNOWN,
});
extensionCodec.register({
  type: REFINED_EXTENSION,
  encode: (value) => (value instanceof Unknown ? (value.refinements ?? null) : null),
  decode: (data) => new Unknown(data.slice()),
});

export function encodeValue(value: Value): Uint8Array {
  return encode(value, { extensionCodec });
}

/** No bytes at all mean null: Terraform leaves out what it has not got. */
export function decodeValue(bytes: Uint8Array | undefined): Value {
  if (!bytes?.length) return null;
  return plain(decode(bytes, { extensionCodec, useBigInt64: true }));
}

const text = new TextDecoder();

/** Only JSON types and `Unknown` remain, so that a value can be compared, hashed and written to a journal. */
function plain(value: unknown): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return text.decode(value);
  if (Array.isArray(value)) return value.map(plain);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  return value as Value;
}

/** A map or object: neither null nor unknown nor a list. */
export function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

export function isWhollyKnown(value: Value): boolean {
  if (value instanceof Unknown) return false;
  if (Array.isArray(value)) return value.every(isWhollyKnown);
  return !isRecord(value) || Object.values(value).every(isWhollyKnown);
}

/** The known part: what is unknown is left out of records and null in lists. */
export function known(value: Value): Value {
  if (value instanceof Unknown) return null;
  if (Array.isArray(value)) return value.map(known);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !(each instanceof Unknown))
      .map(([name, each]) => [name, known(each)]),
  );
}

/** Deep equality; an unknown value equals nothing, not even another one. */
export function same(a: Value, b: Value): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, i) => same(each, b[i] as Value));
  if (isRecord(a)) {
    const names = Object.keys(a);
    return isRecord(b) && names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name] as Value, b[name] as Value));
  }
  return a === b;
}
