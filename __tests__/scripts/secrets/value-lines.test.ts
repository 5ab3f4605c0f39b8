import { readValueLines } from '../../../scripts/support/secrets/value-lines';

const SECRETS = [{ name: 'API_KEY' }, { name: 'BOT_TOKEN' }, { name: 'API' }, { name: 'LOGIN', keys: ['username', 'password'] }];
const read = (text: string | Buffer) => Object.fromEntries([...readValueLines(Buffer.from(text), SECRETS)].map(([name, value]) => [name, value.toString()]));

test('a value is everything between the first "=" and the line end', () => {
  expect(read('API_KEY= \'"$HOME=`x`\\n ü😀 \r\n\n  \nAPI=a==\nBOT_TOKEN=no line end')).toEqual({
    API_KEY: ' \'"$HOME=`x`\\n ü😀 ',
    API: 'a==',
    BOT_TOKEN: 'no line end',
  });
});

test('a value is bytes, not text', () => {
  const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x3d, 0x0b]);
  expect(readValueLines(Buffer.concat([Buffer.from('API='), bytes, Buffer.from('\n')]), SECRETS).get('API')).toEqual(bytes);
});

test('all problems at once, by line, and no value among them', () => {
  const text = [
    'hunter2',
    'API_KEI=hunter2',
    'API_KEY=',
    'API=1',
    'API=hunter2',
    'BOT_TOKEN=   ',
    `BOT_TOKEN=${'x'.repeat(65_001)}`,
    ' API_KEY=hunter2',
    '=hunter2',
  ].join('\n');
  let message = '';
  try {
    read(text);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message.split('\n')).toEqual([
    'line 1 starts with none of these names and "="',
    'line 2 starts with none of these names and "="',
    'line 3: the value of API_KEY is empty',
    'line 5: API was there before',
    'line 6: the value of BOT_TOKEN is empty',
    'line 7: the value of BOT_TOKEN is longer than 65000 bytes, which is all that a container can be given',
    'line 8 starts with none of these names and "="',
    'line 9 starts with none of these names and "="',
    'There is API_KEY, BOT_TOKEN, API, LOGIN. Nothing was added.',
  ]);
  expect(message).not.toContain('hunter2');
});

test('a value of several texts is a JSON object of them', () => {
  const login = '{"username":"me-at-1","password":"a=b\\"c"}';
  expect(read(`LOGIN=${login}\n`)).toEqual({ LOGIN: login });
});

test.each([
  'hunter2',
  '{"username":"me"}',
  '{"username":"me","password":""}',
  '{"username":"me","password":1}',
  '{"username":"a","password":"b","more":"c"}',
  '["a","b"]',
])('%s is none', (value) => {
  expect(() => read(`LOGIN=${value}`)).toThrow('line 1: the value of LOGIN is no JSON object of these texts and no others: username, password');
});
