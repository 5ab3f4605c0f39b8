import { Emulator } from '../../services/testbench/google/emulators';
import { BotBench, onGoogle, posting } from '../support/film/bot-bench';
import { entryOf } from '../support/log-entries';
import { describeReal } from '../support/real';
import { eventually } from '../support/service-process';

/** Megabytes that an idle process may take. */
const IDLE = 200;

describeReal(['gcloud', 'java'], 'the bot on Pub/Sub and Firestore', () => {
  let emulators: Emulator[] = [];
  let bench: BotBench;
  beforeAll(async () => {
    emulators = [await Emulator.start('pubsub'), await Emulator.start('firestore')];
  });
  afterAll(() => Promise.all(emulators.map((emulator) => emulator.stop())));
  afterEach(() => bench.stop());

  test('a follow by command, its entries in the channel once, poison parked, and an end within its time', async () => {
    bench = await BotBench.start({}, onGoogle());
    const { discord, letterboxd, stores } = bench;
    const guild = discord.world.addGuild();
    const [channel, other] = [discord.world.addChannel(guild.id), discord.world.addChannel(guild.id)];
    const manager = discord.world.addMember(guild.id, discord.world.addUser('manager'), ['ManageGuild']);
    const ada = letterboxd.world.addMember('ada');
    await bench.registerCommands();
    const shard = await bench.shard('shard-1');
    const port = await posting(shard);
    const follow = (where: typeof channel) => discord.give({ command: 'follow', options: { account: 'ada' }, user: manager, channel: where }).reply(30_000);
    await Promise.all([follow(channel), follow(other)]);
    expect((await stores.users.byLid(ada.lid))?.channelList).toHaveLength(2);
    await eventually(() => bench.published.commands.length === 2);

    const entries = Array.from({ length: 4 }, (_, index) => entryOf(`e${index}`, { userLid: ada.lid, publishedDate: Date.now() }));
    for (const entry of [...entries, ...entries]) await bench.publish({ entry });
    await bench.publish('nonsense');
    await discord.posted(channel.id, 4, 30_000);
    await discord.posted(other.id, 4, 30_000);
    await eventually(() => bench.published.poison.length === 1);
    await eventually(async () => /result="repeated"\} 8/.test(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
    expect(discord.messages.count).toBe(2 + 8);
    expect(await stores.deliveries.claim('e3', other.id, 'test', new Date())).toMatchObject({ state: 'delivered' });

    const resident = Number(/process_resident_memory_bytes (\d+)/.exec(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())?.[1]) / 2 ** 20;
    expect(resident).toBeLessThan(IDLE);
    const begun = Date.now();
    shard.kill('SIGTERM');
    expect(await shard.ended).toEqual({ code: 0, signal: null });
    process.stdout.write(`${resident.toFixed(0)} MB at rest, ended within ${Date.now() - begun} ms\n`);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });
});
