import { randomBytes } from 'node:crypto';
import { GatewayCloseCodes, GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Changes } from '../../changes';
import type { Loopback } from '../../http/loopback';
import { guildData, userData } from '../shapes';
import { shardOf } from '../snowflakes';
import type { DiscordWorld } from '../world';
import { Connection, type ConnectionHost } from './connection';
import { type Identify, type Resume, refusalOf } from './payloads';
import { Session } from './session';

export interface GatewayOptions {
  readonly token: string;
  /** Milliseconds between heartbeats. @default 41250 */
  readonly heartbeatMs?: number;
  /** How long a session without a socket can be resumed, milliseconds. @default 180000 */
  readonly resumeWindowMs?: number;
  /** Whether the application has the privileged intents. @default false */
  readonly privilegedIntents?: boolean;
  /** Milliseconds in which a rate-limit key (shard modulo `maxConcurrency`) may identify once; Discord's is 5000. @default 0, no limit */
  readonly identifyEveryMs?: number;
  /** @default 16 */
  readonly maxConcurrency?: number;
}

/** Discord's gateway: sockets, sessions, and what can go wrong with them. */
export class Gateway implements ConnectionHost {
  readonly sessions = new Map<string, Session>();
  /** Sessions that were begun and resumed, over all time. */
  readonly counters = { connected: 0, identified: 0, resumed: 0, refused: 0 };
  readonly heartbeatMs: number;
  readonly maxConcurrency: number;
  /** New sockets are cut: the gateway is down. */
  refusesConnections = false;
  /** Heartbeats get no answer: the line is dead, and nobody notices but who counts them. */
  isSilent = false;
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly connections = new Set<Connection>();
  private readonly lastIdentify = new Map<number, number>();

  constructor(
    private readonly loopback: Loopback,
    private readonly world: DiscordWorld,
    private readonly changes: Changes,
    private readonly options: GatewayOptions,
  ) {
    this.heartbeatMs = options.heartbeatMs ?? 41_250;
    this.maxConcurrency = options.maxConcurrency ?? 16;
    loopback.server.on('upgrade', (request, socket, head) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://gateway');
      if (this.refusesConnections) return socket.destroy();
      if (!pathname.startsWith('/gateway') || searchParams.has('compress') || (searchParams.get('encoding') ?? 'json') !== 'json') {
        return socket.end('HTTP/1.1 400 Bad Request\r\n\r\nThe gateway is /gateway, speaks JSON and does not compress.');
      }
      this.server.handleUpgrade(request, socket, head, (ws) => this.accept(ws, searchParams.get('v') ?? '10'));
    });
  }

  /** What GET /gateway says. */
  get url(): string {
    return `ws://${this.loopback.host}/gateway`;
  }

  /** Sessions that have a socket. */
  get connected(): Session[] {
    return [...this.sessions.values()].filter(({ socket }) => socket);
  }

  /** Tells every session whose shard the guild is on. */
  dispatch(event: GatewayDispatchEvents, guildId: string, data: object): void {
    for (const session of this.sessions.values()) if (session.wants(event, guildId)) session.dispatch(event, data);
  }

  /** Cuts the sockets, of one shard or all, as a broken line does: the client sees 1006. */
  drop(shard?: number): void {
    for (const { socket } of this.of(shard)) socket?.terminate();
  }

  /** Closes them with a code, such as 4009. */
  close(code: number, shard?: number): void {
    for (const { socket } of this.of(shard)) socket?.close(code);
  }

  /** Asks them to reconnect and resume. */
  reconnect(shard?: number): void {
    for (const { connection } of this.of(shard)) connection.send(GatewayOpcodes.Reconnect, null);
  }

  /** Their sessions end. `resumable`: they are asked to resume instead. */
  invalidate(shard?: number, resumable = false): void {
    for (const { connection, session } of this.of(shard)) {
      connection.session = undefined; // both ways it begins again, on this socket or another
      this.detach(session, !resumable);
      connection.send(GatewayOpcodes.InvalidSession, resumable);
    }
  }

  acknowledges(): boolean {
    return !this.isSilent;
  }

  identify(identify: Identify, { socket }: Connection): Session | GatewayCloseCodes | undefined {
    const { token, privilegedIntents = false } = this.options;
    const [shard, shards] = identify.shard;
    const refusal = refusalOf(identify, { token, privileged: privilegedIntents });
    if (refusal !== undefined) {
      this.counters.refused += 1;
      return refusal;
    }
    const key = shard % this.maxConcurrency;
    const last = this.lastIdentify.get(key);
    if (last !== undefined && this.world.now() - last < (this.options.identifyEveryMs ?? 0)) return undefined;
    this.lastIdentify.set(key, this.world.now());

    const session = new Session(randomBytes(16).toString('hex'), shard, shards, identify.intents);
    this.sessions.set(session.id, session);
    session.socket = socket;
    const guilds = [...this.world.guilds.values()].filter(({ id }) => shardOf(id, shards) === shard);
    session.dispatch(GatewayDispatchEvents.Ready, {
      v: 10,
      user: userData(this.world.bot),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: `${this.url}/resume`,
      shard: [shard, shards],
      application: { id: this.world.bot.id, flags: 0 },
    });
    for (const guild of guilds) {
      if (session.wants(GatewayDispatchEvents.GuildCreate, guild.id)) session.dispatch(GatewayDispatchEvents.GuildCreate, guildData(guild, this.world.bot.id));
    }
    this.counters.identified += 1;
    this.changes.happened();
    return session;
  }

  resume({ token, session_id, seq }: Resume, { socket }: Connection): Session | GatewayCloseCodes | undefined {
    if (token !== this.options.token) return GatewayCloseCodes.AuthenticationFailed;
    const session = this.sessions.get(session_id);
    if (!session || this.isOver(session)) return undefined;
    if (seq > session.sequence) return GatewayCloseCodes.InvalidSeq;
    if (!session.canReplay(seq)) return undefined;
    const before = session.socket;
    session.socket = socket;
    session.detachedAt = undefined;
    session.resumes += 1;
    before?.terminate();
    session.replay(seq);
    session.dispatch(GatewayDispatchEvents.Resumed, { _trace: [] });
    this.counters.resumed += 1;
    this.changes.happened();
    return session;
  }

  detach(session: Session, forGood: boolean): void {
    session.socket = undefined;
    if (forGood) this.sessions.delete(session.id);
    session.detachedAt = this.world.now();
    for (const other of this.sessions.values()) if (this.isOver(other)) this.sessions.delete(other.id);
    this.changes.happened();
  }

  /** Cuts all sockets. */
  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: WebSocket, version: string): void {
    this.counters.connected += 1;
    if (version !== '10') {
      socket.close(GatewayCloseCodes.InvalidAPIVersion);
      return;
    }
    const connection = new Connection(socket, this);
    this.connections.add(connection);
    socket.once('close', () => this.connections.delete(connection));
  }

  private isOver({ detachedAt }: Session): boolean {
    return detachedAt !== undefined && this.world.now() - detachedAt > (this.options.resumeWindowMs ?? 180_000);
  }

  private of(shard: number | undefined): { connection: Connection; session: Session; socket: WebSocket | undefined }[] {
    return [...this.connections].flatMap((connection) => {
      const { session } = connection;
      return session && (shard === undefined || session.shard === shard) ? [{ connection, session, socket: session.socket }] : [];
    });
  }
}
