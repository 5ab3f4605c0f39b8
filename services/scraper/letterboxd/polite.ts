import type { LogEntriesQuery, Page } from '../../letterboxd/client';
import { LetterboxdFailure } from '../../letterboxd/failure';
import type { ApiLogEntry } from '../../letterboxd/schemas';
import type { Clock } from '../../runtime/clock';
import { backoff } from '../backoff';
import type { Log } from '../log';
import { Pace } from './pace';

/** What is asked of Letterboxd. */
export interface EntrySource {
  logEntries(query: LogEntriesQuery, signal?: AbortSignal): Promise<Page<ApiLogEntry>>;
}

/** Nothing was asked: Letterboxd wants to be left alone for now. */
export class LetterboxdPaused extends Error {
  override readonly name = 'LetterboxdPaused';
}

export interface Politeness {
  readonly clock: Clock;
  readonly log: Log;
  readonly requestsPerSecond: number;
  /** Milliseconds after a 403. */
  readonly forbiddenPause: number;
  readonly random?: () => number;
}

/** Milliseconds; so many failures in a row are chance, not an outage. */
const OUTAGE = { first: 1000, longest: 60_000, tolerated: 2 } as const;
/** Nobody waits longer, whatever Retry-After says. */
const LONGEST_PAUSE = 3_600_000;

/**
 * Keeps to the rate, does what Retry-After says, waits longer with every failure in a row, and stops altogether for a while when
 * Letterboxd forbids us: somebody must look then, and nothing here works around it.
 */
export class PoliteLetterboxd implements EntrySource {
  private readonly pace: Pace;
  private failures = 0;
  private until = 0;

  constructor(
    private readonly source: EntrySource,
    private readonly manners: Politeness,
  ) {
    this.pace = new Pace(manners.clock, manners.requestsPerSecond);
  }

  /** Whether nothing may be asked now. */
  get isPaused(): boolean {
    return this.manners.clock.now() < this.until;
  }

  async logEntries(query: LogEntriesQuery, signal?: AbortSignal): Promise<Page<ApiLogEntry>> {
    this.refuseWhilePaused();
    await this.pace.turn(signal);
    this.refuseWhilePaused(); // another one's answer has come while we waited
    try {
      const page = await this.source.logEntries(query, signal);
      this.failures = 0;
      return page;
    } catch (error) {
      if (error instanceof LetterboxdFailure) this.heed(error);
      throw error;
    }
  }

  private refuseWhilePaused(): void {
    if (this.isPaused) throw new LetterboxdPaused(`Letterboxd is not asked before ${new Date(this.until).toISOString()}`);
  }

  private heed(failure: LetterboxdFailure): void {
    const { forbiddenPause, log, random } = this.manners;
    this.failures += 1;
    if (failure.kind === 'forbidden') {
      this.pause(forbiddenPause);
      const seconds = Math.round(forbiddenPause / 1000);
      log.error(
        { event: 'letterboxd_forbidden', seconds, error: failure },
        `${failure.message}: nothing is asked for ${seconds} s; see to the API key and the terms of use`,
      );
      return;
    }
    if (failure.retryAfter !== undefined) this.pause(failure.retryAfter);
    else if (failure.kind === 'limited' || this.failures > OUTAGE.tolerated) this.pause(backoff(OUTAGE, Math.max(1, this.failures - OUTAGE.tolerated), random));
  }

  private pause(milliseconds: number): void {
    this.until = Math.max(this.until, this.manners.clock.now() + Math.min(milliseconds, LONGEST_PAUSE));
  }
}
