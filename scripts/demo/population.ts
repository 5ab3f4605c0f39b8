import type { Channel } from '../../services/testbench/discord/world';
import type { Entry } from '../../services/testbench/letterboxd/world';
import type { Pipeline } from '../../services/testbench/pipeline/pipeline';
import type { SampleWorld } from '../../services/testbench/sample/sample';

const HOUR = 3_600_000;
const VIP_GUILDS = 2;

/** Puts into the store who is followed where, before anything happens. Returns the VIP channels: the first of some guilds. */
export async function populate(pipeline: Pipeline, world: SampleWorld): Promise<readonly Channel[]> {
  const vip = world.guilds.slice(0, VIP_GUILDS).map(({ id }) => world.channels.find(({ guildId }) => guildId === id) as Channel);
  await Promise.all(vip.map(({ id }) => pipeline.stores.vipChannels.add(id, 'demo')));
  await Promise.all(world.members.map((member) => follow(pipeline, world, member)));
  return vip;
}

/** With one entry that every channel has: of who was never posted, scrapers take the newest entry only. */
async function follow(pipeline: Pipeline, world: SampleWorld, member: Entry['member']): Promise<void> {
  for (const { id } of world.channelsOf(member)) await pipeline.follow(member, id);
  const { lid, created } = pipeline.letterboxd.world.addEntry(member, world.films[0] as Entry['film'], { created: Date.now() - HOUR });
  await pipeline.stores.users.posted(member.lid, { lid, published: created, link: '' });
}
