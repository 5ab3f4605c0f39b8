import fc from 'fast-check';
import { compareLids, lid } from '../../../services/contracts/lid';
import { commandMessage } from '../../../services/contracts/log-entry';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const anyLid = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 6 });
const sign = Math.sign;

/** An id counts up in base 62, so its order is that of its number, with shorter ones first. */
const numberOf = (lid: string) => [...lid].reduce((number, character) => number * 63 + ALPHABET.indexOf(character) + 1, 0);

test('ids are ordered by length, then digits before lower before upper case', () => {
  fc.assert(fc.property(anyLid, anyLid, (a, b) => expect(sign(compareLids(a, b))).toBe(sign(numberOf(a) - numberOf(b)))));
});

test.each([
  ['', '0'],
  ['9', 'a'],
  ['z', 'A'],
  ['Z', '00'],
  ['aZ', 'b0'],
])('%j is older than %j', (older, younger) => {
  expect(compareLids(older, younger)).toBeLessThan(0);
  expect(compareLids(younger, older)).toBeGreaterThan(0);
});

test('an id is no longer than those of Letterboxd can be', () => {
  expect(lid.safeParse('x'.repeat(32)).success).toBe(true);
  const follow = { type: 'FOLLOW', user: 'x'.repeat(1_000_000), entry: '0' };
  expect(commandMessage.safeParse(follow).error?.issues).toMatchObject([{ path: ['user'], message: 'longer than 32 characters' }]);
});
