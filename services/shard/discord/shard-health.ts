import { type Client, Events, Status } from 'discord.js';
import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../runtime/clock';

/** A connection is silent for less: heartbeats are answered every 41 s. */
const SILENT_MS = 120_000;
/** A restart may mend what reconnecting did not in so long. */
const HOPELESS_MS = 5 * 60_000;

/** How this process's connections to Discord are. The library's `isReady()` stays true while they are down. */
export class ShardHealth {
  private readonly heard = new Map<number, number>();
  private readonly wrongSince = new Map<number, number>();

  constructor(
    private readonly client: Client,
    private readonly clock: Clock,
    registry: Registry,
  ) {
    client.on(Events.Raw, (_: unknown, shard: number) => this.heard.set(shard, clock.now()));
    const registers = [registry];
    const each = (gauge: Gauge, value: (state: { isWell: boolean; age: number }) => number) => {
      for (const state of this.states()) gauge.set({ shard: String(state.id) }, value(state));
    };
    new Gauge({
      name: 'filmlinkd_shard_up',
      help: '1 while the shard is connected and heard',
      labelNames: ['shard'],
      registers,
      collect() {
        each(this, ({ isWell }) => (isWell ? 1 : 0));
      },
    });
    new Gauge({
      name: 'filmlinkd_shard_silence_seconds',
      help: 'Since the last message of the gateway',
      labelNames: ['shard'],
      registers,
      collect() {
        each(this, ({ age }) => (Number.isFinite(age) ? age / 1000 : -1));
      },
    });
  }

  /** Throws what is wrong. */
  ready(): void {
    const states = this.states();
    if (states.length === 0) throw new Error('not connected yet');
    const wrong = states.filter(({ isWell }) => !isWell);
    if (wrong.length > 0) throw new Error(wrong.map(textOf).join('; '));
  }

  /** Throws when a shard has been away for so long that the process is better started again. */
  live(): void {
    const now = this.clock.now();
    const hopeless = this.states().filter(({ id }) => now - (this.wrongSince.get(id) ?? now) >= HOPELESS_MS);
    if (hopeless.length > 0) throw new Error(hopeless.map(textOf).join('; '));
  }

  private states() {
    const now = this.clock.now();
    return [...this.client.ws.shards.values()].map(({ id, status, lastPingTimestamp }) => {
      const age = now - Math.max(this.heard.get(id) ?? Number.NEGATIVE_INFINITY, lastPingTimestamp > 0 ? lastPingTimestamp : Number.NEGATIVE_INFINITY);
      const isWell = status === Status.Ready && age < SILENT_MS;
      if (isWell) this.wrongSince.delete(id);
      else if (!this.wrongSince.has(id)) this.wrongSince.set(id, now);
      return { id, status: Status[status] ?? String(status), age, isWell };
    });
  }
}

function textOf({ id, status, age }: { id: number; status: string; age: number }): string {
  return `shard ${id} is ${status.toLowerCase()}, ${Number.isFinite(age) ? `last heard ${Math.round(age / 1000)} s ago` : 'never heard'}`;
}
