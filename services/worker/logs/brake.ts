import type { Clock } from '../../runtime/clock';
import { LOG_FILE } from '../docker/container-spec';
import { frames } from '../docker/frames';

/** What a line costs in the engine's file beside its text: time, stream and punctuation. */
const FRAME_BYTES = 80;
/** A character may be six in the file (`\u001b`): this much output never fills more than one of the engine's files. */
const WINDOW = (LOG_FILE.megabytes * 1_000_000) / 6;
/** How often it is looked whether a container that is held is still there, milliseconds: the engine waits 2 s for its last output. */
const LOOK_MS = 200;
const OUT_OF_STEP_MS = 2000;
const NEWLINE = 10;

/**
 * Keeps a container from writing so far ahead of what was read of the engine's file that the file is rotated away unread.
 * The engine gives an attached client every byte, and holds the container when the client does not take them.
 */
export class Brake {
  private ahead = 0;
  private lines = 0;
  private moved = 0;
  private complete = false;
  private release = () => {};

  constructor(
    private readonly clock: Clock,
    /** Output older than this was not seen through the attachment. */
    private readonly since: string,
    /** Whether there is still a process to hold: its last output is lost when it is held then. */
    private readonly isAlive: () => boolean,
  ) {}

  /** Lines that the container wrote and the engine's file did not give. Known when both have ended; 0 before. */
  get missing(): number {
    return this.complete ? Math.max(0, this.lines) : 0;
  }

  /** So much was read of the engine's file. */
  read(time: string, bytes: Buffer): void {
    this.moved += 1;
    if (time < this.since) return;
    this.count(bytes, -1);
    if (this.ahead <= WINDOW) this.release();
  }

  /** Takes the attached stream, no faster than the file is read. `isReading`: the reader waits for the file, and not for its sink. */
  async hold(attached: AsyncIterable<Buffer>, isReading: () => boolean): Promise<void> {
    for await (const { bytes } of frames(attached)) {
      this.count(bytes, 1);
      for (let idle = 0; this.ahead > WINDOW && this.isAlive(); ) {
        const before = this.moved;
        const released = new Promise<void>((resolve) => {
          this.release = resolve;
        });
        await Promise.race([released, this.clock.sleep(LOOK_MS)]);
        idle = this.moved === before && isReading() ? idle + LOOK_MS : 0;
        if (idle >= OUT_OF_STEP_MS) this.ahead = 0; // all that is there was read: it would wait for ever
      }
    }
    this.complete = true;
  }

  private count(bytes: Buffer, sign: 1 | -1): void {
    let lines = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
    this.lines += sign * lines;
    this.ahead += sign * (bytes.length + lines * FRAME_BYTES);
  }
}
