import fc from 'fast-check';
import { templateText } from '../../../constructs/core/template-text';

/** What Terraform's template parser makes of text without references: the two escapes become what they stand for. */
const rendered = (text: string) => text.replace(/([$%])\1\{/g, '$1{');

test.each([
  ['echo ${HOME}', 'echo $${HOME}'],
  ['%{ if x }', '%%{ if x }'],
  ['$HOME and 100%', '$HOME and 100%'],
  ['$${twice}', '$$${twice}'],
])('%s', (text, expected) => {
  expect(templateText(text)).toBe(expected);
});

test('no interpolation or directive is left, and plain text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '%', '{', '}', 'a', '\\', '"', '\n') }), (text) => {
      const escaped = templateText(text);
      expect(escaped.replace(/[$%]{2}\{/g, '')).not.toMatch(/[$%]\{/);
      if (!/[$%]{2}\{/.test(text)) expect(rendered(escaped)).toBe(text);
    }),
  );
});
