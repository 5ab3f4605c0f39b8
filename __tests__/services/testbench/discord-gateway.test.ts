import { GatewayOpcodes } from 'discord-api-types/v10';
import { FakeDiscord, type FakeDiscordOptions } from '../../../services/testbench/discord/discord';
import { ask, Line } from './discord-client';

let discord: FakeDiscord;
let lines: Line[] = [];

async function begin(options: FakeDiscordOptions = {}): Promise<void> {
  discord = await FakeDiscord.start(options);
}

async function connect(more?: object): Promise<Line> {
  const line = new Line(discord.gateway.url);
  lines.push(line);
  await line.hello();
  if (more) {
    line.identify(discord, more);
    await line.event('READY');
  }
  return line;
}

afterEach(async () => {
  await discord.stop();
  lines = [];
});

test('GET /gateway/bot says where, how many shards and how many sessions', async () => {
  await begin({ shards: 3, gateway: { maxConcurrency: 2 } });
  await connect({});
  const { body } = await ask(discord, 'GET', '/gateway/bot');
  expect(body).toEqual({
    url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/gateway$/),
    shards: 3,
    session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 2 },
  });
});

test('a session is told who it is and gets the guilds of its shard only', async () => {
  await begin();
  const guilds = Array.from({ length: 6 }, () => discord.world.addGuild().id);
  const line = await connect({ shard: [1, 3] });
  const ready = await line.event('READY');
  expect(ready.d).toMatchObject({
    v: 10,
    shard: [1, 3],
    application: { id: discord.world.bot.id },
    resume_gateway_url: expect.stringContaining('ws://'),
    session_id: expect.any(String),
  });
  const own = guilds.filter((id) => (BigInt(id) >> 22n) % 3n === 1n);
  expect(own).toHaveLength(2);
  expect(ready.d.guilds.map(({ id }: { id: string }) => id)).toEqual(own);
  await line.until(({ t, d }) => t === 'GUILD_CREATE' && d.id === own[1]);
  expect(line.received.filter(({ t }) => t === 'GUILD_CREATE').map(({ d }) => d.id)).toEqual(own);
});

test('what happens later is told to the shard that it is about', async () => {
  await begin();
  const [first, second] = [await connect({ shard: [0, 2] }), await connect({ shard: [1, 2] })];
  const ids = [discord.world.addGuild().id, discord.world.addGuild().id];
  const even = ids.find((id) => (BigInt(id) >> 22n) % 2n === 0n);
  await Promise.all([first.event('GUILD_CREATE'), second.event('GUILD_CREATE')]);
  const told = (line: Line) => line.received.filter(({ t }) => t === 'GUILD_CREATE').map(({ d }) => d.id);
  expect([told(first), told(second)]).toEqual([[even], ids.filter((id) => id !== even)]);
});

test('without the intent there are no guilds, and no messages', async () => {
  await begin();
  const guild = discord.world.addGuild();
  const channel = discord.world.addChannel(guild.id);
  const quiet = await connect({ intents: 0 });
  const nosy = await connect({ intents: 513 });
  await ask(discord, 'POST', `/channels/${channel.id}/messages`, { content: 'x' });
  await nosy.event('MESSAGE_CREATE');
  expect(quiet.received.map(({ t }) => t)).toEqual([null, 'READY']);
});

test.each([
  ['a wrong token', { token: 'another' }, 4004],
  ['a shard beyond the count', { shard: [2, 2] }, 4010],
  ['an intent that does not exist', { intents: 1 << 30 }, 4013],
  ['an intent that the application may not use', { intents: 1 << 15 }, 4014],
  ['no properties', { properties: undefined }, 4002],
])('%s closes the socket', async (_, more, code) => {
  await begin();
  const line = await connect();
  line.identify(discord, more);
  expect(await line.end()).toBe(code);
  expect(discord.gateway.counters.identified).toBe(0);
});

test.each([
  ['what is no JSON', (line: Line) => line.raw('{'), 4002],
  ['an opcode that does not exist', (line: Line) => line.send(99, {}), 4001],
  ['a payload before IDENTIFY', (line: Line) => line.send(GatewayOpcodes.PresenceUpdate, {}), 4003],
  ['more than 4096 bytes', (line: Line) => line.send(GatewayOpcodes.PresenceUpdate, { text: 'x'.repeat(5000) }), 4002],
  ['more than 120 payloads in a minute', (line: Line) => Array.from({ length: 121 }, () => line.send(GatewayOpcodes.Heartbeat, null)), 4008],
])('%s closes the socket', async (_, act, code) => {
  await begin();
  const line = await connect();
  act(line);
  expect(await line.end()).toBe(code);
});

