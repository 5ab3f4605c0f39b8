import type { ReadStream } from 'node:tty';
import { HiddenLine } from './hidden-line';

/** Ctrl-C, or the terminal went away. */
export class Interrupted extends Error {}

/** Pastes come between marks, so that a line end in one is not the Enter key. */
const PASTE = { on: '\x1b[?2004h', off: '\x1b[?2004l' };
const CTRL_C = '\x03';
/** Milliseconds in which what was typed before a question is thrown away: the rest of another value is not this one. */
const DRAIN = 60;

/** Asks at the terminal for what nobody may see. From `open` to `close` nothing that is typed is shown, also between the questions. */
export class HiddenInput {
  private readonly restore = () => this.close();
  private readonly end = () => process.exit(143);
  private isOpen = false;

  constructor(
    private readonly input: ReadStream,
    private readonly output: NodeJS.WritableStream,
  ) {}

  open(): void {
    this.isOpen = true;
    this.input.setRawMode(true);
    this.input.setEncoding('utf8');
    this.output.write(PASTE.on);
    process.once('exit', this.restore);
    process.once('SIGTERM', this.end);
    process.once('SIGHUP', this.end);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.output.write(PASTE.off);
    this.input.setRawMode(false);
    this.input.pause();
    process.removeListener('exit', this.restore);
    process.removeListener('SIGTERM', this.end);
    process.removeListener('SIGHUP', this.end);
  }

  /** What was entered, without its line end. @throws Interrupted */
  async ask(question: string): Promise<string> {
    const isInterrupted = await this.listen((early) => (early.includes(CTRL_C) ? true : undefined), DRAIN);
    if (isInterrupted) throw new Interrupted();
    this.output.write(question);
    const line = new HiddenLine();
    const typed = await this.listen((text) => {
      const state = line.feed(text);
      return state === 'more' ? undefined : state;
    });
    this.output.write(line.dropped ? '\n(what came behind the line end was not taken)\n' : '\n');
    if (typed !== 'entered') throw new Interrupted();
    return line.value;
  }

  /** Until `heard` returns something, the terminal goes away, or the time is over; then undefined. */
  private listen<T>(heard: (text: string) => T | undefined, milliseconds?: number): Promise<T | undefined> {
    return new Promise((resolve) => {
      const done = (result: T | undefined) => {
        clearTimeout(timer);
        this.input.removeListener('data', hear).removeListener('end', gone).removeListener('error', gone);
        this.input.pause();
        resolve(result);
      };
      const hear = (text: string) => {
        const result = heard(text);
        if (result !== undefined) done(result);
      };
      const gone = () => done(undefined);
      const timer = milliseconds === undefined ? undefined : setTimeout(gone, milliseconds);
      this.input.on('data', hear).once('end', gone).once('error', gone).resume();
    });
  }
}
