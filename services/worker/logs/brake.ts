import type { Readable } from 'node:stream';
import type { Clock } from '../clock';
import { LOG_FILE } from '../docker/container-spec';
import { frames } from '../docker/frames';

/** What a line costs in the engine's file beside its text: time, stream and punctuation. */
const FRAME_BYTES = 80;
/** A character may be six in the file (`\u001b`): this much output never fills more than one of the engine's files. */
const WINDOW = (LOG_FILE.megabytes * 1_000_000) / 6;
/** How often it is looked whether a container that is held is still there, milliseconds: the engine waits 2 s for its last output. */
const LOOK_MS = 200;

/**
 * Keeps a container from writing so far ahead of what was read of the engine's file that the file is rotated away unread.
 * The engine gives an attached client every byte, and holds the container when the client does not take them.
 */
export class Brake {
  private ahead = 0;
  private moved = 0;
  private release = () => {};

  constructor(
    private readonly clock: Clock,
    /** Output older than this was not seen through the attachment. */
    private readonly since: string,
    /** Whether there is still a process to hold: its last output is lost when it is held then. */
    private readonly isAlive: () => boolean,
  ) {}

  /** So much was read of the engine's file. */
  read(time: string, bytes: Buffer): void {
    this.moved += 1;
    if (time < this.since) return;
    this.ahead -= cost(bytes);
    if (this.ahead <= WINDOW) this.release();
  }

  /** Takes the attached stream, no faster than the file is read. `isReading`: the reader waits for the file, and not for its sink. */
  async hold(attached: Readable, isReading: () => boolean): Promise<void> {
    for await (const { bytes } of frames(attached)) {
      this.ahead += cost(bytes);
      let held = 0;
      while (this.ahead > WINDOW && this.isAlive()) {
        const before = this.moved;
        const released = new Promise<void>((resolve) => {
          this.release = resolve;
        });
        await Promise.race([released, this.clock.sleep(LOOK_MS)]);
        held = this.moved === before && isReading() ? held + 1 : 0;
        if (held * LOOK_MS >= 2000) this.ahead = 0; // all is read: the two counts are out of step
      }
    }
  }
}

function cost(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return bytes.length + lines * FRAME_BYTES;
}
