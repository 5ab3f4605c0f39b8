import { ApplicationCommandOptionType, type ChatInputCommandInteraction, Client, Events, GatewayIntentBits, REST, Routes, type TextChannel } from 'discord.js';
import { FakeDiscord, type FakeDiscordOptions } from '../../services/testbench/discord/discord';

/** The real discord.js against the fake. */

let discord: FakeDiscord;
const clients: Client[] = [];

async function begin(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  discord = await FakeDiscord.start(options);
  return discord;
}

async function login(shardCount = 1, extra: object = {}): Promise<Client<true>> {
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.url, ...extra }, shards: [...Array(shardCount).keys()], shardCount });
  clients.push(client);
  client.on(Events.Error, () => {});
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return client as Client<true>;
}

const textChannel = (client: Client, id: string) => client.channels.cache.get(id) as TextChannel;
const event = <T>(client: Client, name: string) => new Promise<T>((resolve) => client.once(name, resolve));

afterEach(async () => {
  for (const client of clients.splice(0)) await client.destroy();
  await discord.stop();
});

test('two shards log in and have their own guilds each', async () => {
  await begin({ shards: 2 });
  const guilds = Array.from({ length: 5 }, (_, i) => discord.world.addGuild({ name: `guild ${i}` }));
  const channels = guilds.map(({ id }) => discord.world.addChannel(id, { name: 'films' }));
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.url }, shards: 'auto' });
  clients.push(client);
  const ready = event(client, Events.ClientReady);
  await client.login(discord.token);
  await ready;

  expect(client.ws.shards.size).toBe(2);
  expect(client.guilds.cache.map(({ name }) => name).sort()).toEqual(guilds.map(({ name }) => name));
  for (const { id } of guilds) expect(client.guilds.cache.get(id)?.shardId).toBe(Number((BigInt(id) >> 22n) % 2n));
  expect(new Set(client.guilds.cache.map(({ shardId }) => shardId))).toEqual(new Set([0, 1]));
  expect(textChannel(client, channels[0]?.id as string).name).toBe('films');
});

test('a wrong token is refused', async () => {
  await begin();
  const client = new Client({ intents: [], rest: { api: discord.url } });
  clients.push(client);
  await expect(client.login('another')).rejects.toThrow(/invalid token/i);
});

test('guilds and channels that come later are known at once', async () => {
  await begin();
  const client = await login();
  const created = event<{ name: string }>(client, Events.GuildCreate);
  const { id } = discord.world.addGuild({ name: 'new' });
  expect((await created).name).toBe('new');
  const added = event(client, Events.ChannelCreate);
  const channel = discord.world.addChannel(id, { bot: ['ViewChannel'] });
  await added;
  const held = textChannel(client, channel.id).permissionsFor(client.user.id);
  expect([held?.has('ViewChannel'), held?.has('SendMessages')]).toEqual([true, false]);
  const updated = event(client, Events.ChannelUpdate);
  discord.world.permit(channel.id, ['ViewChannel', 'SendMessages']);
  await updated;
  expect(textChannel(client, channel.id).permissionsFor(client.user.id)?.has('SendMessages')).toBe(true);
});

test('a message is posted, and a second one with its nonce is the first', async () => {
  await begin({ nonceWindowMs: 60_000 });
  const channel = discord.world.addChannel(discord.world.addGuild().id);
  const client = await login();
  const message = { nonce: 'entry-1', enforceNonce: true, embeds: [{ title: 'Film (1999)', color: 0xa700bd }] };
  const first = await textChannel(client, channel.id).send(message);
  const second = await textChannel(client, channel.id).send(message);
  expect(second.id).toBe(first.id);
  expect(first.embeds[0]?.title).toBe('Film (1999)');
  expect(await discord.posted(channel.id)).toMatchObject([{ id: first.id, nonce: 'entry-1' }]);
  expect(discord.messages.repeats).toBe(1);
});

