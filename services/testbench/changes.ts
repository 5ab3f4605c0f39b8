/** Lets tests wait for what a fake sees, without asking it over and over. */
export class Changes {
  private readonly waiting = new Set<() => void>();

  /** Something happened: whoever waits looks again. */
  happened(): void {
    for (const look of [...this.waiting]) look();
  }

  /**
   * Resolves with the first value of `look` that is neither undefined nor false; rejects after `limit` milliseconds, saying `what` did not happen.
   */
  until<T>(what: string, look: () => T | undefined | false, limit = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.waiting.delete(again);
      };
      const again = () => {
        try {
          const value = look();
          if (value === undefined || value === false) return;
          end();
          resolve(value);
        } catch (error) {
          end();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`not within ${limit / 1000} s: ${what}`));
      }, limit);
      this.waiting.add(again);
      again();
    });
  }
}
