import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FakeDiscord, type FakeDiscordOptions } from '../../../services/testbench/discord/discord';
import type { Channel, Guild } from '../../../services/testbench/discord/world';
import { ask } from './discord-client';

let discord: FakeDiscord;
let guild: Guild;
let channel: Channel;
let now: number;

async function begin(options: FakeDiscordOptions = {}): Promise<void> {
  now = 1_700_000_000_000;
  discord = await FakeDiscord.start({ now: () => now, ...options });
  guild = discord.world.addGuild();
  channel = discord.world.addChannel(guild.id);
}

const post = (body: unknown, to = channel.id) => ask(discord, 'POST', `/channels/${to}/messages`, body);
const contents = () => discord.messages.in(channel.id).map(({ content }) => content);

afterEach(() => discord.stop());

describe('who may', () => {
  beforeEach(() => begin());

  test('a wrong token is 401, a wrong user agent 403, an unknown path 404, a wrong method 405', async () => {
    expect(await ask(discord, 'GET', '/users/@me', undefined, { authorization: 'Bot x' })).toMatchObject({ status: 401, body: { code: 0 } });
    expect((await ask(discord, 'GET', '/users/@me', undefined, { 'user-agent': 'curl' })).status).toBe(403);
    expect((await ask(discord, 'GET', '/nothing')).status).toBe(404);
    expect((await ask(discord, 'PUT', '/users/@me')).status).toBe(405);
    expect((await ask(discord, 'GET', '/users/@me')).body).toMatchObject({ id: discord.world.bot.id, bot: true });
  });

  test.each([
    [[], 403, 50_001],
    [['SendMessages', 'EmbedLinks'], 403, 50_001],
    [['ViewChannel', 'EmbedLinks'], 403, 50_013],
    [['ViewChannel', 'SendMessages'], 403, 50_013],
    [['ViewChannel', 'SendMessages', 'EmbedLinks'], 200, undefined],
  ] as const)('an embed with the permissions %p: %d, %p', async (bot, status, code) => {
    discord.world.permit(channel.id, bot);
    expect(await post({ embeds: [{ title: 'x' }] })).toMatchObject({ status, body: code === undefined ? {} : { code } });
    expect(discord.messages.count).toBe(status === 200 ? 1 : 0);
  });

  test('a thread needs another permission, and has those of its channel', async () => {
    const thread = discord.world.addChannel(guild.id, { parentId: channel.id });
    discord.world.permit(channel.id, ['ViewChannel', 'SendMessages']);
    expect((await post({ content: 'x' }, thread.id)).body.code).toBe(50_013);
    discord.world.permit(channel.id, ['ViewChannel', 'SendMessagesInThreads']);
    expect((await post({ content: 'x' }, thread.id)).status).toBe(200);
  });

  test('channels that are gone, and those of guilds that the bot has left, are unknown', async () => {
    const other = discord.world.addChannel(discord.world.addGuild().id);
    discord.world.removeGuild(other.guildId);
    expect((await post({ content: 'x' }, other.id)).body.code).toBe(10_003);
    discord.world.removeChannel(channel.id);
    expect(await post({ content: 'x' })).toMatchObject({ status: 404, body: { code: 10_003 } });
  });

  test('what can be asked for', async () => {
    expect((await ask(discord, 'GET', `/channels/${channel.id}`)).body).toMatchObject({ id: channel.id, guild_id: guild.id });
    expect((await ask(discord, 'GET', `/guilds/${guild.id}`)).body).toMatchObject({ id: guild.id, roles: [{ id: guild.id }] });
    expect((await ask(discord, 'GET', `/guilds/${guild.id}/channels`)).body).toHaveLength(1);
    expect((await ask(discord, 'GET', `/guilds/${guild.id}/members/1`)).body.code).toBe(10_007);
    expect((await ask(discord, 'GET', '/guilds/1')).body.code).toBe(10_004);
    expect((await ask(discord, 'GET', '/users/1')).body.code).toBe(10_013);
    const { id } = (await post({ content: 'x' })).body;
    await post({ content: 'y' });
    expect((await ask(discord, 'GET', `/channels/${channel.id}/messages/${id}`)).body.content).toBe('x');
    expect((await ask(discord, 'GET', `/channels/${channel.id}/messages?limit=1`)).body).toMatchObject([{ content: 'y' }]);
  });
});

