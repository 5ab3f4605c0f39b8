import type { APIEmbed } from 'discord-api-types/v10';
import { Moderator } from '../../../scripts/demo/moderator';
import { Teller } from '../../../scripts/demo/teller';
import { Changes } from '../../../services/testbench/changes';
import { Interaction } from '../../../services/testbench/discord/interaction';
import type { Invocation } from '../../../services/testbench/discord/invocation';
import { DiscordWorld } from '../../../services/testbench/discord/world';
import { LetterboxdWorld } from '../../../services/testbench/letterboxd/world';
import { SampleWorld } from '../../../services/testbench/sample/sample';

type Reply = (invocation: Invocation) => APIEmbed;

/** What the bot answers when it serves a command, as short as it may be. */
const SERVED: Readonly<Record<string, (invocation: Invocation, world: SampleWorld) => APIEmbed>> = {
  follow: ({ options, channel }) => ({ description: `**${options?.account}** is followed in <#${channel?.id}> from now on.` }),
  film: ({ options }, { films }) => {
    const film = films.find(({ title }) => title === options?.['film-name']);
    return { title: `${film?.title} (${film?.year})`, description: film?.genres?.join(', ') };
  },
  diary: ({ options }, { members, entries }) => ({
    title: `The last entries of ${members.find(({ userName }) => userName === options?.account)?.displayName}`,
    description: entries
      .filter(({ member }) => member.userName === options?.account)
      .map(({ film }) => film.title)
      .join('\n'),
  }),
  following: ({ channel }, { follows }) => ({
    description: `Followed in <#${channel?.id}>: ${follows.flatMap((follow) => (follow.channel === channel ? [follow.member.userName] : [])).join(', ')}`,
  }),
  user: ({ options }, { members }) => {
    const member = members.find(({ userName }) => userName === options?.account);
    return { title: member?.displayName, description: member?.favourites?.map(({ title }) => title).join('\n') };
  },
};

/** The first five commands, answered so. */
async function moderated(replyOf: (world: SampleWorld) => Reply) {
  const letterboxd = { world: new LetterboxdWorld(Date.now) };
  const discord = { world: new DiscordWorld(Date.now, () => {}) };
  const world = new SampleWorld(letterboxd, discord);
  for (let i = 0; i < 3; i += 1) world.next(Date.now());
  const reply = replyOf(world);
  const commands: string[] = [];
  const give = (invocation: Invocation) => {
    commands.push(invocation.command);
    const interaction = new Interaction('1', 'token', invocation.channel?.id as string, false, 0, new Changes());
    interaction.original = { content: '', embeds: [reply(invocation)] } as unknown as Interaction['original'];
    return interaction;
  };
  const said: string[] = [];
  const teller = new Teller({ write: (text: string) => said.push(text) }, (_, text) => text);
  const pipeline = { letterboxd, discord: { ...discord, give } } as unknown as ConstructorParameters<typeof Moderator>[0];
  const moderator = new Moderator(pipeline, world, teller, { mayGive: () => true, onEntry: () => {} });
  moderator.begin();
  while (commands.length < 5) await jest.advanceTimersByTimeAsync(1000);
  await moderator.end();
  return { moderator, commands, said: said.join('') };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('what is served counts as answered', async () => {
  const { moderator, commands, said } = await moderated((world) => (call) => SERVED[call.command]?.(call, world) as APIEmbed);
  expect(commands.sort()).toEqual(Object.keys(SERVED).sort());
  expect([moderator.given, moderator.answered]).toEqual([5, 5]);
  expect(said).not.toContain('warns');
});

test.each<[string, Reply]>([
  ['a failure', () => ({ description: 'Something went wrong here, and it is noted. Please try again later.' })],
  ['a refusal with what was given', ({ options }) => ({ description: `Letterboxd knows nothing of ${Object.values(options ?? {}).join(' ')}.` })],
  ['nothing', () => ({})],
])('%s does not', async (_, reply) => {
  const { moderator, said } = await moderated(() => reply);
  expect([moderator.given, moderator.answered]).toEqual([5, 0]);
  expect(said.match(/warns: command \/\w+ is not served: /g)).toHaveLength(5);
});
