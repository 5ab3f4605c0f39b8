import type { Log } from '../../services/worker/log';

/** A log that keeps what it is told. */
export class RecordingLog implements Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[] = [];
  info = this.at('info');
  warn = this.at('warn');
  error = this.at('error');

  private at(level: string) {
    return (fields: object, message: string) => void this.lines.push({ level, message, fields });
  }
}
