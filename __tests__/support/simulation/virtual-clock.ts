import type { Clock } from '../../../services/runtime/clock';

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes only when somebody lets it: events happen in their order, each with all that follows from it at once. */
export class VirtualClock implements Clock {
  private events: Event[] = []; // latest first
  private time: number;

  constructor(start: Date) {
    this.time = start.getTime();
  }

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.time + milliseconds, resolve));
  }

  /** Epoch ms; what is due already happens next. */
  at(time: number, run: () => void): void {
    const event = { at: Math.max(time, this.time), run };
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle] as Event).at > event.at) low = middle + 1;
      else high = middle;
    }
    this.events.splice(low, 0, event); // before its equals: those are taken from the end, first
  }

  after(milliseconds: number, run: () => void): void {
    this.at(this.time + milliseconds, run);
  }

  /** Lets time pass until then, and everything happen that is due. */
  async runUntil(end: Date): Promise<void> {
    await settled();
    for (let next = this.events.at(-1); next && next.at <= end.getTime(); next = this.events.at(-1)) {
      this.events.pop();
      this.time = next.at;
      next.run();
      await settled();
    }
    this.time = Math.max(this.time, end.getTime());
  }
}

/** All that promises do by themselves has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** For one handler at a time: waiting takes no time, and moves the clock. */
export class SteppingClock implements Clock {
  private time: number;

  constructor(start: string) {
    this.time = Date.parse(start);
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
  }

  pass(seconds: number): void {
    this.time += seconds * 1000;
  }
}
