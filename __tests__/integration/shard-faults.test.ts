import { setTimeout as sleep } from 'node:timers/promises';
import { BotBench, posting } from '../support/film/bot-bench';
import { entryOf } from '../support/log-entries';

const ENTRIES = 60;
const KILLS = 10;

/**
 * Two processes of the bot, each with half of the channels, are killed between Discord's accept and their record; Discord answers 429 and 500, drops
 * connections and loses answers. As the scraper does, the test publishes again what is not recorded.
 */
test('nothing is lost and nothing is there twice, whatever fails', async () => {
  const bench = await BotBench.start({ shards: 2, gateway: { identifyEveryMs: 0 }, limits: { messages: { count: 40, perMs: 1000 } } });
  const { discord, stores } = bench;
  try {
    const guilds = [discord.world.addGuild(), discord.world.addGuild()];
    const channels = guilds.flatMap(({ id }) => [discord.world.addChannel(id), discord.world.addChannel(id)]);
    for (const { id } of channels) await stores.users.follow({ lid: 'u1', userName: 'ada', displayName: 'Ada', image: '' }, id);
    const start = (index: number) => bench.shard(`shard-${index}`, { SHARDS: `${index}-${index}/2` });
    const processes = [await start(0), await start(1)];
    await Promise.all(processes.map(posting));

    let accepted = 0;
    let kills = 0;
    discord.onAccepted = async (message) => {
      accepted += 1;
      if (kills === KILLS || accepted % 9 !== 0) return;
      kills += 1;
      const guild = discord.world.channel(message.channel_id)?.guildId as string;
      const index = Number((BigInt(guild) >> 22n) % 2n);
      processes[index]?.kill('SIGKILL');
      await processes[index]?.ended;
      processes[index] = await start(index);
    };
    let requests = 0;
    discord.faults.by = ({ route }) => {
      if (!route.startsWith('POST') || !route.includes('messages')) return undefined;
      requests += 1;
      const fault = requests % 23;
      if (fault === 3) return { status: 429, retryAfter: 0.3 };
      if (fault === 7) return { status: 500 };
      if (fault === 11) return 'drop';
      return fault === 17 ? 'lose-answer' : undefined;
    };

    const entries = Array.from({ length: ENTRIES }, (_, index) => entryOf(`e${index}`, { publishedDate: Date.now(), filmTitle: `e${index}`, filmYear: 0 }));
    const missing = new Set(entries.flatMap(({ lid }) => channels.map(({ id }) => `${lid} ${id}`)));
    const deadline = Date.now() + 150_000;
    for (let turn = 1; missing.size > 0; turn += 1) {
      if (Date.now() > deadline) throw new Error(`not recorded after ${turn} turns: ${[...missing].slice(0, 5).join(', ')}, ${missing.size} in all`);
      const open = new Set([...missing].map((key) => key.split(' ')[0]));
      for (const entry of entries) if (open.has(entry.lid)) await bench.publish({ entry });
      if (turn % 3 === 0) discord.gateway.drop();
      await sleep(2000);
      for (const key of missing) {
        const [lid, channel] = key.split(' ') as [string, string];
        const state = await stores.deliveries.claim(lid, channel, 'nobody', new Date(0));
        if (typeof state === 'object') missing.delete(key);
      }
    }

    const twice = channels.flatMap(({ id }) => {
      const titles = discord.messages.in(id).map(({ embeds }) => embeds[0]?.title);
      return titles.filter((title, index) => titles.indexOf(title) !== index);
    });
    process.stdout.write(
      `${discord.messages.count} messages, ${kills} kills after an accept, ${discord.faults.injected} faults, ${discord.messages.repeats} repeats by nonce\n`,
    );
    expect(twice).toEqual([]);
    expect(discord.messages.count).toBe(ENTRIES * channels.length);
    expect(kills).toBe(KILLS);
    expect(discord.messages.repeats).toBeGreaterThanOrEqual(KILLS);
  } finally {
    await bench.stop();
  }
});
