import fc from 'fast-check';
import { templateText } from '../../../constructs/core/template-text';

// What Terraform makes of the result is tested with the real one, in integration/template-text.test.ts.

test.each([
  ['echo ${HOME}', 'echo $${HOME}'],
  ['%{ if x }', '%%{ if x }'],
  ['$HOME and 100%', '$HOME and 100%'],
  ['$${twice}', '$$${twice}'],
])('%s', (text, expected) => {
  expect(templateText(text)).toBe(expected);
});

test('no interpolation or directive is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '%', '{', '}', 'a', '\\', '"', '\n') }), (text) => {
      expect(templateText(text)).not.toMatch(/(^|[^$])\$\{|(^|[^%])%\{/);
    }),
    { numRuns: 2000 },
  );
});
