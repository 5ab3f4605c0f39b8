import type { Clock } from '../../runtime/clock';
import type { Leases } from '../../runtime/stores/leases';
import type { Log } from '../log';
import { repeat } from '../repeat';
import { ownerOf } from './rendezvous';

export interface CrewOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  /** What this process does: its mode. */
  readonly team: string;
  /** Its name among its like. */
  readonly instance: string;
  /** Who is silent for so long is dead. */
  readonly leaseSeconds: number;
}

/** All scrapers of both modes have one group of leases: a write and a query for each beat. */
export const GROUP = 'scrapers';
/** Beats for each lease: two may be lost before somebody is taken for dead. */
const BEATS = 3;
/** So much of its own lease a process relies on: clocks differ, and others may have the work after it. */
const TRUSTED = 0.9;

/** The processes that share the work, this one among them. */
export class Crew {
  private members: readonly string[] = [];
  private seenAt = Number.NEGATIVE_INFINITY;
  private readonly name: string;
  private readonly ending = new AbortController();
  private beating: Promise<void> | undefined;

  constructor(private readonly options: CrewOptions) {
    this.name = `${options.team}:${options.instance}`;
  }

  /** Begins, and goes on until `leave`. */
  async join(): Promise<void> {
    const { clock, leaseSeconds, log } = this.options;
    const pause = (leaseSeconds * 1000) / BEATS;
    const beat = () => this.beat();
    const failed = (error: Error) => log.error({ error }, 'The lease could not be renewed');
    await beat().catch(failed);
    this.beating = clock
      .sleep(pause, this.ending.signal)
      .then(() => repeat(clock, pause, this.ending.signal, beat, failed))
      .catch(() => {}); // it left before the first pause was over
  }

  /**
   * Whether this process does the work of `key`, which is shared by its team, or by all. Nobody's, while its own lease may be over:
   * others have it then.
   */
  owns(key: string, among: 'team' | 'all'): boolean {
    const { clock, leaseSeconds, team } = this.options;
    if (clock.now() - this.seenAt >= leaseSeconds * 1000 * TRUSTED) return false;
    return ownerOf(key, among === 'all' ? this.members : this.of(team)) === this.name;
  }

  /** Who of a team is there. */
  of(team: string): readonly string[] {
    return this.members.filter((member) => member.startsWith(`${team}:`));
  }

  async leave(): Promise<void> {
    this.ending.abort();
    await this.beating;
    this.seenAt = Number.NEGATIVE_INFINITY;
    await this.options.leases.leave(GROUP, this.name);
  }

  private async beat(): Promise<void> {
    const { clock, leases, leaseSeconds, log } = this.options;
    const begun = clock.now();
    await leases.beat(GROUP, this.name, leaseSeconds);
    const members = await leases.members(GROUP);
    if (members.join() !== this.members.join()) log.info({ members }, 'Who is there has changed');
    this.members = members;
    this.seenAt = begun;
  }
}
