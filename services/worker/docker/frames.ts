import { TaskFailure } from '../failure';

export type StreamName = 'stdout' | 'stderr';

/** A piece of a container's output as the engine delivers it. */
export interface Frame {
  readonly stream: StreamName;
  readonly bytes: Buffer;
}

const HEADER = 8;

/** Takes the engine's two streams in one apart. The source is read no faster than the frames are taken. */
export async function* frames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const pieces: Buffer[] = [];
  let held = 0;
  let wanted = HEADER;
  for await (const piece of source) {
    pieces.push(piece);
    held += piece.length;
    if (held < wanted) continue;
    const all = pieces.length === 1 ? piece : Buffer.concat(pieces, held);
    let at = 0;
    wanted = HEADER;
    while (all.length - at >= HEADER) {
      const type = all[at] as number;
      if (type > 2) throw new TaskFailure('agent-error', `the engine's stream of output is out of step: frame type ${type}`);
      const end = at + HEADER + all.readUInt32BE(at + 4);
      if (end > all.length) {
        wanted = end - at;
        break;
      }
      yield { stream: type === 2 ? 'stderr' : 'stdout', bytes: all.subarray(at + HEADER, end) };
      at = end;
    }
    pieces.length = 0;
    held = all.length - at;
    if (held > 0) pieces.push(all.subarray(at));
  }
}
