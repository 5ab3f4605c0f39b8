import { type GatewayDispatchEvents, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import { shardOf } from '../snowflakes';

interface Dispatched {
  readonly op: GatewayOpcodes.Dispatch;
  readonly s: number;
  readonly t: GatewayDispatchEvents;
  readonly d: object;
}

/** Events that a session keeps for a resume. */
const KEPT = 1000;

/** What an event needs, to be sent; others always are. Interactions need nothing. */
const INTENT_OF: Readonly<Record<string, GatewayIntentBits>> = {
  GUILD_CREATE: GatewayIntentBits.Guilds,
  GUILD_DELETE: GatewayIntentBits.Guilds,
  CHANNEL_CREATE: GatewayIntentBits.Guilds,
  CHANNEL_UPDATE: GatewayIntentBits.Guilds,
  CHANNEL_DELETE: GatewayIntentBits.Guilds,
  THREAD_CREATE: GatewayIntentBits.Guilds,
  THREAD_DELETE: GatewayIntentBits.Guilds,
  MESSAGE_CREATE: GatewayIntentBits.GuildMessages,
};

/** One shard of one process, over all its sockets. */
export class Session {
  socket: WebSocket | undefined;
  sequence = 0;
  /** Since when it has no socket. */
  detachedAt: number | undefined;
  /** How often it was resumed. */
  resumes = 0;
  private kept: Dispatched[] = [];

  constructor(
    readonly id: string,
    readonly shard: number,
    readonly shards: number,
    readonly intents: number,
  ) {}

  wants(event: GatewayDispatchEvents, guildId: string): boolean {
    const intent = INTENT_OF[event];
    return shardOf(guildId, this.shards) === this.shard && (intent === undefined || (this.intents & intent) !== 0);
  }

  dispatch(event: GatewayDispatchEvents, data: object): void {
    this.sequence += 1;
    const dispatched: Dispatched = { op: GatewayOpcodes.Dispatch, s: this.sequence, t: event, d: data };
    this.kept.push(dispatched);
    if (this.kept.length > KEPT) this.kept = this.kept.slice(-KEPT / 2);
    this.socket?.send(JSON.stringify(dispatched));
  }

  /** False: something after `sequence` is not kept any more. */
  canReplay(sequence: number): boolean {
    return sequence === this.sequence || this.kept.some(({ s }) => s === sequence + 1);
  }

  replay(sequence: number): void {
    for (const dispatched of this.kept) if (dispatched.s > sequence) this.socket?.send(JSON.stringify(dispatched));
  }
}
