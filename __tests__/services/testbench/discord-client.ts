import { GatewayOpcodes } from 'discord-api-types/v10';
import WebSocket from 'ws';
import type { FakeDiscord } from '../../../services/testbench/discord/discord';
import type { Json } from './json';

/** What a bot does by hand: requests of the API, and one socket of the gateway. */

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export async function ask(discord: FakeDiscord, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(`${discord.url}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${discord.token}`,
      'user-agent': 'DiscordBot (https://example.org, 1)',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

interface Received {
  readonly op: GatewayOpcodes;
  readonly d: Json;
  readonly s: number | null;
  readonly t: string | null;
}

/** A socket that remembers what it got. */
export class Line {
  readonly received: Received[] = [];
  closed: number | undefined;
  private readonly socket: WebSocket;
  private look: () => void = () => {};

  constructor(url: string, query = '?v=10&encoding=json') {
    this.socket = new WebSocket(`${url}${query}`);
    this.socket.on('message', (data) => {
      this.received.push(JSON.parse(String(data)));
      this.look();
    });
    this.socket.on('close', (code) => {
      this.closed = code;
      this.look();
    });
    this.socket.on('error', () => {});
  }

  send(op: GatewayOpcodes | number, d: unknown): void {
    this.raw(JSON.stringify({ op, d }));
  }

  raw(data: string): void {
    this.socket.send(data);
  }

  close(code?: number): void {
    this.socket.close(code);
  }

  identify(discord: FakeDiscord, more: object = {}): void {
    this.send(GatewayOpcodes.Identify, { token: discord.token, intents: 1, properties: { os: 'linux', browser: 'test', device: 'test' }, ...more });
  }

  async until(matches: (one: Received) => boolean): Promise<Received> {
    await this.when(() => this.received.some(matches));
    return this.received.find(matches) as Received;
  }

  event(name: string): Promise<Received> {
    return this.until(({ t }) => t === name);
  }

  hello(): Promise<Received> {
    return this.until(({ op }) => op === GatewayOpcodes.Hello);
  }

  async end(): Promise<number> {
    await this.when(() => this.closed !== undefined);
    return this.closed as number;
  }

  private when(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within 5 s; closed: ${this.closed}; got ${JSON.stringify(this.received).slice(0, 500)}`)), 5000);
      this.look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        resolve();
      };
      this.look();
    });
  }
}
