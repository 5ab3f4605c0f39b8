import { openStores, type StoresSettings } from '../../../services/runtime/stores/open';
import type { Profile } from '../../../services/runtime/stores/users';

/** What one process does to the stores, all of it at once, at the moment `at`. */
export interface FilmStoresTask {
  readonly stores: StoresSettings;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly name: string;
  readonly follow?: { readonly profile: Profile; readonly channels: readonly string[] };
  /** Entries and channels to claim for a minute. */
  readonly claim?: readonly (readonly [entry: string, channel: string])[];
  /** Channels in which the entry was delivered, with this process's name as the message. */
  readonly record?: { readonly entry: string; readonly channels: readonly string[] };
}

/** What this process won: channels that it followed in, `ENTRY/CHANNEL` that it claimed. */
export interface FilmStoresLine {
  readonly won: readonly string[];
}

async function main({ stores: settings, at, name, follow, claim = [], record }: FilmStoresTask): Promise<void> {
  const { users, deliveries, close } = await openStores(settings, ['users', 'deliveries']);
  await users.byLid('warm-up');
  await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
  const until = new Date(Date.now() + 60_000);
  const outcomes = await Promise.all([
    ...(follow?.channels ?? []).map(async (channel) => [channel, await users.follow(follow?.profile as Profile, channel)] as const),
    ...claim.map(async ([entry, channel]) => [`${entry}/${channel}`, (await deliveries.claim(entry, channel, name, until)) === 'claimed'] as const),
    ...(record?.channels ?? []).map(async (channel) => {
      await deliveries.record(record?.entry as string, channel, { state: 'delivered', messageId: name });
      return [channel, false] as const;
    }),
  ]);
  process.stdout.write(`${JSON.stringify({ won: outcomes.filter(([, won]) => won).map(([key]) => key) })}\n`);
  await close();
}

void main(JSON.parse(process.argv[2] as string));
