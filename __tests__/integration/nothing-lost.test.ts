import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MALFORMED, onslaught } from '../support/film/onslaught';
import { type OnslaughtFigures, together } from '../support/film/onslaught-figures';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

/** `make soak` asks for more: SOAK=2000x50. */
const [entries = 200, channels = 10] = process.env.SOAK?.split('x').map(Number) ?? [];
const kills = Math.max(60, Math.round((entries * channels) / 500));
/**
 * Posts after which a soak on the emulators begins with empty ones. For each query Firestore's looks at everything that its database ever held,
 * a millisecond for a thousand documents: of 75,000 on, filmlinkd got no more done. docs/adr/0032-the-soak-goes-in-rounds.md
 */
const ROUND = 20_000;
const roundsOf = (bus: 'embedded' | 'pubsub') => (bus === 'pubsub' ? Math.ceil((entries * channels) / ROUND) : 1);
/**
 * Seconds over which the entries come. Slower than two bots post, dead now and then as they are: what waits longer than Discord knows
 * a nonce may come twice.
 */
const spreadOf = (bus: 'embedded' | 'pubsub') => Math.max(60, (entries * channels) / roundsOf(bus) / (process.env.SOAK && bus === 'pubsub' ? 25 : 45));
const limitOf = (bus: 'embedded' | 'pubsub') => spreadOf(bus) * 3 + 180;
/** Milliseconds for jest, which must not end it before it tells its figures. */
const patienceOf = (bus: 'embedded' | 'pubsub') => (limitOf(bus) + 600) * roundsOf(bus) * 1000;

async function nothingIsLost(backing: { readonly bus: 'embedded' | 'pubsub'; readonly store: 'embedded' | 'firestore' }): Promise<void> {
  const progress = process.env.SOAK ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
  const rounds = roundsOf(backing.bus);
  const all: OnslaughtFigures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress?.(`round ${round + 1} of ${rounds}`);
    const figures = await onslaught({
      ...backing,
      folder: mkdtempSync(join(tmpdir(), 'onslaught-')),
      bundles: join(ROOT, '.cache'),
      entries: Math.floor((entries * (round + 1)) / rounds) - Math.floor((entries * round) / rounds),
      channels,
      kills: Math.ceil(kills / rounds),
      spread: spreadOf(backing.bus),
      limit: limitOf(backing.bus),
      ...(progress ? { progress } : {}),
    });
    all.push(figures);
    if (rounds > 1) progress?.(table(figures));
  }
  const figures = together(all);
  console.log(`${backing.bus}, ${backing.store}\n${table(figures)}`);
  expect(figures).toMatchObject({ expected: entries * channels, posted: entries * channels, lost: [], twice: [], open: 0, problems: [] });
  expect(figures.killsAfterAccept).toBeGreaterThanOrEqual(50);
  expect(figures.repeats).toBeGreaterThanOrEqual(50);
  expect(figures.parked).toBe(rounds * 2 * MALFORMED.length);
  expect(figures.busRestarts).toBe(rounds * 2);
  for (const much of [figures.killsOfScrapers, figures.socketsDropped, figures.malformed]) expect(much).toBeGreaterThan(5);
  for (const many of [figures.discordFaults, figures.letterboxdFaults]) expect(many).toBeGreaterThan(100);
}

function table(figures: OnslaughtFigures): string {
  return Object.entries(figures)
    .map(([name, value]) => `  ${name.padEnd(18)} ${Array.isArray(value) ? value.length : value}`)
    .join('\n');
}

test(
  'every entry is in every channel once, whatever fails: bus and stores in a file',
  () => nothingIsLost({ bus: 'embedded', store: 'embedded' }),
  patienceOf('embedded'),
);

describeReal(['gcloud', 'java'], 'every entry is in every channel once, whatever fails', () => {
  test('on the emulators of Pub/Sub and Firestore', () => nothingIsLost({ bus: 'pubsub', store: 'firestore' }), patienceOf('pubsub'));
});
