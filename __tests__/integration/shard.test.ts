import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel, User } from '../../services/testbench/discord/world';
import { BotBench, posting } from '../support/film/bot-bench';
import { entryOf } from '../support/log-entries';
import { ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

/** The bot as a process of its own, with the real discord.js, bus and store, against Discord, Letterboxd and TMDB on loopback. */

let bench: BotBench;
let channels: Channel[];
let manager: User;
let visitor: User;

/** Two servers, one on each of two shards. */
async function begin(options: Parameters<typeof BotBench.start>[0] = {}): Promise<void> {
  bench = await BotBench.start({ shards: 2, gateway: { identifyEveryMs: 0 }, ...options });
  const { world } = bench.discord;
  const guilds = [world.addGuild({ name: 'one' }), world.addGuild({ name: 'two' })];
  channels = guilds.map(({ id }) => world.addChannel(id, { name: 'diary' }));
  [manager, visitor] = [world.addUser('manager'), world.addUser('visitor')];
  for (const { id } of guilds) {
    world.addMember(id, manager, ['ManageGuild']);
    world.addMember(id, visitor);
  }
}

const follow = async (lid: string, ...followers: Channel[]) => {
  for (const { id } of followers) await bench.stores.users.follow({ lid, userName: 'ada', displayName: 'Ada', image: '' }, id);
};
const entry = (lid: string) => entryOf(lid, { publishedDate: Date.now() });
const titles = ({ id }: Channel) => bench.discord.messages.in(id).map(({ embeds }) => embeds[0]?.title);
const outcome = (lid: string, { id }: Channel) => bench.stores.deliveries.claim(lid, id, 'test', new Date());

afterEach(() => bench.stop());

test('entries arrive in the channels of all shards, once, and what cannot be read is parked', async () => {
  await begin();
  await follow('u1', ...channels);
  const shard = await bench.shard('shard-1');
  await bench.publish({ entry: entry('e1') });
  await bench.publish('{"entry":');
  const port = await posting(shard);
  for (const { id } of channels) await bench.discord.posted(id);
  await bench.publish({ entry: entry('e1') });
  await bench.publish({ entry: entry('e2') });
  for (const { id } of channels) await bench.discord.posted(id, 2);
  await eventually(() => bench.published.poison.length === 1);
  await eventually(async () => /filmlinkd_posts_total\{result="repeated"\} 2/.test(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
  expect(channels.map((channel) => titles(channel).length)).toEqual([2, 2]);
  expect(await outcome('e1', channels[0] as Channel)).toMatchObject({
    state: 'delivered',
    messageId: bench.discord.messages.in(channels[0]?.id as string)[0]?.id,
  });
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
});

test('a process that is killed between Discord’s accept and our record posts nothing twice', async () => {
  await begin();
  const [channel] = channels as [Channel];
  await follow('u1', channel);
  const first = await bench.shard('shard-1');
  await posting(first);
  bench.discord.onAccepted = async () => {
    first.kill('SIGKILL');
    await first.ended;
  };
  await bench.publish({ entry: entry('e1') });
  await first.ended;
  bench.discord.onAccepted = undefined;
  expect(titles(channel)).toHaveLength(1);
  await posting(await bench.shard('shard-1'));
  await bench.publish({ entry: entry('e1') }); // as the scraper does with what is not recorded
  await eventually(async () => typeof (await outcome('e1', channel)) === 'object');
  expect(bench.discord.messages.repeats).toBe(1);
  expect(titles(channel)).toHaveLength(1);
});

test('immediate acknowledgement alone loses entries; publishing them again makes it safe', async () => {
  await begin({ limits: { messages: { count: 100, perMs: 1000 } } });
  const [channel] = channels as [Channel];
  await follow('u1', channel);
  const first = await bench.shard('shard-1', { POSTS_PER_SECOND: '4' });
  const port = await posting(first);
  await bench.returnAfter('shard-1', 2); // what is not acknowledged is to come again before we look
  const entries = Array.from({ length: 20 }, (_, index) => entry(`e${index}`));
  for (const item of entries) await bench.publish({ entry: item });
  await eventually(async () => /result="queued"\} 20/.test(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
  await bench.discord.posted(channel.id, 2);
  first.kill('SIGKILL');
  await first.ended;
  await new Promise((resolve) => setTimeout(resolve, 2000)); // its leases end
  const second = await posting(await bench.shard('shard-1'));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await (await fetch(`http://127.0.0.1:${second}/metrics`)).text()).not.toMatch(/result="queued"\} /); // the bus has nothing left
  expect(titles(channel).length).toBeLessThan(20);
  for (const item of entries) await bench.publish({ entry: item });
  await bench.discord.posted(channel.id, 20);
  expect(titles(channel)).toHaveLength(20);
});

test('two processes with their own shards: each channel has each entry once', async () => {
  await begin();
  await follow('u1', ...channels);
  const shards = [await bench.shard('shard-1', { SHARDS: '0-0/2' }), await bench.shard('shard-2', { SHARDS: '1-1/2' })];
  await Promise.all(shards.map(posting));
  for (let index = 0; index < 10; index += 1) await bench.publish({ entry: entry(`e${index}`) });
  for (const { id } of channels) await bench.discord.posted(id, 10);
  expect(bench.discord.messages.count).toBe(20);
  expect(bench.discord.messages.repeats).toBe(0);
});

test('SIGTERM ends within 10 s with 0, and what was left is posted after it, once', async () => {
  await begin({ limits: { messages: { count: 100, perMs: 1000 } } });
  await follow('u1', ...channels);
  const first = await bench.shard('shard-1', { POSTS_PER_SECOND: '4' });
  await posting(first);
  for (let index = 0; index < 30; index += 1) await bench.publish({ entry: entry(`e${index}`) });
  await bench.discord.posted(channels[0]?.id as string, 2);
  const begun = Date.now();
  first.kill('SIGTERM');
  expect(await first.ended).toEqual({ code: 0, signal: null });
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(bench.discord.messages.count).toBeLessThan(60);
  await posting(await bench.shard('shard-1'));
  for (let index = 0; index < 30; index += 1) await bench.publish({ entry: entry(`e${index}`) });
  for (const { id } of channels) await bench.discord.posted(id, 30);
  expect(bench.discord.messages.count).toBe(60);
});

test('health says which shard is down, and that it is back', async () => {
  await begin();
  const shard = await bench.shard('shard-1', { SHARDS: '0-1/2' });
  const port = await posting(shard);
  const ready = async () => (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { checks: { shards: string | null } };
  expect((await ready()).checks.shards).toBeNull();
  const away = setInterval(() => bench.discord.gateway.drop(1), 20);
  await eventually(async () => /^shard 1 is /.test((await ready()).checks.shards ?? ''));
  clearInterval(away);
  await eventually(async () => (await ready()).checks.shards === null);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test('a channel that is forbidden hides no other, is mended, and threads are channels too', async () => {
  await begin();
  const [open, closed] = channels as [Channel, Channel];
  bench.discord.world.permit(closed.id, ['ViewChannel', 'SendMessages']);
  const thread = bench.discord.world.addChannel(open.guildId, { name: 'thread', parentId: open.id });
  await follow('u1', open, closed, thread);
  const port = await posting(await bench.shard('shard-1'));
  await bench.publish({ entry: entry('e1') });
  for (const { id } of [open, thread]) await bench.discord.posted(id);
  await eventually(async () => /result="closed"\} 1/.test(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
  bench.discord.world.permit(closed.id, undefined);
  await eventually(async () => {
    await bench.publish({ entry: entry('e1') });
    await new Promise((resolve) => setTimeout(resolve, 200));
    return titles(closed).length === 1;
  });
  expect([open, closed, thread].map((channel) => titles(channel).length)).toEqual([1, 1, 1]);
});

test('slash commands are answered through the real library', async () => {
  await begin();
  const { discord, letterboxd } = bench;
  const [channel, other] = channels as [Channel, Channel];
  const thread = discord.world.addChannel(channel.guildId, { name: 'second' });
  const film = letterboxd.world.addFilm('Jeanne', { year: 1975, tagline: 'Three days', directors: ['Chantal Akerman'], tmdb: 5 });
  const ada = letterboxd.world.addMember('ada', { displayName: 'Ada L.' });
  letterboxd.world.addEntry(ada, film, { watched: '2024-01-31', rating: 4.5, review: '<p>Slow, <b>good</b>.</p>' });
  letterboxd.world.addList(ada, 'Best of', [film]);
  letterboxd.world.addContributor('Chantal Akerman');
  await bench.registerCommands();
  await posting(await bench.shard('shard-1'));
  const give = (command: string, options: Record<string, string | boolean> = {}, user = manager, where = channel) =>
    discord.give({ command, options, user, channel: where });
  const answer = async (...call: Parameters<typeof give>) => {
    const { embeds, content } = await give(...call).reply();
    return [content, ...embeds.map(({ title, description }) => `${title ?? ''}\n${description ?? ''}`)].join('\n');
  };

  expect(await answer('follow', { account: 'ada' })).toContain('Ada L.');
  expect((await bench.stores.users.ofChannel(channel.id)).map(({ letterboxdId }) => letterboxdId)).toEqual([ada.lid]);
  await eventually(() => bench.published.commands.length === 1);
  expect(bench.published.commands[0]).toBe(`{"type":"FOLLOW","user":"${ada.lid}","entry":"0"}`);
  expect(await answer('follow', { account: 'ada', channel: thread.id })).toContain(`<#${thread.id}>`);
  expect(await answer('follow', { account: 'nobody' })).toContain('no account');
  expect(() => give('follow', { account: 'ada' }, visitor)).toThrow('may not give');
  expect(() => give('follow', { account: 'ada', channel: other.id })).toThrow('no channel of this guild');
  discord.world.permit(thread.id, [], visitor.id);
  expect(await answer('following', { channel: thread.id }, visitor)).toContain('View Channel');
  expect(await answer('following')).toContain('• ada');

  expect(await answer('diary', { account: 'ada' })).toContain('Jeanne (1975)');
  expect(await answer('user', { account: 'ada' })).toContain('Ada L.');
  const card = await answer('film', { 'film-name': 'Jeanne' });
  for (const part of ['**Three days**', 'Director: [Chantal Akerman](https://boxd.it/']) expect(card).toContain(part);
  expect(await answer('logged', { account: 'ada', 'film-name': 'Jeanne' })).toContain('Slow, **good**.');
  expect(await answer('list', { account: 'ada', 'list-name': 'best of' })).toContain('Jeanne');
  expect(await answer('contributor', { 'contributor-name': 'Chantal Akerman' })).toContain('Chantal Akerman');
  expect(await answer('refresh', { account: 'ada' })).toContain('Ada L.');
  bench.tmdb.latest = 6;
  expect(await answer('roulette')).toContain('Jeanne');
  expect(await answer('help')).toContain('filmlinkd');

  const choices = await discord.type({ command: 'film', options: { 'film-name': 'jea' }, user: visitor, channel }, 'film-name').offered();
  expect(choices).toEqual([{ name: 'Jeanne (1975)', value: `boxd.it/${film.lid}` }]);
  expect(await answer('film', { 'film-name': choices[0]?.value as string })).toContain('Jeanne (1975)');

  letterboxd.faults.by = () => ({ status: 500 });
  expect(await answer('diary', { account: 'ada' })).toContain('Letterboxd does not answer');
  expect(await answer('unfollow', { account: 'ada' })).toContain('not followed');
  expect(await bench.stores.users.ofChannel(channel.id)).toEqual([]);

  const direct = discord.give({ command: 'diary', options: { account: 'ada' }, user: visitor, unchecked: true });
  expect((await direct.reply()).content).toContain('servers only');
  expect((await discord.give({ command: 'patreon', user: visitor, channel, unchecked: true }).reply()).content).toContain('does not know');
  expect(discord.interactions.all.flatMap(({ refused }) => refused)).toEqual([]);
  expect(letterboxd.mistakes).toEqual([]);
});

test('a channel of another server is followed by nobody from here, and its list is not shown', async () => {
  await begin();
  const [channel, other] = channels as [Channel, Channel];
  const closed = bench.discord.world.addChannel(channel.guildId, { name: 'closed' });
  bench.discord.world.permit(closed.id, [], manager.id);
  bench.letterboxd.world.addMember('ada');
  await bench.registerCommands();
  await follow('u1', channel, other, closed);
  await posting(await bench.shard('shard-1'));
  // who may do it there, too: the bot of one server is no way into another
  const followed = bench.discord.give({ command: 'follow', options: { account: 'ada', channel: other.id }, user: manager, channel, unchecked: true });
  expect((await followed.reply()).embeds[0]?.description).toMatch(/^You have not the permission/);
  expect((await bench.stores.users.ofChannel(other.id)).map(({ letterboxdId }) => letterboxdId)).toEqual(['u1']);
  const offered = (where?: Channel) => {
    const options = { account: 'a', ...(where && { channel: where.id }) };
    return bench.discord.type({ command: 'unfollow', options, user: manager, channel }, 'account').offered();
  };
  expect(await offered(other)).toEqual([]);
  expect(await offered(closed)).toEqual([]);
  const choice = { name: 'ada (Ada)', value: 'ada' };
  expect([await offered(), await offered(channel)]).toEqual([[choice], [choice]]);
});

test('an answer that Discord does not take is said in words, and a long one comes in pages', async () => {
  await begin();
  const [channel] = channels as [Channel];
  await bench.registerCommands();
  for (let index = 0; index < 250; index += 1) {
    await bench.stores.users.follow({ lid: `long${index}`, userName: `somebody_with_a_long_name_${index}`, displayName: '', image: '' }, channel.id);
  }
  const port = await posting(await bench.shard('shard-1'));
  const give = () => bench.discord.give({ command: 'following', user: visitor, channel });
  const long = give();
  const lines = () => long.messages.flatMap(({ embeds }) => embeds.map(({ description }) => description ?? '')).join('\n');
  await eventually(() => lines().match(/^• /gm)?.length === 250);
  expect(long.messages.length).toBeGreaterThan(1);

  bench.discord.faults.add({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } }, ({ route }) => route.startsWith('PATCH /webhooks'));
  const refused = await give().reply();
  expect([refused.content, refused.embeds]).toEqual([expect.stringMatching(/^Something went wrong here/), []]);
  const counted = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  for (const result of ['answered', 'failed']) expect(counted).toContain(`filmlinkd_commands_total{command="following",result="${result}"} 1`);
});

test('/help test arrives, message by message, and the entry by the bus', async () => {
  await begin();
  const [channel] = channels as [Channel];
  const member = bench.letterboxd.world.addMember('tester', { lid: '1e4Ab' });
  bench.letterboxd.world.addEntry(member, bench.letterboxd.world.addFilm('Jeanne'), {});
  await bench.registerCommands();
  await posting(await bench.shard('shard-1'));
  const interaction = bench.discord.give({ command: 'help', options: { test: true }, user: visitor, channel });
  await interaction.reply();
  await bench.discord.posted(channel.id, 6, 20_000); // five steps, the entry
  expect(titles(channel).at(-1)).toBe('Jeanne');
});

test('messages for one channel only that wait at SIGTERM are posted by the next process', async () => {
  await begin();
  const [channel] = channels as [Channel];
  const shard = await bench.shard('shard-1', { POSTS_PER_SECOND: '0.1' });
  await posting(shard);
  const lids = ['e1', 'e2', 'e3', 'e4'];
  for (const lid of lids) await bench.publish({ entry: { ...entry(lid), filmTitle: lid, filmYear: 0, publishSource: 'Follow' }, channelId: channel.id });
  await bench.discord.posted(channel.id);
  shard.kill('SIGTERM');
  expect(await shard.ended).toEqual({ code: 0, signal: null });
  expect(titles(channel)).toHaveLength(1);
  await posting(await bench.shard('shard-1'));
  await bench.discord.posted(channel.id, lids.length);
  expect(titles(channel).sort()).toEqual(lids);
});

test('a command that Discord was told to wait for is answered after SIGTERM, and the process ends within 10 s', async () => {
  await begin();
  const { discord, letterboxd } = bench;
  letterboxd.world.addMember('ada', { displayName: 'Ada L.' });
  await bench.registerCommands();
  const shard = await bench.shard('shard-1');
  await posting(shard);
  letterboxd.faults.add({ delayMs: 3000 });
  const interaction = discord.give({ command: 'user', options: { account: 'ada' }, user: visitor, channel: channels[0] as Channel });
  await eventually(() => interaction.isDeferred && letterboxd.faults.injected === 1);
  const begun = Date.now();
  shard.kill('SIGTERM');
  expect(await shard.ended).toEqual({ code: 0, signal: null });
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(interaction.original?.embeds[0]?.title).toBe('Ada L.');
});

test('a command whose answer never comes is told so when the process ends', async () => {
  await begin();
  const [channel] = channels as [Channel];
  bench.letterboxd.world.addMember('ada');
  await bench.registerCommands();
  const shard = await bench.shard('shard-1');
  await posting(shard);
  bench.letterboxd.faults.by = () => 'hang';
  const interaction = bench.discord.give({ command: 'diary', options: { account: 'ada' }, user: visitor, channel });
  await interaction.acknowledged();
  const begun = Date.now();
  shard.kill('SIGTERM');
  expect((await interaction.reply()).content).toBe('The bot starts anew. Please try again in a minute.');
  expect(await shard.ended).toEqual({ code: 0, signal: null });
  expect(Date.now() - begun).toBeLessThan(10_000);
});

test('twenty channels that follow one user at the same time all do', async () => {
  await begin();
  bench.letterboxd.world.addMember('ada');
  await bench.registerCommands();
  // in both servers, so that both processes work
  const many = Array.from({ length: 20 }, (_, index) => bench.discord.world.addChannel((channels[index % 2] as Channel).guildId, { name: `c${index}` }));
  await Promise.all([posting(await bench.shard('shard-1', { SHARDS: '0-0/2' })), posting(await bench.shard('shard-2', { SHARDS: '1-1/2' }))]);
  const given = many.map((channel) => bench.discord.give({ command: 'follow', options: { account: 'ada' }, user: manager, channel }));
  await Promise.all(given.map((interaction) => interaction.reply()));
  const [user] = await bench.stores.users.ofChannel(many[0]?.id as string);
  expect(user?.channelList.map(({ channelId }) => channelId).sort()).toEqual(many.map(({ id }) => id).sort());
});

test('the first container of a machine lives only while the others do', async () => {
  await begin();
  const peer = 'http://127.0.0.1:1/healthz';
  const port = await posting(await bench.shard('shard-1', { HEALTH_PEERS: peer }));
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect([response.status, await response.json()]).toEqual([503, expect.objectContaining({ checks: expect.objectContaining({ [peer]: expect.any(String) }) })]);
});

test('the image’s health check asks what the process answers', async () => {
  await begin();
  const port = await posting(await bench.shard('shard-1'));
  const dockerfile = readFileSync(join(ROOT, 'services/shard/Dockerfile'), 'utf8');
  const [command, ...args] = JSON.parse(/HEALTHCHECK[^[]*(\[.*\])/.exec(dockerfile)?.[1] as string) as string[];
  const codeAt = (PORT: number) =>
    new Promise((resolve) => execFile(command as string, args, { env: { PATH: process.env.PATH, PORT: String(PORT) } }, (error) => resolve(error?.code ?? 0)));
  expect(await codeAt(port)).toBe(0);
  expect(await codeAt(1)).toBe(1);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile.match(/^(COPY|ADD) .*$/gm)).toEqual(['COPY --chown=root:root .cache/start.js .cache/shard.js /srv/']);
});

test('a wrong token is one clear line, and the end', async () => {
  await begin();
  const shard = await bench.shard('shard-1', { DISCORD_BOT_TOKEN: 'another' });
  expect((await shard.ended).code).toBe(1);
  expect(shard.lines.at(-1)).toMatchObject({ severity: 'CRITICAL', message: expect.stringContaining('Discord refuses DISCORD_BOT_TOKEN') });
});

test('make commands-register registers once, says what it does, and what is wrong', async () => {
  await begin();
  const { discord } = bench;
  const run = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    new Promise<string>((resolve) => {
      const options = { cwd: ROOT, env: { ...process.env, DISCORD_URL: discord.url, ...env } };
      execFile('make', ['commands-register', ...args], options, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  const token = { DISCORD_BOT_TOKEN: discord.token };
  const guild = channels[0]?.guildId as string;
  const registered = (where?: string) => discord.commands.find('follow', where) !== undefined;
  expect(await run(token, 'DRY_RUN=1')).toMatch(/new +\/follow[\s\S]*Nothing is written/);
  expect(registered()).toBe(false);
  expect(await run(token)).toMatch(/new +\/follow[\s\S]*Registered\./);
  expect(registered()).toBe(true);
  expect(await run(token)).toMatch(/same +\/follow[\s\S]*Everything is registered already/);
  expect(await run(token, `GUILD=${guild}`)).toMatch(/new +\/follow[\s\S]*Registered\./);
  expect(await run(token, `GUILD=${guild}`)).toMatch(/Everything is registered already/);
  expect(await run({ DISCORD_BOT_TOKEN: 'another' })).toContain('Discord refuses DISCORD_BOT_TOKEN');
  expect(await run({ DISCORD_BOT_TOKEN: '' }, 'GUILD=7')).toMatch(/DISCORD_BOT_TOKEN is not set[\s\S]*GUILD 7: must be a server's id/);
});
