import * as fc from 'fast-check';
import { type Frame, frames, type StreamName } from '../../../services/worker/docker/frames';
import { LineAssembler, LONGEST_LINE, type PlacedLine, type Position } from '../../../services/worker/logs/lines';

const at = (nanoseconds: number) => `2026-01-01T00:00:00.${String(nanoseconds).padStart(9, '0')}Z`;
const frame = (stream: StreamName, time: number, text: string | Buffer): Frame => ({
  stream,
  bytes: Buffer.concat([Buffer.from(`${at(time)} `), Buffer.from(text)]),
});
const texts = (lines: readonly PlacedLine[]) => lines.map(({ line }) => line.text);

function all(position: Position, ...added: Frame[]): PlacedLine[] {
  const assembler = new LineAssembler(position);
  assembler.reopen();
  return [...added.flatMap((each) => assembler.add(each)), ...assembler.end()];
}

const after = (lines: readonly PlacedLine[]): Position => Object.fromEntries(lines.map(({ line, after }) => [line.stream, after]));

test('pieces become lines, by stream; an empty line is one, and a rest without an end', () => {
  const lines = all(
    {},
    frame('stdout', 1, 'he'),
    frame('stderr', 2, 'err\n'),
    frame('stdout', 1, 'llo\n'),
    frame('stdout', 3, '\n'),
    frame('stdout', 4, 'rest'),
  );
  expect(texts(lines)).toEqual(['err', 'hello', '', 'rest']);
  expect(lines[1]?.line).toEqual({ stream: 'stdout', text: 'hello', time: at(1), id: `${at(1)}-stdout-1` });
});

test('lines of one moment have ids of their own', () => {
  expect(all({}, frame('stdout', 1, 'a\n'), frame('stdout', 1, 'a\n')).map(({ line }) => line.id)).toEqual([`${at(1)}-stdout-1`, `${at(1)}-stdout-2`]);
});

test('a line that is too long goes out in parts, no character cut, each part with an id', () => {
  const text = '🦊'.repeat(150_000);
  const bytes = Buffer.from(text);
  const pieces: Frame[] = [];
  for (let start = 0; start < bytes.length; start += 16_383) pieces.push(frame('stdout', 7, bytes.subarray(start, start + 16_383)));
  const lines = all({}, ...pieces, frame('stdout', 7, '\n'), frame('stdout', 8, 'next\n'));
  expect(lines.length).toBe(5);
  expect(Math.max(...lines.map(({ line }) => Buffer.byteLength(line.text)))).toBeLessThanOrEqual(LONGEST_LINE);
  expect(texts(lines).slice(0, -1).join('')).toBe(text);
  expect(texts(lines).at(-1)).toBe('next');
  expect(new Set(lines.map(({ line }) => line.id)).size).toBe(5);
});

test.each([
  ['no text at all', Buffer.alloc(500_000, 0xff)],
  ['text with a byte that is none now and then', Buffer.from('x'.repeat(9).concat('\xff').repeat(50_000), 'latin1')],
])('%s: parts are as long as they are sent, three bytes for each that is no text', (_, bytes) => {
  const pieces: Frame[] = [];
  for (let start = 0; start < bytes.length; start += 16_383) pieces.push(frame('stdout', 7, bytes.subarray(start, start + 16_383)));
  const lines = all({}, ...pieces, frame('stdout', 7, '\n'));
  const sizes = lines.map(({ line }) => Buffer.byteLength(line.text));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LONGEST_LINE);
  expect(lines.map((each) => each.bytes)).toEqual(sizes);
  expect(texts(lines).join('')).toBe(bytes.toString());
});

const outputs = fc
  .array(fc.tuple(fc.constantFrom<StreamName>('stdout', 'stderr'), fc.nat(2), fc.string({ maxLength: 3 }), fc.boolean()), { maxLength: 30 })
  .map((pieces) => {
    let time = 0;
    return pieces.map(([stream, later, text, ends]) => {
      time += later;
      return frame(stream, time, text.replaceAll('\n', '') + (ends ? '\n' : ''));
    });
  });

test('an agent that goes on after any line repeats none, loses none, and gives the same ids', () => {
  fc.assert(
    fc.property(outputs, fc.nat(30), (output, count) => {
      const whole = all({}, ...output).map(({ line }) => line);
      const shipped = new LineAssembler({});
      const before = output.flatMap((each) => shipped.add(each)).slice(0, count);
      const rest = all(after(before), ...output).map(({ line }) => line);
      const byId = (lines: typeof whole) => [...lines].sort((a, b) => a.id.localeCompare(b.id));
      expect(byId([...before.map(({ line }) => line), ...rest])).toEqual(byId(whole));
    }),
    { numRuns: 200 },
  );
});

test('the engine that begins its file anew is listened to only where it goes on', () => {
  const output = [frame('stdout', 1, 'a\n'), frame('stdout', 2, 'b\n'), frame('stdout', 2, 'c\n')];
  expect(texts(all({}, ...output, ...output, frame('stdout', 2, 'd\n'), frame('stdout', 3, 'e\n')))).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('reading goes on from the older stream, or from the start while one has said nothing', () => {
  const assembler = new LineAssembler({});
  assembler.add(frame('stdout', 5, 'a\n'));
  expect(assembler.reopen()).toBe('0');
  assembler.add(frame('stderr', 9, 'b\n'));
  expect(assembler.reopen()).toBe(`${Date.parse('2026-01-01T00:00:00Z') / 1000}.000000005`);
});

const raw = (stream: StreamName, text: string) => {
  const header = Buffer.alloc(8);
  header[0] = stream === 'stdout' ? 1 : 2;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

test('frames are the same however the connection cuts them', async () => {
  const wanted = [
    ['stdout', 'one'],
    ['stderr', ''],
    ['stdout', 'x'.repeat(300)],
    ['stderr', 'two'],
  ] as const;
  const bytes = Buffer.concat(wanted.map(([stream, text]) => raw(stream, text)));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }), async (sizes) => {
      async function* pieces() {
        for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          yield bytes.subarray(start, start + size);
          start += size;
        }
      }
      const found: [string, string][] = [];
      for await (const { stream, bytes: text } of frames(pieces())) found.push([stream, text.toString()]);
      expect(found).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});
