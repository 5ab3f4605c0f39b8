import type { Writable } from 'node:stream';
import { type Line, type LogSink, labelsOf, SEVERITY, type Source } from './sink';

/** A structured line each, in the names that Google's logging agents take over. */
export class StdoutSink implements LogSink {
  private readonly labels: Readonly<Record<string, string>>;

  constructor(
    source: Source,
    private readonly out: Writable,
  ) {
    this.labels = labelsOf(source);
    out.on('error', () => {}); // each write says so, too
  }

  async write(lines: readonly Line[]): Promise<number> {
    const text = lines.map(({ stream, text, time, id }) =>
      JSON.stringify({
        severity: SEVERITY[stream],
        time,
        message: text,
        'logging.googleapis.com/insertId': id,
        'logging.googleapis.com/labels': { ...this.labels, stream },
      }),
    );
    return new Promise((resolve) => this.out.write(`${text.join('\n')}\n`, (error) => resolve(error ? lines.length : 0)));
  }
}
