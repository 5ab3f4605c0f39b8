import { ExtData, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { decodeValue, encodeValue, isWhollyKnown, known, same, UNKNOWN, Unknown, type Value } from '../../rehearsal/provider/values';

const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)), // Terraform's numbers have one zero
  fc.constant(UNKNOWN),
);
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalars,
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
}));

test('a value survives the way to Terraform and back', () => {
  fc.assert(fc.property(values, (value) => expect(decodeValue(encodeValue(value))).toEqual(value)));
});

test('whole numbers beyond doubles keep every digit', () => {
  const sent = encode({ big: 9_007_199_254_740_993n, small: 5n, negative: -9_223_372_036_854_775_808n }, { useBigInt64: true });
  expect(decodeValue(sent)).toEqual({ big: '9007199254740993', small: 5, negative: '-9223372036854775808' });
});

test('the type of a dynamic value, which travels as bytes, becomes text', () => {
  expect(decodeValue(encode([new TextEncoder().encode('"string"'), 'x']))).toEqual(['"string"', 'x']);
});

test('what Terraform knows of an unknown value comes back unchanged', () => {
  const refinements = Uint8Array.of(0x81, 0x01, 0xc2);
  const decoded = decodeValue(encode(new ExtData(12, refinements)));
  expect(decoded).toBeInstanceOf(Unknown);
  expect(decodeValue(encodeValue(decoded))).toEqual(new Unknown(refinements));
});

test('no bytes are null', () => {
  expect(decodeValue(undefined)).toBeNull();
  expect(decodeValue(new Uint8Array())).toBeNull();
});

test('an unknown value equals nothing, deep down either', () => {
  expect(same({ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] })).toBe(true);
  expect(same({ a: null }, { b: null })).toBe(false);
  expect(same([UNKNOWN], [UNKNOWN])).toBe(false);
  expect(isWhollyKnown({ a: [UNKNOWN] })).toBe(false);
  expect(known({ a: UNKNOWN, b: [UNKNOWN, 1] })).toEqual({ b: [null, 1] });
});