describe('what a message may hold', () => {
  beforeEach(() => begin());

  const field = { name: 'n', value: 'v' };
  const long = (n: number) => 'x'.repeat(n);

  test.each<[string, object, string]>([
    ['2001 characters', { content: long(2001) }, 'content'],
    ['11 embeds', { embeds: Array(11).fill({ title: 'x' }) }, 'embeds'],
    ['a title of 257', { embeds: [{ title: 'x' }, { title: long(257) }] }, 'embeds.1.title'],
    ['a description of 4097', { embeds: [{ description: long(4097) }] }, 'embeds.0.description'],
    ['26 fields', { embeds: [{ fields: Array(26).fill(field) }] }, 'embeds.0.fields'],
    ['a field without a name', { embeds: [{ fields: [{ value: 'v' }] }] }, 'embeds.0.fields.0.name'],
    ['an empty field', { embeds: [{ fields: [{ name: 'n', value: '' }] }] }, 'embeds.0.fields.0.value'],
    ['a field of 1025', { embeds: [{ fields: [{ name: 'n', value: long(1025) }] }] }, 'embeds.0.fields.0.value'],
    ['an author of 257', { embeds: [{ author: { name: long(257) } }] }, 'embeds.0.author.name'],
    ['a footer of 2049', { embeds: [{ footer: { text: long(2049) } }] }, 'embeds.0.footer.text'],
    ['6001 characters in two embeds', { embeds: [{ description: long(4000) }, { description: long(2001) }] }, 'embeds'],
    ['an address that is none', { embeds: [{ title: 'x', url: '/film' }] }, 'embeds.0.url'],
    ['an empty picture', { embeds: [{ title: 'x', thumbnail: { url: '' } }] }, 'embeds.0.thumbnail.url'],
    ['an empty embed', { embeds: [{ color: 1 }] }, 'embeds.0.description'],
    ['a colour beyond white', { embeds: [{ title: 'x', color: 0x1000000 }] }, 'embeds.0.color'],
    ['a nonce of 26', { content: 'x', nonce: long(26) }, 'nonce'],
  ])('%s is refused, at its place', async (_, message, place) => {
    const { status, body } = await post(message);
    expect([status, body.code]).toEqual([400, 50_035]);
    const at = place.split('.').reduce((errors, key) => errors?.[key], body.errors);
    expect(at?._errors).toEqual([{ code: expect.any(String), message: expect.any(String) }]);
    expect(discord.messages.count).toBe(0);
  });

  test('nothing at all is refused', async () => {
    expect((await post({})).body.code).toBe(50_006);
    expect((await post({ content: ' ', embeds: [] })).body.code).toBe(50_006);
  });

  test('the limits themselves are allowed, and an emoji is one character', async () => {
    const fields = Array(25).fill(field);
    expect((await post({ content: long(2000), nonce: long(25), embeds: [{ title: '🎬'.repeat(256), description: long(4096), fields }] })).status).toBe(200);
    expect((await post({ embeds: [{ description: long(4096) }, { description: long(6000 - 4096) }] })).status).toBe(200);
  });
});

describe('nonce', () => {
  test('within its window a second message is the first, in whatever channel', async () => {
    await begin({ nonceWindowMs: 60_000 });
    const other = discord.world.addChannel(guild.id);
    const repeated: string[] = [];
    discord.onRepeated = ({ id }) => repeated.push(id);
    const first = await post({ content: 'a', nonce: 'n', enforce_nonce: true });
    now += 60_000;
    const second = await post({ content: 'b', nonce: 'n', enforce_nonce: true });
    const third = await post({ content: 'c', nonce: 'n', enforce_nonce: true }, other.id);
    expect([second.body.id, third.body.id]).toEqual([first.body.id, first.body.id]);
    expect(contents()).toEqual(['a']);
    expect(repeated).toEqual([first.body.id, first.body.id]);
    expect(discord.messages.in(other.id)).toEqual([]);
    expect(discord.messages.repeats).toBe(2);
  });

  test('after it, without enforcement or with another one there are two', async () => {
    await begin({ nonceWindowMs: 60_000 });
    await post({ content: 'a', nonce: 'n', enforce_nonce: true });
    await post({ content: 'b', nonce: 'n' });
    await post({ content: 'c', nonce: 'm', enforce_nonce: true });
    now += 60_001;
    await post({ content: 'd', nonce: 'n', enforce_nonce: true });
    expect(contents()).toEqual(['a', 'b', 'c', 'd']);
    expect(discord.messages.in(channel.id).map(({ nonce }) => nonce)).toEqual(['n', 'n', 'm', 'n']);
  });

  test('a repeat that comes while the first is not answered finds it', async () => {
    await begin();
    let free = () => {};
    discord.onAccepted = () => new Promise((resolve) => (free = resolve));
    const first = post({ content: 'a', nonce: 'n', enforce_nonce: true });
    await discord.posted(channel.id);
    const second = await post({ content: 'a', nonce: 'n', enforce_nonce: true });
    free();
    expect(second.body.id).toBe((await first).body.id);
    expect(discord.messages.count).toBe(1);
  });
});

