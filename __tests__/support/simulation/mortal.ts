/** The step at which a process dies, and whether that step still takes effect. Steps are calls of what is outside the process. */
export interface Death {
  readonly step: number;
  readonly afterEffect: boolean;
}

/** A process: what it uses works until it dies; then nothing it does has an effect, and nothing answers. */
export class Process {
  isDead = false;
  private steps = 0;

  constructor(
    private readonly death: Death | undefined,
    private readonly onDeath: () => void,
  ) {}

  /** An object whose asynchronous methods are steps of this process. */
  uses<T extends object>(outside: T): T {
    return new Proxy(outside, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? (...given: unknown[]) => this.step(() => value.apply(target, given)) : value;
      },
    });
  }

  /** Writes until it dies. */
  writes<T extends object>(log: T): T {
    return new Proxy(log, {
      get: (target, name) => (this.isDead ? () => {} : Reflect.get(target, name)),
    });
  }

  step<R>(work: () => Promise<R>): Promise<R> {
    const never = new Promise<R>(() => {});
    if (this.isDead) return never;
    this.steps += 1;
    const dies = this.steps === this.death?.step;
    if (!dies) return work().then(...this.unlessDead<R>());
    this.isDead = true;
    if (this.death?.afterEffect) work().then(this.onDeath, this.onDeath);
    else this.onDeath();
    return never;
  }

  /** Answers do not reach a dead process. */
  private unlessDead<R>(): [(value: R) => R | Promise<R>, (error: unknown) => R | Promise<R>] {
    const never = new Promise<R>(() => {});
    return [
      (value) => (this.isDead ? never : value),
      (error) => {
        if (this.isDead) return never;
        throw error;
      },
    ];
  }
}
