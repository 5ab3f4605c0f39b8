import type { APIMessage } from 'discord-api-types/v10';
import { logEntryMessage } from '../../services/contracts/log-entry';
import type { FakeDiscord } from '../../services/testbench/discord/discord';
import type { Channel } from '../../services/testbench/discord/world';
import { entryAddress } from '../../services/testbench/letterboxd/shapes';
import type { Entry } from '../../services/testbench/letterboxd/world';
import { titled } from './cast';
import { type Post, reckon } from './reckoning';

/** What was logged, what was published, and what Discord has. */
export class Score {
  /** Entries that were published, and how often one was once more. */
  readonly published = { first: new Set<string>(), again: 0 };
  private readonly entries = new Map<string, Entry>();
  /** Their ids, by the addresses that messages show. */
  private readonly byAddress = new Map<string, string>();
  private readonly expected: Post[] = [];
  /** Messages of the bus, which may bring one twice. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly discord: FakeDiscord,
    private readonly channels: readonly Channel[],
  ) {}

  get logged(): number {
    return this.entries.size;
  }

  get expects(): number {
    return this.expected.length;
  }

  /** An entry appears at Letterboxd, and these channels follow. */
  log(entry: Entry, channels: readonly Channel[]): void {
    this.entries.set(entry.lid, entry);
    this.byAddress.set(entryAddress(entry), entry.lid);
    for (const { id } of channels) this.expected.push({ entry: entry.lid, channel: id });
  }

  /** A message of the log-entry topic. The entry, when it was published before. */
  publish(messageId: string, data: string): string | undefined {
    if (this.seen.has(messageId)) return undefined;
    this.seen.add(messageId);
    const lid = entryIn(data);
    if (lid === undefined) return undefined;
    const isAgain = this.published.first.has(lid);
    this.published.first.add(lid);
    if (isAgain) this.published.again += 1;
    return isAgain ? lid : undefined;
  }

  /** The id of the entry that a message shows. */
  entryOf({ id, embeds }: APIMessage): string {
    return this.byAddress.get(embeds[0]?.url ?? '') ?? `message ${id}, which shows no entry`;
  }

  titleOf(lid: string): string {
    const entry = this.entries.get(lid);
    return entry ? titled(entry) : lid;
  }

  /** Discord's messages beside what should be there. */
  reckon() {
    const messages = this.channels.flatMap(({ id }) =>
      this.discord.messages.posted(id).map((message): Post => ({ entry: this.entryOf(message), channel: id })),
    );
    return { posted: messages.length, ...reckon(this.expected, messages) };
  }
}

function entryIn(data: string): string | undefined {
  try {
    return logEntryMessage.safeParse(JSON.parse(data)).data?.entry.lid;
  } catch {
    return undefined; // poison
  }
}
