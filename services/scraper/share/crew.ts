import type { Leases } from '../../runtime/stores/leases';
import { type Clock, repeat } from '../clock';
import type { Log } from '../log';
import { ownerOf } from './rendezvous';

export interface CrewOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  /** Groups that this process is a member of, with its name in each. */
  readonly groups: Readonly<Record<string, string>>;
  /** Other groups, to know whether anybody is there. @default none */
  readonly watched?: readonly string[];
  /** Who is silent for so long is dead. */
  readonly leaseSeconds: number;
}

/** Beats for each lease: two may be lost before somebody is taken for dead. */
const BEATS = 3;
/** So much of its own lease a process relies on: clocks differ, and others may have the work after it. */
const TRUSTED = 0.9;

/** The processes that share the work, of this one's groups. */
export class Crew {
  private members: ReadonlyMap<string, readonly string[]> = new Map();
  private seenAt = Number.NEGATIVE_INFINITY;
  private readonly ending = new AbortController();
  private beating: Promise<void> | undefined;

  constructor(private readonly options: CrewOptions) {}

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

  /** Whether this process does the work of `key`. Nobody's, while its own lease may be over: others have it then. */
  owns(group: string, key: string): boolean {
    const { clock, groups, leaseSeconds } = this.options;
    if (clock.now() - this.seenAt >= leaseSeconds * 1000 * TRUSTED) return false;
    return ownerOf(key, this.of(group)) === groups[group];
  }

  /** Who is there. */
  of(group: string): readonly string[] {
    return this.members.get(group) ?? [];
  }

  async leave(): Promise<void> {
    const { groups, leases } = this.options;
    this.ending.abort();
    await this.beating;
    this.seenAt = Number.NEGATIVE_INFINITY;
    await Promise.all(Object.entries(groups).map(([group, name]) => leases.leave(group, name)));
  }

  private async beat(): Promise<void> {
    const { clock, groups, leases, leaseSeconds, log, watched = [] } = this.options;
    const begun = clock.now();
    await Promise.all(Object.entries(groups).map(([group, name]) => leases.beat(group, name, leaseSeconds)));
    const names = [...Object.keys(groups), ...watched];
    const members = new Map(await Promise.all(names.map(async (group) => [group, await leases.members(group)] as const)));
    const changed = names.filter((group) => members.get(group)?.join() !== this.of(group).join());
    this.members = members;
    this.seenAt = begun;
    if (changed.length > 0) log.info({ crew: Object.fromEntries(members) }, `Who is there has changed: ${changed.join(', ')}`);
  }
}