describe('limits and faults', () => {
  test('a channel takes five messages in five seconds; each has its own', async () => {
    await begin();
    const other = discord.world.addChannel(guild.id);
    const answers = [];
    for (let i = 0; i < 6; i += 1) answers.push(await post({ content: `${i}` }));
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0', '0']);
    const last = answers.at(-1);
    expect(last).toMatchObject({ status: 429, body: { retry_after: 5, global: false } });
    expect([last?.headers.get('retry-after'), last?.headers.get('x-ratelimit-scope')]).toEqual(['5', 'user']);
    expect((await post({ content: 'x' }, other.id)).status).toBe(200);
    now += 5000;
    expect((await post({ content: '6' })).status).toBe(200);
    expect(contents()).toEqual(['0', '1', '2', '3', '4', '6']);
  });

  test('the bot has a limit over everything', async () => {
    await begin({ limits: { global: { count: 2, perMs: 1000 } } });
    await ask(discord, 'GET', '/users/@me');
    await ask(discord, 'GET', '/gateway');
    const { status, headers, body } = await post({ content: 'x' });
    expect([status, headers.get('x-ratelimit-global'), body.global]).toEqual([429, 'true', true]);
  });

  test('faults come for the requests that they match, so often as they are told', async () => {
    await begin();
    discord.faults.add({ status: 429, retryAfter: 2.4, scope: 'global' }, ({ params }) => params.channel === channel.id);
    discord.faults.add({ status: 502 }, ({ route }) => route === 'POST /channels/:channel/messages', 2);
    expect((await ask(discord, 'GET', '/users/@me')).status).toBe(200);
    const limited = await post({ content: 'a' });
    expect([limited.status, limited.headers.get('retry-after'), limited.body.retry_after]).toEqual([429, '3', 2.4]);
    expect([(await post({ content: 'a' })).status, (await post({ content: 'a' })).status, (await post({ content: 'a' })).status]).toEqual([502, 502, 200]);
    discord.faults.by = ({ body }) => ((body as { content?: string } | undefined)?.content === 'b' ? { status: 500 } : undefined);
    expect((await post({ content: 'b' })).status).toBe(500);
    discord.faults.clear();
    expect((await post({ content: 'b' })).status).toBe(200);
    expect(contents()).toEqual(['a', 'b']);
    expect(discord.faults.injected).toBe(4);
    expect(Object.fromEntries(discord.rest.answers)).toEqual({ 200: 3, 429: 1, 500: 1, 502: 2 });
    expect(discord.rest.requests.get('POST /channels/:channel/messages')).toBe(6);
  });

  test.each([
    ['drop', 0],
    ['lose-answer', 1],
  ] as const)('%s: no answer, and %d messages', async (fault, count) => {
    await begin();
    discord.faults.add(fault);
    await expect(post({ content: 'a' })).rejects.toThrow();
    expect(discord.messages.count).toBe(count);
  });

  test('hang-answer: the message is there, its answer never comes', async () => {
    await begin();
    discord.faults.add('hang-answer');
    const answer = post({ content: 'a' });
    const first = await Promise.race([answer, discord.posted(channel.id).then(() => new Promise((resolve) => setTimeout(() => resolve('message'), 50)))]);
    expect(first).toBe('message');
    await discord.stop();
    await expect(answer).rejects.toThrow();
    await begin();
  });

  test('between accept and answer somebody may look', async () => {
    await begin();
    const order: string[] = [];
    discord.onAccepted = async (message) => {
      order.push(`accepted ${message.content}, ${discord.messages.in(channel.id).length} stored`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('looked at');
    };
    await post({ content: 'a' }).then(() => order.push('answered'));
    expect(order).toEqual(['accepted a, 1 stored', 'looked at', 'answered']);
  });

  test('a sender that is killed between accept and answer has sent, and its successor finds it', async () => {
    await begin();
    const send = `fetch(process.argv[1], { method: 'POST', headers: { authorization: process.argv[2], 'user-agent': 'DiscordBot (x, 1)', 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'a', nonce: 'n', enforce_nonce: true }) }).then((response) => response.json()).then(({ id }) => console.log(id))`;
    const start = () => spawn(process.execPath, ['-e', send, `${discord.url}/v10/channels/${channel.id}/messages`, `Bot ${discord.token}`]);
    const killed = start();
    discord.onAccepted = async () => {
      killed.kill('SIGKILL');
      await once(killed, 'exit');
    };
    await once(killed, 'exit');
    expect(killed.signalCode).toBe('SIGKILL');
    expect(contents()).toEqual(['a']);

    const successor = start();
    const [said] = await once(successor.stdout, 'data');
    expect(String(said).trim()).toBe(discord.messages.in(channel.id)[0]?.id);
    expect([contents(), discord.messages.repeats]).toEqual([['a'], 1]);
  });
});
