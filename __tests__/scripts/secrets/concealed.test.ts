import { concealed } from '../../../scripts/support/secrets/concealed';

const LOGIN = '{"username":"me-at-1","password":"it\'s \\"$HOME\\" ü= hunter2"}';
const PASSWORD = 'it\'s "$HOME" ü= hunter2';

test.each([
  ['the value itself', LOGIN, LOGIN],
  ['a text of its JSON', LOGIN, PASSWORD],
  ['the value as a string of JSON', LOGIN, JSON.stringify({ SecretString: LOGIN })],
  ["a text of it in Python's quotes", LOGIN, `'it\\'s "$HOME" ü= hunter2'`],
  ['the value in base64', LOGIN, Buffer.from(LOGIN).toString('base64')],
  ['the value in an address', 'a b&hunter2', 'https://h/?v=a%20b%26hunter2'],
  ['a line of it', 'first line\nhunter2\n', 'line 2: hunter2'],
  ['without its line end', 'hunter2\n', 'got "hunter2"'],
  ['lines in a string of JSON', 'hunter2\nline', '{"x":"hunter2\\nline"}'],
])('a message with %s does not show it', (_, value, said) => {
  const shown = concealed(`An error occurred (ValidationException): ${said} is wrong`, Buffer.from(value));
  expect(shown).toMatch(/^An error occurred \(ValidationException\): .*\(the value\).* is wrong$/s);
  expect(shown).not.toContain('hunter2');
  expect(shown).not.toContain(Buffer.from('hunter2').toString('base64').slice(0, 8));
});

test('what is no part of it stays', () => {
  expect(concealed('An error occurred (AccessDenied): no {"a":1}', Buffer.from('{"a":"1","b":{}}'))).toBe('An error occurred (AccessDenied): no {"a":1}');
  expect(concealed('bytes', Buffer.from([0xff, 0xd8, 0x00]))).toBe('bytes');
});
