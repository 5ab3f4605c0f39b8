import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import { type Identify, type Resume, readPayload } from './payloads';
import type { Session } from './session';

/** Messages that a client may send in a minute. */
const PER_MINUTE = 120;

export interface ConnectionHost {
  readonly heartbeatMs: number;
  /** False: heartbeats stay without an answer, as on a dead line. */
  acknowledges(): boolean;
  /** A code closes the connection; undefined: the session is not there any more. */
  identify(identify: Identify, connection: Connection): Session | GatewayCloseCodes | undefined;
  resume(resume: Resume, connection: Connection): Session | GatewayCloseCodes | undefined;
  /** The session has no socket any more; `forGood`: and never will again. */
  detach(session: Session, forGood: boolean): void;
}

/** One socket: HELLO, then IDENTIFY or RESUME, then heartbeats. Closes when these stop. */
export class Connection {
  session: Session | undefined;
  private received = 0;
  private readonly minute: NodeJS.Timeout;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    readonly socket: WebSocket,
    private readonly host: ConnectionHost,
  ) {
    this.minute = setInterval(() => {
      this.received = 0;
    }, 60_000);
    this.heard();
    socket.on('message', (data) => this.read(String(data)));
    socket.on('error', () => {}); // `close` follows
    socket.on('close', (code) => this.ended(code));
    this.send(GatewayOpcodes.Hello, { heartbeat_interval: host.heartbeatMs, _trace: [] });
  }

  send(op: GatewayOpcodes, d: unknown): void {
    this.socket.send(JSON.stringify({ op, d, s: null, t: null }));
  }

  private read(data: string): void {
    this.received += 1;
    const payload = this.received > PER_MINUTE ? GatewayCloseCodes.RateLimited : readPayload(data);
    if (typeof payload === 'number') {
      this.socket.close(payload);
    } else if (payload.op === GatewayOpcodes.Heartbeat) {
      this.heard();
      if (this.host.acknowledges()) this.send(GatewayOpcodes.HeartbeatAck, null);
    } else if (payload.op === GatewayOpcodes.Identify) {
      this.enter(() => this.host.identify(payload.d, this));
    } else if (payload.op === GatewayOpcodes.Resume) {
      this.enter(() => this.host.resume(payload.d, this));
    } else if (!this.session) {
      this.socket.close(GatewayCloseCodes.NotAuthenticated);
    }
  }

  private enter(by: () => Session | GatewayCloseCodes | undefined): void {
    const entered = this.session ? GatewayCloseCodes.AlreadyAuthenticated : by();
    if (typeof entered === 'number') this.socket.close(entered);
    else if (entered === undefined) this.send(GatewayOpcodes.InvalidSession, false);
    else this.session = entered;
  }

  /** A client that is silent for two intervals is a zombie. */
  private heard(): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.socket.close(GatewayCloseCodes.SessionTimedOut), 2 * this.host.heartbeatMs);
  }

  private ended(code: number): void {
    clearTimeout(this.patience);
    clearInterval(this.minute);
    if (this.session?.socket === this.socket) this.host.detach(this.session, code === 1000 || code === 1001); // the client said goodbye
  }
}
