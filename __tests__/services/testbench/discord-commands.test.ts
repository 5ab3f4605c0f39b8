import { FakeDiscord } from '../../../services/testbench/discord/discord';
import type { Invocation } from '../../../services/testbench/discord/invocation';
import type { Channel, Guild, User } from '../../../services/testbench/discord/world';
import { ask, Line } from './discord-client';

let discord: FakeDiscord;
let guild: Guild;
let channel: Channel;
let user: User;
let now: number;

beforeEach(async () => {
  now = 1_700_000_000_000;
  discord = await FakeDiscord.start({ now: () => now });
  guild = discord.world.addGuild();
  channel = discord.world.addChannel(guild.id, { name: 'films' });
  user = discord.world.addMember(guild.id, discord.world.addUser('ann'), ['ManageGuild']);
});
afterEach(() => discord.stop());

const path = () => `/applications/${discord.world.bot.id}/commands`;
const command = (more: object = {}) => ({ name: 'film', description: 'A film', ...more });
const option = (more: object = {}) => ({ type: 3, name: 'name', description: 'Its name', ...more });
const put = (...commands: object[]) => ask(discord, 'PUT', path(), commands);

describe('registration', () => {
  test('overwrites everything, and keeps the id of what stays', async () => {
    const first = (await put(command(), command({ name: 'list' }))).body;
    const second = (await put(command({ description: 'Another' }))).body;
    expect(second).toMatchObject([
      { id: first[0].id, description: 'Another', type: 1, default_member_permissions: null, application_id: discord.world.bot.id },
    ]);
    expect((await ask(discord, 'GET', path())).body).toEqual(second);
    expect(discord.commands.writes).toBe(2);
  });

  test('has a scope for each guild', async () => {
    const own = `/applications/${discord.world.bot.id}/guilds/${guild.id}/commands`;
    await put(command());
    expect((await ask(discord, 'POST', own, command({ name: 'test' }))).status).toBe(201);
    const again = await ask(discord, 'POST', own, command({ name: 'test', description: 'x' }));
    expect(again.status).toBe(200);
    expect((await ask(discord, 'GET', own)).body).toMatchObject([{ name: 'test', guild_id: guild.id, description: 'x' }]);
    expect((await ask(discord, 'DELETE', `${own}/${again.body.id}`)).status).toBe(204);
    expect((await ask(discord, 'GET', own)).body).toEqual([]);
    expect((await ask(discord, 'GET', path())).body).toHaveLength(1);
    expect((await ask(discord, 'PUT', '/applications/1/commands', [])).body.code).toBe(10_002);
    expect((await ask(discord, 'PUT', `/applications/${discord.world.bot.id}/guilds/1/commands`, [])).body.code).toBe(10_004);
  });

  test.each<[string, object[], string]>([
    ['a name in capitals', [command({ name: 'Film' })], '0.name'],
    ['a name with a space', [command({ name: 'a film' })], '0.name'],
    ['a name of 33', [command({ name: 'x'.repeat(33) })], '0.name'],
    ['no description', [{ name: 'film' }], '0.description'],
    ['a description of 101', [command({ description: 'x'.repeat(101) })], '0.description'],
    ['two of one name', [command(), command()], '1.name'],
    ['101 commands', Array.from({ length: 101 }, (_, i) => command({ name: `c${i}` })), ''],
    ['26 options', [command({ options: Array.from({ length: 26 }, (_, i) => option({ name: `o${i}` })) })], '0.options'],
    ['two options of one name', [command({ options: [option(), option()] })], '0.options.1.name'],
    ['a required option after one that is not', [command({ options: [option(), option({ name: 'b', required: true })] })], '0.options.1'],
    ['an option of no type', [command({ options: [option({ type: 99 })] })], '0.options.0.type'],
    ['autocomplete of a boolean', [command({ options: [option({ type: 5, autocomplete: true })] })], '0.options.0.autocomplete'],
    ['autocomplete beside choices', [command({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] })], '0.options.0.autocomplete'],
    ['a choice of another type', [command({ options: [option({ choices: [{ name: 'a', value: 1 }] })] })], '0.options.0.choices'],
    ['channel types of a string', [command({ options: [option({ channel_types: [0] })] })], '0.options.0.channel_types'],
    ['a sub-command beside an option', [command({ options: [option(), option({ name: 'sub', type: 1 })] })], '0.options.1'],
    ['permissions that are no bits', [command({ default_member_permissions: 'ManageGuild' })], '0.default_member_permissions'],
    ['more than 8000 characters', [command({ options: sizes(25) })], '0'],
  ])('%s is refused, at its place', async (_, commands, place) => {
    const { status, body } = await put(...commands);
    expect([status, body.code]).toEqual([400, 50_035]);
    const at = place.split('.').reduce((errors, key) => (key === '' ? errors : errors?.[key]), body.errors);
    expect(at?._errors?.length).toBeGreaterThanOrEqual(1);
    expect(discord.commands.list()).toEqual([]);
  });

  function sizes(count: number): object[] {
    const choices = Array.from({ length: 25 }, (_, i) => ({ name: `${i} ${'x'.repeat(90)}`, value: `${i}` }));
    return Array.from({ length: count }, (_, i) => option({ name: `o${i}`, choices }));
  }
});