test('IDENTIFY twice closes the socket', async () => {
  await begin();
  const line = await connect({});
  line.identify(discord);
  expect(await line.end()).toBe(4005);
});

test('another version of the API is refused, and compression', async () => {
  await begin();
  expect(await new Line(discord.gateway.url, '?v=9').end()).toBe(4012);
  expect(await new Line(discord.gateway.url, '?v=10&compress=zlib-stream').end()).toBe(1006);
});

test('heartbeats are acknowledged; who stops them is closed and can resume', async () => {
  await begin({ gateway: { heartbeatMs: 60 } });
  const line = await connect({});
  expect((await line.hello()).d.heartbeat_interval).toBe(60);
  line.send(GatewayOpcodes.Heartbeat, 1);
  await line.until(({ op }) => op === GatewayOpcodes.HeartbeatAck);
  expect(await line.end()).toBe(4009);
  await discord.until('the socket is gone', () => discord.gateway.connected.length === 0);
  expect(discord.gateway.sessions.size).toBe(1);
});

async function resume(session_id: string, seq: number): Promise<Line> {
  const line = new Line(`${discord.gateway.url}/resume`);
  await line.hello();
  line.send(GatewayOpcodes.Resume, { token: discord.token, session_id, seq });
  return line;
}

test('RESUME sends what was missed, in order, and no more', async () => {
  await begin();
  const line = await connect({});
  const { session_id } = (await line.event('READY')).d;
  discord.world.addGuild({ name: 'seen' });
  const { s } = await line.event('GUILD_CREATE');
  discord.gateway.drop();
  expect(await line.end()).toBe(1006);
  discord.world.addGuild({ name: 'missed 1' });
  discord.world.addGuild({ name: 'missed 2' });

  const again = await resume(session_id, s as number);
  await again.event('RESUMED');
  expect(again.received.slice(1).map(({ t, s: at, d }) => [t, at, d.name])).toEqual([
    ['GUILD_CREATE', 3, 'missed 1'],
    ['GUILD_CREATE', 4, 'missed 2'],
    ['RESUMED', 5, undefined],
  ]);
});

test('a session that is unknown, over or said goodbye cannot be resumed; a sequence from the future closes', async () => {
  let now = 1_700_000_000_000;
  await begin({ now: () => now, gateway: { resumeWindowMs: 60_000 } });
  const invalid = async (session: string, seq: number) => (await (await resume(session, seq)).until(({ op }) => op === GatewayOpcodes.InvalidSession)).d;
  expect(await invalid('unknown', 0)).toBe(false);

  const [left, old, future] = [await connect({}), await connect({}), await connect({})];
  const id = async (line: Line) => (await line.event('READY')).d.session_id as string;
  left.close(1000);
  await left.end();
  await discord.until('goodbye', () => discord.gateway.sessions.size === 2);
  expect(await invalid(await id(left), 1)).toBe(false);

  expect(await (await resume(await id(future), 99)).end()).toBe(4007);

  old.close(4900);
  await old.end();
  await discord.until('detached', () => discord.gateway.connected.length === 1);
  now += 60_001;
  expect(await invalid(await id(old), 1)).toBe(false);
});

test('who identifies too fast has no session', async () => {
  let now = 1_700_000_000_000;
  await begin({ now: () => now, gateway: { identifyEveryMs: 5000, maxConcurrency: 2 } });
  await connect({ shard: [0, 3] });
  await connect({ shard: [1, 3] });
  const third = await connect();
  third.identify(discord, { shard: [2, 3] }); // 2 modulo 2 is 0
  await third.until(({ op }) => op === GatewayOpcodes.InvalidSession);
  now += 5000;
  third.identify(discord, { shard: [2, 3] });
  await third.event('READY');
});

test('while the gateway is down nobody connects', async () => {
  await begin();
  discord.gateway.refusesConnections = true;
  expect(await new Line(discord.gateway.url).end()).toBe(1006);
  discord.gateway.refusesConnections = false;
  await connect({});
});
