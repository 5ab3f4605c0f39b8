/** The part of a terminal, file or pipe that progress is written to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells what is going on: one line that is rewritten on a terminal, a line for each finished step elsewhere. */
export class Progress {
  private readonly running = new Map<string, string>();
  private finished = 0;
  private total = 0;
  private activity = '';
  private shown = false;

  constructor(private readonly output: Output) {}

  /** Starts counting stacks from zero. */
  begin(activity: string, total: number): void {
    this.activity = activity;
    this.total = total;
    this.finished = 0;
  }

  /** Something that a person should know, on a terminal too. */
  say(text: string): void {
    this.clear();
    this.output.write(`${text}\n`);
    this.show();
  }

  /** A stack has come to a phase. */
  at(stack: string, phase: string): void {
    this.running.set(stack, phase);
    this.show();
  }

  /** A stack is through with what was begun. */
  done(stack: string, text: string): void {
    this.running.delete(stack);
    this.finished++;
    if (!this.output.isTTY) this.output.write(`${stack}: ${text}\n`);
    this.show();
  }

  /** Takes the live line away. */
  clear(): void {
    if (this.shown) this.output.write('\r\x1b[K');
    this.shown = false;
  }

  private show(): void {
    if (!this.output.isTTY) return;
    const running = [...this.running].map(([stack, phase]) => `${stack} ${phase}`).join(', ');
    const line = `${this.activity} ${this.finished}/${this.total}  ${running}`.slice(0, (this.output.columns || 80) - 1);
    this.output.write(`\r\x1b[K${line}`);
    this.shown = true;
  }
}