describe('somebody gives a command', () => {
  let line: Line;

  beforeEach(async () => {
    await put(
      command({
        default_member_permissions: '32',
        contexts: [0],
        options: [option({ required: true, autocomplete: true }), option({ type: 7, name: 'where', channel_types: [0] })],
      }),
    );
    line = new Line(discord.gateway.url);
    await line.hello();
    line.identify(discord);
    await line.event('GUILD_CREATE');
  });
  afterEach(() => line.close());

  const give = (more: Partial<Invocation> = {}) => discord.give({ command: 'film', options: { name: 'x' }, user, channel, ...more });
  const answer = (id: string, token: string, body: object) => ask(discord, 'POST', `/interactions/${id}/${token}/callback`, body, { authorization: '' });
  const webhook = (method: string, token: string, rest: string, body?: object) =>
    ask(discord, method, `/webhooks/${discord.world.bot.id}/${token}${rest}`, body, { authorization: '' });

  test('the bot is told of it with everything that is needed', async () => {
    give({ options: { name: 'x', where: channel.id } });
    const { d } = await line.event('INTERACTION_CREATE');
    expect(d).toMatchObject({
      type: 2,
      guild_id: guild.id,
      channel_id: channel.id,
      member: { user: { username: 'ann' } },
      data: {
        name: 'film',
        options: [
          { name: 'name', type: 3, value: 'x' },
          { name: 'where', type: 7, value: channel.id },
        ],
        resolved: { channels: { [channel.id]: { name: 'films' } } },
      },
    });
    expect(BigInt(d.member.permissions) & 32n).toBe(32n);
    expect(BigInt(d.app_permissions) & 2048n).toBe(2048n);
  });

  test('the answer may be deferred, then edited; more follows', async () => {
    const given = give();
    expect((await webhook('PATCH', given.token, '/messages/@original', { content: 'too early' })).body.code).toBe(10_015);
    expect((await answer(given.id, given.token, { type: 5, data: { flags: 64 } })).status).toBe(204);
    expect([given.isDeferred, given.isEphemeral, given.original]).toEqual([true, true, undefined]);
    expect((await answer(given.id, given.token, { type: 4, data: { content: 'x' } })).body.code).toBe(40_060);
    expect((await webhook('GET', given.token, '/messages/@original')).body.code).toBe(10_008);
    await webhook('PATCH', given.token, '/messages/@original', { content: 'answer' });
    await webhook('PATCH', given.token, '/messages/@original', { content: 'better answer' });
    await webhook('POST', given.token, '', { content: 'more' });
    expect(given.messages.map(({ content, flags }) => [content, flags])).toEqual([
      ['better answer', 64],
      ['more', 64],
    ]);
    expect(discord.messages.in(channel.id)).toEqual(given.messages);
  });

  test('the first follow-up of a deferral is its answer; an answer that holds too much is refused', async () => {
    const given = give();
    await answer(given.id, given.token, { type: 5 });
    expect((await webhook('PATCH', given.token, '/messages/@original', { embeds: [{ description: 'x'.repeat(4097) }] })).body.code).toBe(50_035);
    await webhook('POST', given.token, '', { content: 'answer' });
    expect([given.original?.content, given.followups]).toEqual(['answer', []]);
  });

  test('three seconds for the first answer, fifteen minutes for the rest', async () => {
    const [quick, slow] = [give(), give()];
    now += 3000;
    expect((await answer(quick.id, quick.token, { type: 4, data: { content: 'x' } })).status).toBe(204);
    now += 1;
    expect(await answer(slow.id, slow.token, { type: 5 })).toMatchObject({ status: 404, body: { code: 10_062 } });
    expect(slow.refused).toEqual(['Unknown interaction']);
    now += 900_000;
    expect(await webhook('POST', quick.token, '', { content: 'x' })).toMatchObject({ status: 401, body: { code: 50_027 } });
  });

  test('choices complete an option, and nothing else does', async () => {
    const typed = discord.type({ command: 'film', options: { name: 'al' }, user, channel }, 'name');
    const { d } = await line.event('INTERACTION_CREATE');
    expect([d.type, d.data.options]).toEqual([4, [{ name: 'name', type: 3, value: 'al', focused: true }]]);
    expect((await answer(typed.id, typed.token, { type: 5 })).body.code).toBe(50_035);
    const choices = Array.from({ length: 26 }, (_, i) => ({ name: `${i}`, value: `${i}` }));
    expect((await answer(typed.id, typed.token, { type: 8, data: { choices } })).body.code).toBe(50_035);
    await answer(typed.id, typed.token, { type: 8, data: { choices: choices.slice(1) } });
    expect(await typed.offered()).toHaveLength(25);
    expect(() => discord.type({ command: 'film', options: { where: 'x' }, user, channel }, 'where')).toThrow('completes no option where');
  });

  test('nobody gives what the client would not let them', () => {
    const stranger = discord.world.addMember(guild.id, discord.world.addUser('stranger'));
    const voice = discord.world.addChannel(guild.id, { type: 2 });
    const elsewhere = discord.world.addChannel(discord.world.addGuild().id);
    expect(() => give({ command: 'nothing' })).toThrow('the bot has registered no command nothing');
    expect(() => give({ user: stranger })).toThrow('stranger may not give film');
    expect(() => give({ options: {} })).toThrow('film needs the option name');
    expect(() => give({ options: { name: 1 } })).toThrow('must be a string');
    expect(() => give({ options: { name: 'x', other: 1 } })).toThrow('film has no option other');
    expect(() => give({ options: { name: 'x', where: voice.id } })).toThrow('is a channel of another type');
    expect(() => give({ options: { name: 'x', where: elsewhere.id } })).toThrow('is no channel of this guild');
    expect(() => give({ channel: undefined })).toThrow('film is for guilds only');
    discord.world.permit(channel.id, [], user.id);
    expect(() => give()).toThrow('ann may not give commands in films');
    expect(give({ command: 'nothing', unchecked: true }).response).toBeUndefined();
  });
});
