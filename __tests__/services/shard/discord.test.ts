import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, Events, PermissionFlagsBits, PermissionsBitField, Status } from 'discord.js';
import { Registry } from 'prom-client';
import { DiscordChannels } from '../../../services/shard/discord/channels';
import { messageRest } from '../../../services/shard/discord/client';
import { DiscordSender } from '../../../services/shard/discord/sender';
import { ShardHealth } from '../../../services/shard/discord/shard-health';
import { shardOfGuild, shardsOf } from '../../../services/shard/discord/shards';
import { LeapingClock } from '../../support/film/leaping-clock';

const signal = () => new AbortController().signal;
const post = { channelId: '100', embeds: [{ title: 'M' }], nonce: 'n'.repeat(25) };
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
const bodies: unknown[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (data) => (body += data)).on('end', () => answer(request, response, body));
});
const sender = () => new DiscordSender(messageRest({ token: 't', shards: 'auto', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api` }));
const json = (response: ServerResponse, status: number, body: object, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a message is sent with its nonce, and pings nobody', async () => {
  answer = (request, response, body) => {
    bodies.push(request.url, request.headers.authorization, JSON.parse(body));
    json(response, 200, { id: '555' });
  };
  expect(await sender().send(post, signal())).toBe('555');
  expect(bodies).toEqual([
    '/api/v10/channels/100/messages',
    'Bot t',
    { embeds: [{ title: 'M' }], nonce: post.nonce, enforce_nonce: true, allowed_mentions: { parse: [] } },
  ]);
});

const limit = (global: boolean) =>
  [429, { message: 'slow', retry_after: 1.5, global }, { 'retry-after': '1.5', ...(global && { 'x-ratelimit-global': 'true' }) }] as const;
test.each([
  ['too many', limit(false), { kind: 'limited', everywhere: false, wait: expect.closeTo(1550, -3) }],
  ['too many everywhere', limit(true), { kind: 'limited', everywhere: true }],
  ['down', [500, {}, {}], { kind: 'failed' }],
  [
    'forbidden',
    [403, { code: 50013, message: 'Missing Permissions' }, {}],
    { kind: 'closed', message: 'Discord refuses the message: 50013 Missing Permissions' },
  ],
  ['gone', [404, { code: 10003, message: 'Unknown Channel' }, {}], { kind: 'closed' }],
  ['bad', [400, { code: 50035, message: 'Invalid Form Body' }, {}], { kind: 'closed' }],
  ['no token', [401, { code: 0, message: '401: Unauthorized' }, {}], { kind: 'failed' }],
] as const)('%s', async (what, [status, body, headers], expected) => {
  let requests = 0;
  answer = (_, response) => {
    requests += 1;
    json(response, status, body, headers);
  };
  const discord = sender();
  await expect(discord.send(post, signal())).rejects.toMatchObject(expected);
  expect(requests).toBe(1); // tries are the caller's, at its pace
  expect(discord.isRefused).toBe(what === 'no token');
});

test('a dropped connection may have brought the message', async () => {
  answer = (request) => request.socket.destroy();
  await expect(sender().send(post, signal())).rejects.toMatchObject({ kind: 'failed' });
});

test('shards are as the environment says, and servers theirs by their ids', () => {
  expect(shardsOf('auto')).toBe('auto');
  expect(shardsOf('4-7/8')).toEqual({ ids: [4, 5, 6, 7], total: 8 });
  expect([0n, 1n, 9n].map((shard) => shardOfGuild(String(((shard + 80n) << 22n) + 5n), 8))).toEqual([0, 1, 1]);
});

/** Shards as discord.js shows them. */
function clientWith(...statuses: Status[]) {
  const shards = new Map(statuses.map((status, id) => [id, { id, status, lastPingTimestamp: -1 }]));
  const every = (test: (shard: { status: Status }) => boolean) => [...shards.values()].every(test);
  return Object.assign(new EventEmitter(), {
    ws: { shards: Object.assign(shards, { every }) },
    channels: { cache: new Map<string, unknown>(), fetch: async () => null as unknown },
    options: { shardCount: 2 },
  });
}

test('health is that of each connection, and of what is heard there', async () => {
  const clock = new LeapingClock();
  const client = clientWith(Status.Ready, Status.Ready);
  const registry = new Registry();
  const health = new ShardHealth(client as unknown as Client, clock, registry);
  const hear = () => {
    for (const shard of [0, 1]) client.emit(Events.Raw, {}, shard);
  };
  expect(() => health.ready()).toThrow('shard 0 is ready, never heard; shard 1 is ready, never heard');
  hear();
  expect(() => health.ready()).not.toThrow();
  clock.pass(119_000);
  expect(() => health.ready()).not.toThrow();
  clock.pass(2000);
  expect(() => health.ready()).toThrow('shard 0 is ready, last heard 121 s ago');
  Object.assign(client.ws.shards.get(0) as object, { lastPingTimestamp: clock.now() });
  expect(() => health.ready()).toThrow(/^shard 1 is ready, last heard 121 s ago$/);
  hear();
  Object.assign(client.ws.shards.get(1) as object, { status: Status.Connecting });
  expect(() => health.ready()).toThrow(/^shard 1 is connecting, last heard 0 s ago$/);
  expect(await registry.metrics()).toContain('filmlinkd_shard_up{shard="1"} 0');
  expect(() => health.live()).not.toThrow();
  clock.pass(5 * 60_000);
  hear();
  expect(() => health.live()).toThrow('shard 1 is connecting');
});

test('no connection at all is not ready', () => {
  expect(() => new ShardHealth(clientWith() as unknown as Client, new LeapingClock(), new Registry()).ready()).toThrow('not connected yet');
});

const ALL = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages | PermissionFlagsBits.EmbedLinks;
function channel(permissions: bigint, { isThread = false } = {}) {
  const has = new PermissionsBitField(permissions);
  return { isDMBased: () => false, isTextBased: () => true, isThread: () => isThread, permissionsFor: () => has, guild: { members: { me: {} } } };
}

function channels(client: ReturnType<typeof clientWith>, lookups: Record<string, object | number> = {}) {
  const asked: string[] = [];
  const get = async (route: string) => {
    asked.push(route);
    const found = lookups[route];
    if (typeof found === 'object') return found;
    throw Object.assign(new Error(`answered ${found}`), { status: found });
  };
  return { asked, state: (id: string) => new DiscordChannels(client as unknown as Client, { get } as never, new LeapingClock(), signal()).state(id) };
}

test('what the bot needs in a channel', async () => {
  const client = clientWith(Status.Ready);
  const set = (permissions: bigint, more?: { isThread: boolean }) => client.channels.cache.set('1', channel(permissions, more));
  const { state } = channels(client);
  set(ALL);
  expect(await state('1')).toEqual({ kind: 'open' });
  set(PermissionFlagsBits.SendMessages);
  expect(await state('1')).toEqual({ kind: 'closed', reason: 'missing permission: View Channel, Send Messages, Embed Links'.replace('Send Messages, ', '') });
  set(ALL, { isThread: true });
  expect(await state('1')).toEqual({ kind: 'closed', reason: 'missing permission: Send Messages in Threads' });
  set(ALL | PermissionFlagsBits.SendMessagesInThreads, { isThread: true });
  expect(await state('1')).toEqual({ kind: 'open' });
  client.channels.cache.set('1', { ...channel(ALL), isTextBased: () => false });
  expect(await state('1')).toMatchObject({ kind: 'closed' });
});

test('a channel that no shard told of is asked for once, and only while all are connected', async () => {
  const client = clientWith(Status.Ready);
  const guild = (shard: bigint) => String(((shard + 80n) << 22n) + 5n);
  const lookups = {
    '/channels/1': { guild_id: guild(1n) },
    '/channels/2': { guild_id: guild(0n) },
    '/channels/3': 404,
    '/channels/4': 403,
    '/channels/5': 500,
    '/channels/6': {},
  };
  const asked: string[] = [];
  const get = async (route: keyof typeof lookups) => {
    asked.push(route);
    if (typeof lookups[route] === 'object') return lookups[route];
    throw Object.assign(new Error('no'), { status: lookups[route] });
  };
  const known = new DiscordChannels(client as unknown as Client, { get } as never, new LeapingClock(), signal());
  for (let times = 0; times < 2; times += 1) {
    expect(await known.state('1')).toEqual({ kind: 'elsewhere' });
    expect(await known.state('2')).toEqual({ kind: 'unknown', reason: 'its server is not available' });
    expect(await known.state('3')).toEqual({ kind: 'closed', reason: 'there is no such channel' });
    expect(await known.state('4')).toMatchObject({ kind: 'closed' });
  }
  expect(asked).toEqual(['/channels/1', '/channels/2', '/channels/3', '/channels/4']);
  expect(await known.state('5')).toEqual({ kind: 'unknown', reason: 'no' });
  expect(await known.state('6')).toEqual({ kind: 'closed', reason: 'not a channel of a server' });

  client.channels.fetch = async () => channel(ALL); // an old thread
  expect(await known.state('2')).toEqual({ kind: 'open' });

  const connecting = channels(clientWith(Status.Ready, Status.Connecting));
  expect(await connecting.state('1')).toEqual({ kind: 'unknown', reason: 'the shards are connecting' });
  expect(connecting.asked).toEqual([]);
});
