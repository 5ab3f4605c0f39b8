import type { APIMessage } from 'discord-api-types/v10';
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { Changes } from '../changes';
import { Faults } from '../http/faults';
import { type Handler, Loopback } from '../http/loopback';
import { Commands } from './commands';
import { Gateway, type GatewayOptions } from './gateway/gateway';
import type { Interaction } from './interaction';
import { Interactions, type InteractionTimes } from './interactions';
import { type Invocation, interactionData, objection } from './invocation';
import { Messages } from './messages';
import { type DiscordRequest, Rest, type RestLimits } from './rest/rest';
import { DiscordWorld } from './world';

export interface FakeDiscordOptions {
  /** @default 'fake-token' */
  readonly token?: string;
  /** @default 0: any that is free */
  readonly port?: number;
  /** What GET /gateway/bot recommends. @default 1 */
  readonly shards?: number;
  /** Milliseconds for which a nonce is known. @default 300000: Discord says "a few minutes" */
  readonly nonceWindowMs?: number;
  readonly limits?: RestLimits;
  readonly gateway?: Omit<GatewayOptions, 'token'>;
  readonly interactions?: InteractionTimes;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly now?: () => number;
}

/** Discord on loopback: gateway and REST API v10, for one bot. Give discord.js `rest: { api: fake.url }`. */
export class FakeDiscord {
  readonly world: DiscordWorld;
  readonly messages: Messages;
  readonly commands: Commands;
  readonly interactions: Interactions;
  readonly gateway: Gateway;
  readonly rest: Rest;
  readonly faults = new Faults<DiscordRequest>();
  readonly token: string;
  /** Called between Discord's accept of a message and its answer: what kills the sender there, leaves a message that nobody recorded. */
  onAccepted: ((message: APIMessage, request: DiscordRequest) => void | Promise<void>) | undefined;
  /** Called for a send that was answered with an earlier message, because of its nonce. */
  onRepeated: ((message: APIMessage) => void) | undefined;
  private readonly changes = new Changes();

  private constructor(
    private readonly loopback: Loopback,
    { token = 'fake-token', shards = 1, nonceWindowMs = 300_000, limits = {}, gateway = {}, interactions = {}, now = Date.now }: FakeDiscordOptions,
  ) {
    this.token = token;
    this.world = new DiscordWorld(now, (event, guildId, data) => this.gateway?.dispatch(event, guildId, data));
    this.messages = new Messages(this.world, nonceWindowMs);
    this.commands = new Commands(this.world.ids, this.world.bot.id);
    this.interactions = new Interactions(this.world, this.messages, this.changes, interactions);
    this.gateway = new Gateway(loopback, this.world, this.changes, { ...gateway, token });
    const accepted = async (message: APIMessage, request: DiscordRequest) => {
      this.changes.happened();
      await this.onAccepted?.(message, request);
    };
    const repeated = (message: APIMessage) => this.onRepeated?.(message);
    const { world, messages, commands } = this;
    const discord = { world, messages, commands, interactions: this.interactions, gateway: this.gateway, recommendedShards: shards, accepted, repeated };
    this.rest = new Rest(discord, this.faults, this.changes, { token, limits });
  }

  static async start(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
    let handle: Handler = () => 'drop';
    const loopback = await Loopback.start((request) => handle(request), options.port);
    const fake = new FakeDiscord(loopback, options);
    handle = (request) => fake.rest.handle(request);
    return fake;
  }

  /** For `rest.api` of discord.js. */
  get url(): string {
    return `http://${this.loopback.host}/api`;
  }

  /** Somebody gives a command. Throws where Discord's client would not let them, such as when it is not registered. */
  give(invocation: Invocation): Interaction {
    return this.interact(invocation, undefined);
  }

  /** Somebody types the option `focused` of a command; its value so far is among the options. */
  type(invocation: Invocation, focused: string): Interaction {
    const command = this.commands.find(invocation.command, invocation.channel?.guildId);
    const isOffered = command?.options?.some(({ name, autocomplete }) => name === focused && autocomplete);
    if (!isOffered && !invocation.unchecked) throw new Error(`${invocation.command} completes no option ${focused}`);
    return this.interact(invocation, focused);
  }

  /** Resolves with what `look` finds; looks again whenever something happens here. */
  until<T>(what: string, look: () => T | undefined | false, limit?: number): Promise<T> {
    return this.changes.until(what, look, limit);
  }

  /** So many messages in a channel. */
  async posted(channelId: string, count = 1, limit?: number): Promise<readonly APIMessage[]> {
    await this.until(`${count} messages in channel ${channelId}`, () => this.messages.in(channelId).length >= count, limit);
    return this.messages.in(channelId);
  }

  /** So many sessions that are connected and have been told of their guilds. */
  async ready(shards = 1, limit?: number): Promise<void> {
    await this.until(`${shards} shards`, () => this.gateway.connected.length >= shards, limit);
  }

  /** Cuts everything. */
  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.loopback.close();
  }

  private interact(invocation: Invocation, focused: string | undefined): Interaction {
    const { channel, unchecked = false } = invocation;
    const command = this.commands.find(invocation.command, channel?.guildId);
    const wrong = unchecked || focused !== undefined ? undefined : objection(this.world, command, invocation);
    if (wrong) throw new Error(wrong);
    const guildId = channel?.guildId ?? '0'; // direct messages are of the first shard
    const interaction = this.interactions.begin(channel?.id ?? this.world.ids.next(), focused !== undefined);
    this.gateway.dispatch(GatewayDispatchEvents.InteractionCreate, guildId, interactionData(this.world, command, invocation, interaction, focused));
    return interaction;
  }
}
