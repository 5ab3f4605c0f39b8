import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '../../../services/worker/options';
import { FilePublisher } from '../../../services/worker/report/publisher';

const file = join(mkdtempSync(join(tmpdir(), 'options-')), 'metadata.json');
writeFileSync(file, '{}');

test('on a worker machine nothing needs to be said', () => {
  expect(parseOptions([], { STATE_DIRECTORY: '/var/lib/worker' })).toEqual({
    metadata: undefined,
    state: '/var/lib/worker',
    shared: '/tmp/worker',
    report: 'pubsub',
    logs: 'cloud',
    registryAuth: undefined,
    pull: 'always',
    memory: undefined,
    patience: 120_000,
  });
});

test('with a file for the metadata the output stays here, unless asked otherwise', () => {
  expect(parseOptions(['--metadata', file], {})?.logs).toBe('stdout');
  expect(parseOptions(['--metadata', file, '--logs', 'cloud'], {})?.logs).toBe('cloud');
});

test.each([
  ['512m', 536_870_912],
  ['4G', 4_294_967_296],
  ['10000000', 10_000_000],
])('%s of memory is %i bytes', (size, bytes) => expect(parseOptions(['--memory', size], {})?.memory).toBe(bytes));

test('all that is wrong is said at once', () => {
  const wrong = ['--metadata', '/no/such', '--logs', 'file', '--memory', '1x', '--pull', 'never', '--patience', 'long', '--registry-auth', '/no/auth'];
  expect(() => parseOptions(wrong, {})).toThrow(
    /--metadata \/no\/such.*\n.*--registry-auth.*\n.*--logs file.*\n.*--pull never.*\n.*--memory 1x.*\n.*--patience long.*\nSee --help/,
  );
});

test.each([[['--no-such']], [['stray']]])('%j is refused', (args) => expect(() => parseOptions(args, {})).toThrow('See --help'));

test('help is not a run', () => expect(parseOptions(['--help'], {})).toBeUndefined());

test('reports to a file are lines that add up', async () => {
  const reports = join(mkdtempSync(join(tmpdir(), 'reports-')), 'deep/er/reports.jsonl');
  await new FilePublisher(reports).publish('t', '{"a":1}');
  await new FilePublisher(reports).publish('t', '{"a":2}');
  expect(readFileSync(reports, 'utf8')).toBe('{"a":1}\n{"a":2}\n');
});
