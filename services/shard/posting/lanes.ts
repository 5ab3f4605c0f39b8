type Job = () => Promise<void>;

/** Runs jobs: those of one lane one after another, lanes in turn, so many at a time. A job handles its own failures. */
export class Lanes {
  private readonly lanes = new Map<string, Job[]>();
  /** Lanes of which no job runs, and some wait. */
  private readonly ready: string[] = [];
  private readonly watchers = new Set<() => void>();
  private running = 0;
  private open = 0;

  constructor(private readonly concurrency: number) {}

  /** Jobs that have not ended. */
  get size(): number {
    return this.open;
  }

  add(lane: string, job: Job): void {
    this.open += 1;
    const waiting = this.lanes.get(lane);
    if (waiting) waiting.push(job);
    else {
      this.lanes.set(lane, [job]);
      this.ready.push(lane);
    }
    this.pump();
  }

  /** Resolves when fewer than so many jobs are left. */
  async below(limit: number): Promise<void> {
    while (this.open >= limit) await new Promise<void>((resolve) => this.watchers.add(resolve));
  }

  private pump(): void {
    while (this.running < this.concurrency && this.ready.length > 0) {
      const lane = this.ready.shift() as string;
      const job = this.lanes.get(lane)?.shift() as Job;
      this.running += 1;
      void job().finally(() => this.ended(lane));
    }
  }

  private ended(lane: string): void {
    this.running -= 1;
    this.open -= 1;
    if (this.lanes.get(lane)?.length === 0) this.lanes.delete(lane);
    else this.ready.push(lane);
    this.pump();
    for (const tell of this.watchers) tell();
    this.watchers.clear();
  }
}