test('discord.js sees what is forbidden as Discord says it', async () => {
  await begin();
  const guild = discord.world.addGuild();
  const hidden = discord.world.addChannel(guild.id, { bot: ['SendMessages'] });
  const mute = discord.world.addChannel(guild.id, { bot: ['ViewChannel', 'SendMessages'] });
  const client = await login();
  const embeds = [{ title: 'x' }];
  await expect(textChannel(client, hidden.id).send({ embeds })).rejects.toMatchObject({ code: 50_001, status: 403 });
  await expect(textChannel(client, mute.id).send({ embeds })).rejects.toMatchObject({ code: 50_013 });
  await expect(textChannel(client, mute.id).send({ embeds: [{ title: 'x'.repeat(257) }] })).rejects.toMatchObject({
    code: 50_035,
    message: expect.stringContaining('embeds[0].title[BASE_TYPE_MAX_LENGTH]'),
  });
  await expect(client.rest.post(Routes.channelMessages('1'), { body: { content: 'x' } })).rejects.toMatchObject({ code: 10_003 });
});

test('discord.js waits when it is told 429, and tries 500 again', async () => {
  await begin();
  const channel = discord.world.addChannel(discord.world.addGuild().id);
  const client = await login();
  const send = (request: { route: string }) => request.route.startsWith('POST');
  discord.faults.add({ status: 429, retryAfter: 1 }, send);
  const before = Date.now();
  await textChannel(client, channel.id).send('one');
  expect(Date.now() - before).toBeGreaterThan(900);
  discord.faults.add({ status: 500 }, send);
  discord.faults.add({ status: 502 }, send);
  await textChannel(client, channel.id).send('two');
  expect(discord.messages.in(channel.id).map(({ content }) => content)).toEqual(['one', 'two']);
  expect([429, 500, 502].map((status) => discord.rest.answers.get(status))).toEqual([1, 1, 1]);
});

