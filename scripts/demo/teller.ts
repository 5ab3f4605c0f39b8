import type { Paint } from '../../rehearsal/runner/format';
import type { Output } from '../../rehearsal/runner/progress';

type Style = Parameters<Paint>[0];

/** How words that a line begins with are shown; others are plain. */
const STYLES: Readonly<Record<string, Style>> = {
  logged: 'dim',
  found: 'bold',
  posted: 'green',
  deduplicated: 'yellow',
  parked: 'yellow',
  warns: 'yellow',
  killed: 'red',
};
const WHO = 10;
/** Milliseconds between two lines of progress where nothing can be written over. */
const PATIENCE = 5000;

/** Says what happens: a line each, with time and who. Progress is one line that is written over on a terminal. */
export class Teller {
  private shown = '';
  private toldAt = 0;

  constructor(
    private readonly output: Output,
    private readonly paint: Paint,
    private readonly now: () => number = Date.now,
  ) {}

  /** `what` begins with what kind of thing happens. */
  tell(who: string, what: string): void {
    const time = new Date(this.now()).toTimeString().slice(0, 8);
    const [, kind = '', rest = ''] = /^([a-z]*)(.*)$/s.exec(what) ?? [];
    const style = STYLES[kind];
    this.line(`${this.paint('dim', time)}  ${who.padEnd(WHO)}  ${style ? this.paint(style, kind) : kind}${rest}`);
  }

  /** A line without time. */
  line(text: string): void {
    this.clear();
    this.output.write(`${text}\n`);
    this.show();
  }

  /** What is being waited for. */
  progress(text: string): void {
    if (this.output.isTTY) {
      this.clear();
      this.shown = text;
      this.show();
    } else if (this.now() - this.toldAt >= PATIENCE) {
      this.toldAt = this.now();
      this.output.write(`${text}\n`);
    }
  }

  /** Nothing is being waited for any more. */
  progressEnds(): void {
    this.clear();
    this.shown = '';
  }

  private clear(): void {
    if (this.shown) this.output.write('\r\x1b[K');
  }

  private show(): void {
    if (this.shown) this.output.write(this.shown.slice(0, (this.output.columns || 80) - 1));
  }
}
