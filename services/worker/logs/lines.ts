import { isUtf8 } from 'node:buffer';
import type { Frame, StreamName } from '../docker/frames';
import type { Line } from './sink';

/** Longest text of one entry, bytes as it is sent: Cloud Logging takes 256 KB with all that is around it. */
export const LONGEST_LINE = 200_000;

/** Up to where one stream was shipped: the time of a frame, and which of those with that time. */
export interface Mark {
  readonly time: string;
  readonly nth: number;
}

/** Of both streams; one that is missing was not shipped at all. */
export type Position = Partial<Record<StreamName, Mark>>;

/** A line with the place to go on from once it is shipped. */
export interface PlacedLine {
  readonly line: Line;
  readonly after: Mark;
  /** Of the line's text. */
  readonly bytes: number;
}

/** Puts one container's output together from frames with times, each frame a piece of a line; passes over what was shipped before. */
export class LineAssembler {
  private readonly streams: Record<StreamName, OneStream>;

  constructor(position: Position) {
    this.streams = { stdout: new OneStream('stdout', position.stdout), stderr: new OneStream('stderr', position.stderr) };
  }

  add({ stream, bytes }: Frame): PlacedLine[] {
    return this.streams[stream].add(bytes);
  }

  /** How many were added and not passed over. */
  get frames(): number {
    return this.streams.stdout.frames + this.streams.stderr.frames;
  }

  /** What came without an end of line. */
  end(): PlacedLine[] {
    return [...this.streams.stdout.end(), ...this.streams.stderr.end()];
  }

  /** The output is read again from here on (seconds since 1970); what was added already is passed over. */
  reopen(): string {
    const times = [this.streams.stdout.reopen(), this.streams.stderr.reopen()];
    // A stream that said nothing yet may have something older than the other's newest line.
    return times.includes('') ? '0' : secondsOf(times.sort()[0] as string);
  }
}

/** As the engine's `since` wants it, without losing the nanoseconds. */
function secondsOf(time: string): string {
  const [whole = '', fraction = '0'] = time.replace('Z', '').split('.');
  return `${Date.parse(`${whole}Z`) / 1000}.${fraction}`;
}

class OneStream {
  frames = 0;
  private pieces: Buffer[] = [];
  private held = 0;
  /** The line has gone out in part: it is too long for one. */
  private begun = false;
  private first: Mark = NOTHING;
  private last: Mark = NOTHING;

  constructor(
    private readonly name: StreamName,
    private passed: Mark | undefined,
  ) {}

  add(frame: Buffer): PlacedLine[] {
    const { time, piece, complete } = timed(frame);
    // When it changes files the engine begins one anew now and then: what was added already is passed over.
    if (time < this.last.time) this.reopen();
    const mark = { time, nth: time === this.last.time ? this.last.nth + 1 : 1 };
    // Parts are made of whole frames, so that the next one can be found again.
    const size = decodedSize(piece);
    const part = this.held > 0 && this.held + size > LONGEST_LINE && !this.isPassed(mark) ? [this.take(true)] : [];
    this.last = mark;
    if (this.isPassed(mark)) return [];
    this.frames += 1;
    if (this.pieces.length === 0 || part.length > 0) this.first = mark;
    this.pieces.push(piece);
    this.held += size;
    return complete ? [...part, ...this.end(true)] : part;
  }

  /** `complete`: the end of the line is there, so that even an empty one is a line. */
  end(complete = false): PlacedLine[] {
    const lines = this.held > 0 || (complete && !this.begun) ? [this.take(false)] : [];
    this.begun = false;
    this.pieces = [];
    return lines;
  }

  reopen(): string {
    if (this.last !== NOTHING) this.passed = this.last;
    this.last = NOTHING;
    return this.passed?.time ?? '';
  }

  private take(goesOn: boolean): PlacedLine {
    const all = this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
    const end = goesOn ? wholeCharacters(all) : all.length;
    const { time, nth } = this.first;
    const text = all.toString('utf8', 0, end);
    const line = { stream: this.name, text, time, id: `${time}-${this.name}-${nth}` };
    this.pieces = end < all.length ? [all.subarray(end)] : [];
    this.held = decodedSize(all.subarray(end));
    this.begun = goesOn;
    return { line, after: this.last, bytes: Buffer.byteLength(text) };
  }

  private isPassed({ time, nth }: Mark): boolean {
    return this.passed !== undefined && (time < this.passed.time || (time === this.passed.time && nth <= this.passed.nth));
  }
}

const NOTHING: Mark = { time: '', nth: 0 };
const SPACE = 32;
const NEWLINE = 10;

function timed(frame: Buffer): { time: string; piece: Buffer; complete: boolean } {
  const space = frame.indexOf(SPACE);
  const complete = frame[frame.length - 1] === NEWLINE;
  return { time: frame.toString('latin1', 0, space), piece: frame.subarray(space + 1, frame.length - (complete ? 1 : 0)), complete };
}

/** What is no UTF-8 becomes three bytes for each of it. A character that is cut counts as that, too: a part is rather too short. */
const decodedSize = (bytes: Buffer): number => (isUtf8(bytes) ? bytes.length : Buffer.byteLength(bytes.toString()));

/** Length without a character that is cut at the end. */
function wholeCharacters(text: Buffer): number {
  let start = text.length - 1;
  while (start > text.length - 4 && ((text[start] as number) & 0xc0) === 0x80) start -= 1;
  const lead = text[start] as number;
  const needs = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + needs > text.length ? start : text.length;
}