test('discord.js keeps the limits that it reads from the headers', async () => {
  await begin({ limits: { messages: { count: 2, perMs: 400 } } });
  const channel = discord.world.addChannel(discord.world.addGuild().id);
  const client = await login();
  await Promise.all(Array.from({ length: 6 }, (_, i) => textChannel(client, channel.id).send(`${i}`)));
  expect(discord.messages.in(channel.id).map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4', '5']);
  expect(discord.rest.answers.get(429)).toBeUndefined();
});

test('an answer that is lost leaves a message, and the nonce finds it', async () => {
  await begin();
  const channel = discord.world.addChannel(discord.world.addGuild().id);
  const client = await login(1, { retries: 2 });
  discord.faults.add('lose-answer', ({ route }) => route.startsWith('POST'));
  const message = { nonce: '7', enforceNonce: true, content: 'x' };
  const sent = await textChannel(client, channel.id)
    .send(message)
    .catch(() => textChannel(client, channel.id).send(message));
  expect(discord.messages.in(channel.id).map(({ id }) => id)).toEqual([sent.id]);
});

test('a dropped socket is resumed and nothing is missed', async () => {
  await begin();
  const client = await login();
  const [session] = discord.gateway.connected;
  discord.gateway.drop();
  const seen: string[] = [];
  client.on(Events.GuildCreate, ({ name }) => seen.push(name));
  await discord.until('the socket is gone', () => discord.gateway.connected.length === 0);
  discord.world.addGuild({ name: 'while away' });
  await event(client, Events.ShardResume);
  expect(seen).toEqual(['while away']);
  expect(discord.gateway.connected).toEqual([session]);
  expect(discord.gateway.counters).toMatchObject({ identified: 1, resumed: 1 });
});

test('RECONNECT is resumed; a session that is invalid is begun again; 4009 is resumed', async () => {
  await begin();
  const client = await login();
  const [session] = discord.gateway.connected;
  discord.gateway.reconnect();
  await event(client, Events.ShardResume);
  discord.gateway.close(4009);
  await event(client, Events.ShardResume);
  expect(discord.gateway.connected).toEqual([session]);
  discord.gateway.invalidate(0, true);
  await event(client, Events.ShardResume);
  expect(discord.gateway.counters).toMatchObject({ identified: 1, resumed: 3 });
  const again = event(client, Events.ShardReady);
  discord.gateway.invalidate();
  await again;
  expect(discord.gateway.counters).toMatchObject({ identified: 2, resumed: 3 });
  expect(discord.gateway.connected[0]).not.toBe(session);
});

test('a line that is dead is noticed by discord.js and resumed', async () => {
  await begin({ gateway: { heartbeatMs: 200 } });
  const client = await login();
  discord.gateway.isSilent = true;
  await event(client, Events.ShardReconnecting);
  discord.gateway.isSilent = false;
  await event(client, Events.ShardResume);
  expect(discord.gateway.counters.resumed).toBeGreaterThanOrEqual(1);
});

test('a slash command is registered, deferred and answered', async () => {
  await begin();
  const guild = discord.world.addGuild();
  const channel = discord.world.addChannel(guild.id);
  const user = discord.world.addMember(guild.id, discord.world.addUser('ann'), ['ManageGuild']);
  const client = await login();
  const follow = {
    name: 'follow',
    description: 'Follows an account',
    default_member_permissions: '32',
    options: [
      { type: ApplicationCommandOptionType.String, name: 'account', description: 'Whom', required: true, autocomplete: true },
      { type: ApplicationCommandOptionType.Channel, name: 'channel', description: 'Where' },
    ],
  };
  await new REST({ api: discord.url }).setToken(discord.token).put(Routes.applicationGuildCommands(client.user.id, guild.id), { body: [follow] });

  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isAutocomplete()) {
      const typed = interaction.options.getFocused();
      await interaction.respond([{ name: `${typed}!`, value: typed }]);
    } else {
      const command = interaction as ChatInputCommandInteraction<'cached'>;
      await command.deferReply();
      const where = command.options.getChannel('channel', true);
      const may = command.memberPermissions.has('ManageGuild');
      await command.editReply({ content: `${command.options.getString('account', true)} in ${where.name}: ${may}` });
      await command.followUp('more');
      await command.followUp({ content: 'only you', flags: 64 });
    }
  });
  const typed = discord.type({ command: 'follow', options: { account: 'bo' }, user, channel }, 'account');
  expect(await typed.offered()).toEqual([{ name: 'bo!', value: 'bo' }]);

  const given = discord.give({ command: 'follow', options: { account: 'bob', channel: channel.id }, user, channel });
  expect((await given.reply()).content).toBe('bob in channel: true');
  expect((await given.said(3)).map(({ content, flags }) => [content, flags])).toEqual([
    ['bob in channel: true', 0],
    ['more', 0],
    ['only you', 64],
  ]);

  const stranger = discord.world.addMember(guild.id, discord.world.addUser('stranger'));
  expect(() => discord.give({ command: 'follow', options: { account: 'bob' }, user: stranger, channel })).toThrow('stranger may not give follow');
  expect(() => discord.give({ command: 'follow', user, channel })).toThrow('needs the option account');
});

test('a command in a direct message is answered', async () => {
  await begin();
  const client = await login();
  await client.application.commands.set([{ name: 'help', description: 'Help' }]);
  client.on(Events.InteractionCreate, (interaction) => (interaction as ChatInputCommandInteraction).reply(`in a guild: ${interaction.inGuild()}`));
  const given = discord.give({ command: 'help', user: discord.world.addUser('ann') });
  expect((await given.reply()).content).toBe('in a guild: false');
});

test('an answer after three seconds is refused', async () => {
  await begin({ interactions: { answerMs: 100 } });
  const guild = discord.world.addGuild();
  const channel = discord.world.addChannel(guild.id);
  const user = discord.world.addMember(guild.id, discord.world.addUser('ann'));
  const client = await login();
  const refused = new Promise((resolve) => {
    client.on(Events.InteractionCreate, async (interaction) => {
      await new Promise((wait) => setTimeout(wait, 150));
      await (interaction as ChatInputCommandInteraction).deferReply().catch(resolve);
    });
  });
  const given = discord.give({ command: 'help', user, channel, unchecked: true });
  expect(await refused).toMatchObject({ code: 10_062 });
  expect(given.response).toBeUndefined();
  expect(given.refused).toEqual(['Unknown interaction']);
});
