import { createLogger } from '../../../services/runtime/logging';

/** A logger, and what it has written. */
function logged(options: Partial<Parameters<typeof createLogger>[0]> = {}) {
  const lines: string[] = [];
  const log = createLogger({ service: 'scraper', destination: { write: (line) => void lines.push(line) }, ...options });
  return { log, lines: () => lines.map((line) => JSON.parse(line)) };
}

test('lines are as Google Cloud Logging reads them', () => {
  const { log, lines } = logged({ version: '1.2', labels: { mode: 'vip' }, level: 'trace' });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level]({ user: 'x' }, 'said');
  expect(lines().map(({ severity }) => severity)).toEqual(['DEBUG', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']);
  expect(lines()[2]).toEqual({
    severity: 'INFO',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    message: 'said',
    user: 'x',
    serviceContext: { service: 'scraper', version: '1.2' },
    'logging.googleapis.com/labels': { mode: 'vip' },
  });
});

test.each([
  ['under error', (log: ReturnType<typeof logged>['log'], error: Error) => log.error({ error }, 'said')],
  ['under err', (log: ReturnType<typeof logged>['log'], error: Error) => log.fatal({ err: error }, 'said')],
  ['as the only argument', (log: ReturnType<typeof logged>['log'], error: Error) => log.child({ part: 'bus' }).error(error)],
])('an error comes with its stack and its cause, for Error Reporting: %s', (_, write) => {
  const { log, lines } = logged();
  write(log, new Error('said', { cause: new Error('because') }));
  expect(lines()).toMatchObject([
    {
      message: 'said',
      '@type': 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent',
      stack_trace: expect.stringMatching(/^Error: said\n {4}at [\s\S]*caused by: Error: because\n/),
    },
  ]);
});

test('an error that was expected is no report', () => {
  const { log, lines } = logged();
  log.warn({ error: new Error('normal') }, 'said');
  log.error('no error is with it');
  for (const line of lines()) expect(line).not.toHaveProperty('@type');
  expect(lines()[0].error.stack).toContain('Error: normal');
});

test('a child says what it is about', () => {
  const { log, lines } = logged();
  log.child({ subscription: 'a' }).info('said');
  expect(lines()).toMatchObject([{ subscription: 'a', message: 'said', severity: 'INFO' }]);
});

describe('LOG_LEVEL', () => {
  const before = process.env.LOG_LEVEL;
  afterEach(() => {
    if (before === undefined) delete process.env.LOG_LEVEL;
    else process.env.LOG_LEVEL = before;
  });

  test('says what is written', () => {
    process.env.LOG_LEVEL = 'error';
    const { log, lines } = logged();
    log.warn('no');
    log.error('yes');
    expect(lines()).toMatchObject([{ message: 'yes' }]);
  });

  test('that is none is info: who reads the environment tells of it, with all else', () => {
    process.env.LOG_LEVEL = 'loud';
    const { log, lines } = logged();
    log.debug('no');
    log.info('yes');
    expect(lines()).toMatchObject([{ message: 'yes' }]);
  });
});

test('what an error tells of a request holds no token', () => {
  const { log, lines } = logged();
  const token = 'a'.repeat(120);
  const error = Object.assign(new Error('Unknown interaction'), {
    url: `https://discord.com/api/v10/interactions/123/${token}/callback?with_response=false`,
    requestBody: { json: { token } },
  });
  log.warn({ error }, 'said');
  expect(JSON.stringify(lines())).not.toContain('aaaa');
  expect(lines()[0].error.url).toBe('https://discord.com/api/v10/interactions/123/.../callback?with_response=false');
});
