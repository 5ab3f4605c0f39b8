import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Cloud, type CloudObject } from '../../rehearsal/cloud/cloud';

const journal = () => join(mkdtempSync(join(tmpdir(), 'cloud-')), 'deep', 'cloud.jsonl');
const object = (name: string, state = {}): CloudObject => ({ key: `t/${name}`, type: 't', state: { name, ...state } });

test('a second run sees what the first one left', () => {
  const file = journal();
  const first = Cloud.open(file);
  first.put(object('a'));
  first.put(object('b'));
  first.put(object('a', { size: 2 }));
  first.remove('t/b');
  expect(Cloud.open(file).objects()).toEqual([object('a', { size: 2 })]);
});

test('without a file nothing is written and everything else works', () => {
  const cloud = Cloud.open();
  cloud.put(object('a'));
  expect(cloud.get('t/a')).toEqual(object('a'));
  expect(cloud.find('t', ({ name }) => name === 'b')).toEqual([]);
});

test('wherever a write was cut off, what was complete is there and the journal goes on', () => {
  const file = journal();
  const cloud = Cloud.open(file);
  cloud.put(object('whole'));
  cloud.put(object('törn', { text: 'line\nbreak' }));
  const bytes = readFileSync(file);
  const firstLine = bytes.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: firstLine, max: bytes.length - 1 }), (length) => {
      writeFileSync(file, bytes.subarray(0, length));
      const next = Cloud.open(file);
      expect(next.objects()).toEqual([object('whole')]);
      next.put(object('later'));
      expect(Cloud.open(file).objects()).toEqual([object('whole'), object('later')]);
    }),
  );
});

test('a journal that is broken elsewhere names the line', () => {
  const file = journal();
  Cloud.open(file).put(object('a'));
  appendFileSync(file, 'not an entry\n{}\n');
  expect(() => Cloud.open(file)).toThrow(/cloud\.jsonl:2 is not a journal entry/);
});
