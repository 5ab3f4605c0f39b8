import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pipeline, type PipelineOptions } from '../../services/testbench/pipeline/pipeline';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

const LONG_AGO = Date.now() - 3_600_000;
const VIPS = 100;

/** From Letterboxd to Discord, with nothing in the way. */
function wholeWay(backing: Pick<PipelineOptions, 'bus' | 'store'>): void {
  let pipeline: Pipeline;
  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    const limits = { messages: { count: 1000, perMs: 1000 }, global: { count: 1000, perMs: 1000 } };
    pipeline = await Pipeline.start({ ...backing, folder, bundles: join(ROOT, '.cache'), discord: { limits, gateway: { identifyEveryMs: 0 } } });
  });
  afterEach(() => pipeline.stop());

  const titles = (channel: string) => pipeline.discord.messages.posted(channel).map(({ embeds }) => embeds[0]?.title);

  test('who logs 60 films at once has all 60 posted', async () => {
    const { discord, letterboxd } = pipeline;
    const channel = discord.world.addChannel(discord.world.addGuild().id);
    const member = letterboxd.world.addMember('ada');
    await pipeline.follow(member, channel.id);
    const log = (title: string) => letterboxd.world.addEntry(member, letterboxd.world.addFilm(title), { created: LONG_AGO });
    log('Film 0');
    await Promise.all([pipeline.scraper('scraper-1'), pipeline.shard('shard-1')]);
    await discord.posted(channel.id, 1, 30_000);
    for (let number = 1; number <= 60; number += 1) log(`Film ${number}`);
    await discord.posted(channel.id, 61, 60_000);
    expect(titles(channel.id).sort()).toEqual(Array.from({ length: 61 }, (_, number) => `Film ${number}`).sort());
  });

  test(`${VIPS} VIP channels have the entries of theirs, found by vip alone`, async () => {
    const { discord, letterboxd, stores } = pipeline;
    const guild = discord.world.addGuild();
    const channels = Array.from({ length: VIPS }, () => discord.world.addChannel(guild.id).id);
    for (const [number, channel] of channels.entries()) {
      const member = letterboxd.world.addMember(`user${number}`);
      letterboxd.world.addEntry(member, letterboxd.world.addFilm(`Film ${number}`), { created: LONG_AGO });
      await stores.vipChannels.add(channel);
      await pipeline.follow(member, channel);
    }
    await Promise.all([pipeline.scraper('vip-1', { MODE: 'vip', CONCURRENCY: '5' }), pipeline.shard('shard-1')]);
    await discord.until('all of them', () => discord.messages.count >= VIPS, 90_000);
    expect(channels.map((channel) => titles(channel))).toEqual(channels.map((_, number) => [`Film ${number}`]));
  });
}

describe('the whole way, bus and stores in a file', () => wholeWay({ bus: 'embedded', store: 'embedded' }));

describeReal(['gcloud', 'java'], 'the whole way, on the emulators of Pub/Sub and Firestore', () => wholeWay({ bus: 'pubsub', store: 'firestore' }));
