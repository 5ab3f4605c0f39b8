import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MALFORMED, onslaught } from '../support/film/onslaught';
import type { OnslaughtFigures } from '../support/film/onslaught-figures';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

/** `make soak` asks for more: SOAK=2000x50. */
const [entries = 200, channels = 10] = process.env.SOAK?.split('x').map(Number) ?? [];
const kills = Math.max(60, Math.round((entries * channels) / 500));
/**
 * Seconds over which the entries come. Slower than two bots post, dead now and then as they are: what waits longer than Discord knows
 * a nonce may come twice. At full size the emulators set the pace: Firestore's does not record more than some fifteen posts a second.
 */
const spreadOf = (bus: 'embedded' | 'pubsub') => Math.max(60, (entries * channels) / (process.env.SOAK && bus === 'pubsub' ? 13 : 45));
const limitOf = (bus: 'embedded' | 'pubsub') => spreadOf(bus) * 3 + 180;
/** Milliseconds for jest, which must not end it before it tells its figures. */
const patienceOf = (bus: 'embedded' | 'pubsub') => (limitOf(bus) + 600) * 1000;

async function nothingIsLost(backing: { readonly bus: 'embedded' | 'pubsub'; readonly store: 'embedded' | 'firestore' }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onslaught-'));
  const progress = process.env.SOAK ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
  const figures = await onslaught({
    ...backing,
    folder,
    bundles: join(ROOT, '.cache'),
    entries,
    channels,
    kills,
    spread: spreadOf(backing.bus),
    limit: limitOf(backing.bus),
    ...(progress ? { progress } : {}),
  });
  console.log(`${backing.bus}, ${backing.store}\n${table(figures)}`);
  expect(figures).toMatchObject({ expected: entries * channels, posted: entries * channels, lost: [], twice: [], open: 0, problems: [] });
  expect(figures.killsAfterAccept).toBeGreaterThanOrEqual(50);
  expect(figures.repeats).toBeGreaterThanOrEqual(50);
  expect(figures.parked).toBe(2 * MALFORMED.length);
  expect(figures.busRestarts).toBe(2);
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
