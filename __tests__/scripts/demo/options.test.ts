import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { demoOptions } from '../../../scripts/demo/options';

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'demo-options-'));

/** A folder with programs of these names. */
function having(...programs: string[]): string {
  const path = mkdtempSync(join(folder, 'path-'));
  for (const name of programs) {
    writeFileSync(join(path, name), '');
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

beforeAll(() => {
  mkdirSync(join(folder, '.cache'));
  for (const name of ['scraper', 'shard', 'worker']) writeFileSync(join(folder, '.cache', `${name}.js`), '');
  process.chdir(folder);
});
afterAll(() => process.chdir(before));

test('without options it plays in a file until it is stopped', () => {
  expect(demoOptions({}, '')).toEqual({ bus: 'embedded', store: 'embedded' });
});

test.each([
  ['20s', 20_000],
  ['1.5m', 90_000],
  ['24h', 86_400_000],
])('FOR=%s is %i milliseconds', (time, playMs) => expect(demoOptions({ for: time }, '')).toMatchObject({ playMs }));

test.each(['', '20', 's', '0s', '0.5s', '25h', '-3s', '1e3s', '20 s', '20s; true'])('FOR=%s is refused', (time) => {
  expect(demoOptions({ for: time }, '')).toEqual([`FOR=${time}: must be a time such as 20s, 2m or 1h, 1s at least and 24h at most`]);
});

test('what an emulator lacks is said in one line each, with all else that is wrong', () => {
  expect(demoOptions({ bus: 'pubsub', store: 'firestore' }, having('gcloud', 'java'))).toEqual({ bus: 'pubsub', store: 'firestore' });
  expect(demoOptions({ for: 'x', bus: 'pubsub', store: 'firestore' }, [having('sh'), '/nowhere'].join(delimiter))).toEqual([
    expect.stringMatching(/^FOR=x: /),
    expect.stringMatching(
      /^gcloud is not on PATH, and BUS=pubsub STORE=firestore needs it: .* gcloud components install beta pubsub-emulator cloud-firestore-emulator$/,
    ),
    expect.stringMatching(/^java is not on PATH, and BUS=pubsub STORE=firestore needs it: install a Java runtime 17/),
  ]);
  expect(demoOptions({ store: 'firestore' }, having('gcloud'))).toEqual([expect.stringMatching(/^java is not on PATH, and STORE=firestore needs it/)]);
});

test('without what make makes beforehand', () => {
  process.chdir(mkdtempSync(join(folder, 'bare-')));
  try {
    expect(demoOptions({}, '')).toEqual(['scraper', 'shard', 'worker'].map((name) => `.cache/${name}.js is not there: make demo makes it, or make build`));
  } finally {
    process.chdir(folder);
  }
});
