import { Changes } from '../../../services/testbench/changes';
import { DiscordWorld } from '../../../services/testbench/discord/world';
import { logEntry } from '../../../services/testbench/letterboxd/shapes';
import { LetterboxdWorld } from '../../../services/testbench/letterboxd/world';
import { play, SampleWorld } from '../../../services/testbench/sample/sample';

const NOW = 1_700_000_000_000;

function sample(seed: string) {
  const letterboxd = { world: new LetterboxdWorld(() => NOW) };
  const discord = {
    world: new DiscordWorld(
      () => NOW,
      () => {},
    ),
  };
  return new SampleWorld(letterboxd, discord, { seed });
}

/** All that happens in a world. */
function story(seed: string): string {
  const world = sample(seed);
  const entries = Array.from({ length: 50 }, (_, i) => logEntry(world.next(NOW + i)));
  return JSON.stringify([world.members, world.films, world.follows.map(({ member, channel }) => [member.lid, channel.id]), entries]);
}

test('the same world for the same seed, another for another', () => {
  expect(story('a')).toBe(story('a'));
  expect(story('a')).not.toBe(story('b'));
});

test('it is small, and nobody is left out', () => {
  const { members, films, channels, follows, guilds, channelsOf } = sample('a');
  expect([members.length, films.length, guilds.length, channels.length]).toEqual([24, 60, 4, 12]);
  expect(new Set(members.map(({ userName }) => userName)).size).toBe(24);
  expect(new Set(films.map(({ title }) => title.replace('The ', ''))).size).toBe(60);
  expect(new Set(follows.map(({ member, channel }) => `${member.lid} ${channel.id}`)).size).toBe(follows.length);
  for (const member of members) expect(channelsOf.call({ follows } as never, member).length).toBeGreaterThan(0);
});

test('entries are of all kinds: with and without review, stars, diary', () => {
  const world = sample('a');
  const entries = Array.from({ length: 200 }, (_, i) => world.next(NOW + i));
  for (const key of ['review', 'rating', 'watched', 'like', 'rewatch', 'spoilers'] as const) {
    expect(new Set(entries.map((entry) => Boolean(entry[key])))).toEqual(new Set([true, false]));
  }
  expect(new Set(entries.map(({ lid }) => lid)).size).toBe(200);
});

test('it plays until it is stopped', async () => {
  const world = sample('a');
  const changes = new Changes();
  const stop = play(world, 5, { ageMs: 600_000, onEntry: () => changes.happened() });
  await changes.until('three entries', () => world.entries.length >= 3, 2000);
  stop();
  const count = world.entries.length;
  expect(Date.now() - (world.entries[0]?.created ?? 0)).toBeGreaterThanOrEqual(600_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(world.entries.length).toBe(count);
});

test('who waits in vain is told for what', async () => {
  await expect(new Changes().until('rain', () => false, 10)).rejects.toThrow('not within 0.01 s: rain');
});
