import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/**
 * Whether the engine was there all the time: a connection that ends with it. An engine that goes away takes its containers along and notes
 * an end that is not their own, exit code 0 if they listen to SIGTERM.
 */
export class Presence {
  private ended = false;
  /** Resolves when the engine has gone away. */
  readonly left: Promise<void>;

  private constructor(private readonly events: Readable) {
    this.left = new Promise((resolve) => {
      const end = () => {
        this.ended = true;
        resolve();
      };
      events.on('close', end).on('error', end).resume();
    });
  }

  /** When this resolves the engine holds the connection. */
  static async of(docker: Docker, id: string): Promise<Presence> {
    // Of the events of one container, which are few; what they say is of no interest.
    return new Presence((await docker.getEvents({ filters: { container: [id] } })) as Readable);
  }

  get isBroken(): boolean {
    return this.ended;
  }

  release(): void {
    this.events.destroy();
  }
}
