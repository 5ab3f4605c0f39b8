import type { APIEmbed } from 'discord.js';
import { PermissionFlagsBits } from 'discord.js';
import { toLogEntry } from '../../letterboxd/log-entry';
import { nonceOf } from '../posting/nonce';
import { COLOUR } from '../text/embed';
import type { Call, Command, CommandMeans } from './command';
import { type CommandDefinition, DEFINITIONS } from './definitions';
import { explanation } from './refusal';

/** Whose newest entry is the test's. */
const TEST_MEMBER = '1e4Ab';
const PICTURE = 'https://cdn.discordapp.com/embed/avatars/0.png';
const PAUSE_MS = 1000;
const NEEDED = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages | PermissionFlagsBits.SendMessagesInThreads | PermissionFlagsBits.EmbedLinks;

export const help: Command = async (call, means) => {
  const { users, about } = means;
  const [userCount, servers] = await Promise.all([users.count(), about.servers()]);
  const invitation = `https://discord.com/oauth2/authorize?client_id=${about.applicationId()}&scope=bot+applications.commands&permissions=${NEEDED}`;
  const permissions = [...call.here.bot].map(([name, has]) => `${has ? '✅' : '❌'} ${name}`).join('\n');
  const embed: APIEmbed = {
    color: COLOUR,
    title: 'filmlinkd',
    description: `Brings the diaries of Letterboxd to your channels.\nVersion ${about.version}, accounts followed: ${userCount}, servers: ${servers}`,
    fields: [
      ...DEFINITIONS.map((definition) => ({ name: usageOf(definition), value: definition.description })),
      { name: 'Permissions here', value: permissions || 'not known' },
      { name: 'Diaries', value: '[Letterboxd](https://letterboxd.com/)', inline: true },
      { name: 'Roulette', value: '[The Movie Database](https://www.themoviedb.org/)', inline: true },
      { name: 'Another server', value: `[Add the bot](${invitation})`, inline: true },
    ],
  };
  return call.options.test === true ? withTest(embed, call, means) : { embeds: [embed] };
};

function usageOf({ name, options = [] }: CommandDefinition): string {
  return [`/${name}`, ...options.map((option) => (option.required ? option.name : `[${option.name}]`))].join(' ');
}

/** The ways in which messages may fail to arrive, one after another; the last comes as entries do, through the bus. */
async function withTest(embed: APIEmbed, { here }: Call, { letterboxd, sender, publish, clock, emoji }: CommandMeans) {
  const steps: readonly APIEmbed[] = [
    { description: 'Test 1: plain text' },
    { description: 'Test 2: emoji 🎬' },
    { description: `Test 3: the bot's own marks ${emoji.star}${emoji.half} ${emoji.rewatch} ${emoji.liked}` },
    { description: 'Test 4: **bold**, *italic*, ||hidden|| and a [link](https://letterboxd.com/)' },
    { description: 'Test 5: a picture', thumbnail: { url: PICTURE } },
  ];
  const intro = { color: COLOUR, description: `${steps.length} messages follow, and a diary entry if Letterboxd has one.` };
  const afterwards = async (ending: AbortSignal) => {
    const started = String(clock.now());
    await clock.sleep(PAUSE_MS, ending);
    for (const [index, step] of steps.entries()) {
      await clock.sleep(PAUSE_MS, ending);
      const nonce = nonceOf('test', here.channelId, started, String(index));
      await sender.send({ channelId: here.channelId, embeds: [{ color: COLOUR, ...step }], nonce }, ending);
    }
    // only now: the messages show what is wrong at Discord, also while Letterboxd is down
    const [newest] = await newestOf(TEST_MEMBER, letterboxd);
    if (newest) await publish.entry({ entry: toLogEntry(newest, 'Help'), channelId: here.channelId });
  };
  return { embeds: [embed, intro], afterwards };
}

/** @throws Error with what a person is told */
async function newestOf(member: string, letterboxd: CommandMeans['letterboxd']) {
  try {
    return (await letterboxd.logEntries({ member, perPage: 1 })).items;
  } catch (error) {
    throw new Error(explanation(error), { cause: error });
  }
}
