import { type Message, MissingError, type SubscribeOptions, type Subscription } from './bus';
import type { EmbeddedQueue, Leased } from './embedded-queue';
import { Wake } from './wake';

/** Milliseconds between looks at the file: the longest is what a message of another process waits at most. */
const LOOK = { first: 1, growth: 1.5, longest: 50, afterError: 1000 } as const;

/** Takes messages as there is room for them, and holds their leases while they are handled. */
export class EmbeddedSubscription implements Subscription {
  private readonly handling = new Map<Leased, Promise<void>>();
  private readonly wake = new Wake();
  private readonly concurrency: number;
  private readonly onError: (error: Error) => void;
  private readonly running: Promise<void>;
  private stopped = false;
  private isMissing = false;
  private extending: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: EmbeddedQueue,
    private readonly name: string,
    private readonly handle: (message: Message) => Promise<void> | void,
    { concurrency = 10, onError = () => {} }: SubscribeOptions,
  ) {
    this.concurrency = concurrency;
    this.onError = onError;
    this.running = this.run();
  }

  /** There may be something new. */
  look(): void {
    this.wake.ring();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake.ring();
    await this.running;
    await Promise.all(this.handling.values());
    clearInterval(this.extending);
  }

  private async run(): Promise<void> {
    let pause: number = LOOK.first;
    while (!this.stopped) {
      const room = this.concurrency - this.handling.size;
      if (room <= 0) {
        await this.wake.wait();
        continue;
      }
      try {
        pause = (await this.take(room)) ? LOOK.first : Math.min(pause * LOOK.growth, LOOK.longest);
      } catch (error) {
        this.onError(error as Error);
        pause = LOOK.afterError;
      }
      if (pause > LOOK.first) await this.wake.wait(pause);
    }
  }

  /** Whether there was something. */
  private async take(room: number): Promise<boolean> {
    const found = await this.queue.lease(this.name, room);
    if (!found && !this.isMissing) this.onError(new MissingError(`the subscription ${this.name} does not exist; waiting for it`));
    this.isMissing = !found;
    if (!found || found.leased.length === 0) return false;
    if (this.stopped) {
      await this.queue.giveBack(found.leased);
      return false;
    }
    this.extending ??= setInterval(() => this.extend(found.deadline), found.deadline / 3);
    for (const leased of found.leased) {
      this.handling.set(
        leased,
        this.deliver(leased).finally(() => {
          this.handling.delete(leased);
          if (this.handling.size === 0) {
            clearInterval(this.extending);
            this.extending = undefined;
          }
          this.wake.ring();
        }),
      );
    }
    return true;
  }

  private async deliver(leased: Leased): Promise<void> {
    const well = await attempt(() => this.handle(leased.message));
    try {
      if (!well) await this.queue.refuse(this.name, leased);
      else if (!(await this.queue.acknowledge(leased)))
        this.onError(new Error(`${this.name}: message ${leased.message.id} was acknowledged after its deadline and is delivered again`));
    } catch (error) {
      this.onError(error as Error);
    }
  }

  private extend(deadline: number): void {
    this.queue.extend([...this.handling.keys()], deadline).catch(this.onError);
  }
}

async function attempt(work: () => Promise<void> | void): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false; // the handler has said what there is to say
  }
}
