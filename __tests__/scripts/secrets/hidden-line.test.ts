import { HiddenLine } from '../../../scripts/support/secrets/hidden-line';

/** What becomes of keys, as they arrive. */
function typed(...chunks: string[]): { state: string; value: string; dropped: boolean } {
  const line = new HiddenLine();
  let state = 'more';
  for (const chunk of chunks) state = line.feed(chunk);
  return { state, value: line.value, dropped: line.dropped };
}

test.each([
  ['a value and Enter', ['secret\r'], 'secret'],
  ['in pieces', ['se', 'cr', 'et', '\r'], 'secret'],
  ['Backspace, of both kinds', ['secrex\x7ft\b\x7fet\r'], 'secret'],
  ['Backspace beyond the beginning', ['\x7f\x7fa\r'], 'a'],
  ['Backspace over what is more than one unit', ['a😀\x7fb\r'], 'ab'],
  ['Ctrl-U', ['wrong\x15right\r'], 'right'],
  ['blanks, quotes and signs', [`  '"$HOME=\`x\` \\n \r`], `  '"$HOME=\`x\` \\n `],
  ['arrow keys and Delete, which mean nothing', ['a\x1b[D\x1bOA\x1b[3~b\x1b[1;5Cc\r'], 'abc'],
  ['an arrow key in two pieces', ['a\x1b', '[Db\r'], 'ab'],
  ['the Escape key alone', ['a\x1b', 'bc\r'], 'abc'],
  ['Ctrl-D behind something, and other control keys', ['ab\x04\x01c\r'], 'abc'],
  ['a tab', ['a\tb\r'], 'a\tb'],
  ['a paste', ['\x1b[200~secret\x1b[201~\r'], 'secret'],
  ['a paste with line ends inside and one behind', ['\x1b[200~a\rb\r\r', 'c\r\x1b[201~', '\r'], 'a\nb\n\nc'],
  ['a paste with the other line ends', ['\x1b[200~a\r\nb\n\nc\n\x1b[201~\r'], 'a\nb\n\nc'],
  ['a paste whose mark comes in pieces', ['\x1b[20', '0~sec\rret\x1b', '[201~\r'], 'sec\nret'],
])('%s', (_, chunks, value) => {
  expect(typed(...chunks)).toEqual({ state: 'entered', value, dropped: false });
});

test('Ctrl-C ends it, whatever was typed; Ctrl-D where nothing was', () => {
  expect(typed('abc\x03').state).toBe('interrupted');
  expect(typed('\x04').state).toBe('interrupted');
  expect(typed('\x1b[200~a\x03b\x1b[201~\r')).toMatchObject({ state: 'entered', value: 'ab' });
});

test('what comes behind the line end with it is not taken', () => {
  expect(typed('first\rsecond\r')).toEqual({ state: 'entered', value: 'first', dropped: true });
});
