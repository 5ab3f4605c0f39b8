import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../services/worker/journal';
import { PositionFile } from '../../../services/worker/logs/position-file';
import { RecordingLog } from '../../support/recording-log';

const log = new RecordingLog();
const folder = () => mkdtempSync(join(tmpdir(), 'journal-'));

test('what was recorded is there for the next agent, and the first one’s time stays', () => {
  const state = folder();
  new Journal(state, 'task.1', 1000, log).record({ phase: 'running', containerId: 'c1' });
  const next = new Journal(state, 'task.1', 99_000, log);
  expect(next.entry).toMatchObject({ phase: 'running', containerId: 'c1', acceptedAt: 1000 });
  expect([next.reached('starting'), next.reached('running'), next.reached('ended')]).toEqual([true, true, false]);
});

test('the time counts from when the task was taken, even if nothing else was recorded', () => {
  const state = folder();
  new Journal(state, 'task.1', 1000, log);
  expect(new Journal(state, 'task.1', 5000, log).entry.acceptedAt).toBe(1000);
});

test('another attempt has a journal of its own', () => {
  const state = folder();
  new Journal(state, 'task.1', 1000, log).record({ phase: 'published' });
  expect(new Journal(state, 'task.2', 2000, log).reached('published')).toBe(false);
});

test('what was half written when the agent was killed does not count', () => {
  const state = folder();
  new Journal(state, 'task.1', 1000, log).record({ phase: 'running' });
  writeFileSync(join(state, 'task.1.json.partial'), '{"resultId":"task.1","pha');
  expect(new Journal(state, 'task.1', 2000, log).entry.phase).toBe('running');
  expect(readdirSync(state)).toContain('task.1.json');
});

test.each(['', '{}', 'no JSON'])('a journal that holds %j is like none, and that is said', (text) => {
  const state = folder();
  writeFileSync(join(state, 'task.1.json'), text);
  const said = new RecordingLog();
  expect(new Journal(state, 'task.1', 2000, said).entry).toMatchObject({ phase: 'accepted', acceptedAt: 2000 });
  expect(said.lines[0]?.message).toContain('cannot be read');
});

test('a journal that cannot be written keeps nothing from going on', () => {
  const said = new RecordingLog();
  const journal = new Journal('/dev/null/nowhere', 'task.1', 1000, said);
  journal.record({ phase: 'ended' });
  expect(journal.reached('ended')).toBe(true);
  expect(said.lines.filter(({ message }) => message.includes('cannot be written')).length).toBe(2);
});

test('the position in the output is kept by stream', () => {
  const state = folder();
  const line = (stream: 'stdout' | 'stderr', time: string) => ({ line: { stream, text: '', time, id: '' }, after: { time, nth: 1 }, bytes: 0 });
  new PositionFile(state, 'task.1').advance([line('stdout', 't1'), line('stdout', 't2'), line('stderr', 't0')]);
  expect(new PositionFile(state, 'task.1').position).toEqual({ stdout: { time: 't2', nth: 1 }, stderr: { time: 't0', nth: 1 } });
});
