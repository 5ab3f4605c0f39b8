/** Lets one loop sleep until there may be something to do. */
export class Wake {
  private rung = false;
  private resume: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.resume?.();
  }

  /** Resolves at the next `ring`, at once when there was one since the last wait, or after so many milliseconds. */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
        this.resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rung = false;
    this.resume = undefined;
  }
}
