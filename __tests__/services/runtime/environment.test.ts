import * as z from 'zod';
import { createWorkerEnvironment } from '../../../services/contracts/functions';
import { json } from '../../../services/contracts/worker-metadata';
import { parseEnvironment } from '../../../services/runtime/environment';

const schema = z.object({
  PROJECT: z.string('is missing').min(1, 'is empty'),
  PORT: z.coerce.number('must be a number').int('must be a whole number').max(65_535, 'must be 65535 or less').default(8080),
  MODE: z.enum(['general', 'vip'], 'must be "general" or "vip"').default('general'),
  API_SECRET: z.string('is missing').min(32, 'is shorter than 32 characters').optional(),
  SETTINGS: json(z.object({ page: z.int('must be a whole number'), password: z.string().regex(/^[a-z]+$/, 'must be letters') })).optional(),
});

/** What it says, line by line. */
function problems(env: NodeJS.ProcessEnv, of: z.ZodType = schema): string[] {
  try {
    parseEnvironment(of, env);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  throw new Error('it was accepted');
}

test('an environment comes out as the schema says, with defaults', () => {
  expect(parseEnvironment(schema, { PROJECT: 'p', PORT: '9090', SETTINGS: '{"page":20,"password":"x"}', PATH: '/bin' })).toEqual({
    PROJECT: 'p',
    PORT: 9090,
    MODE: 'general',
    SETTINGS: { page: 20, password: 'x' },
  });
});

test('every problem has its line: variable, found, expected, what to do', () => {
  expect(problems({ PORT: '70000', MODE: 'genral', API_SECRET: 'hunter2-hunter2', SETTINGS: '{"page":"x","password":"P4ss"}' })).toEqual([
    'The environment is not usable, 6 problems:',
    '  PROJECT: is missing. Set PROJECT where this process is started.',
    '  PORT: found "70000"; must be 65535 or less. Change PORT where this process is started.',
    '  MODE: found "genral"; must be "general" or "vip". Change MODE where this process is started.',
    '  API_SECRET: found a value of 15 characters, which is not shown; is shorter than 32 characters. Change API_SECRET where this process is started.',
    '  SETTINGS (at page): found "x"; must be a whole number. Change SETTINGS where this process is started.',
    '  SETTINGS (at password): found a value of 30 characters, which is not shown; must be letters. Change SETTINGS where this process is started.',
  ]);
});

test.each([
  ['by its name', { PROJECT: 'p', API_SECRET: 'hunter2' }],
  ['inside JSON that is cut off', { PROJECT: 'p', SETTINGS: '{"page":1,"password":"hunter2' }],
  ['in text that is not JSON at all', { PROJECT: 'p', SETTINGS: 'hunter2' }],
  ['in an address', { PROJECT: 'p', MODE: 'redis://user:hunter2@host' }],
  ['as a web token', { PROJECT: 'p', MODE: 'eyJhbGciOiJIUzI1NiJ9.hunter2' }],
])('what looks secret is never shown: %s', (_, env) => {
  expect(problems(env).join('\n')).not.toContain('hunter');
});

test('a message of the schema that quotes a secret is not passed on', () => {
  const quoting = z.object({ BOT_TOKEN: z.string().transform((value, context) => context.addIssue(`cannot use ${value}`)) });
  expect(problems({ BOT_TOKEN: 'abcdefgh' }, quoting)[1]).toContain('not what is expected');
});

test('a long value is cut', () => {
  const [, line] = problems({ PROJECT: 'p', MODE: 'x'.repeat(500) });
  expect(line).toMatch(/found "x{59}\.\.\." \(\d+ characters\)/);
});

test('the contract of a function is told completely', () => {
  const lines = problems({ WEBHOOK: 'hmac', TASKS: '{"import":{}}' }, createWorkerEnvironment);
  const variables = new Set(lines.slice(1).map((line) => line.trim().split(/[: ]/)[0]));
  expect([...variables]).toEqual(expect.arrayContaining(['PROJECT', 'LEDGER_DATABASE', 'PRICES', 'TASKS', 'NAME_PREFIX', 'BOOT_IMAGE', 'REPORTING_TOPIC']));
});
