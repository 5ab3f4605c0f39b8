import { type APIMessage, GatewayDispatchEvents } from 'discord-api-types/v10';
import type { HttpAnswer } from '../../http/loopback';
import { missingAccess, missingPermissions, unknown } from '../api-error';
import { checkCommand, checkCommands } from '../command-definition';
import type { Commands } from '../commands';
import type { Gateway } from '../gateway/gateway';
import type { Interactions } from '../interactions';
import { checkMessage } from '../message-body';
import type { Messages } from '../messages';
import { has, type Permission } from '../permissions';
import { channelData, guildSummary, memberData, roleData, userData } from '../shapes';
import { type Channel, type DiscordWorld, type Guild, isThread, type User } from '../world';
import type { DiscordRequest } from './rest';

/** What the routes work on. */
export interface Discord {
  readonly world: DiscordWorld;
  readonly messages: Messages;
  readonly commands: Commands;
  readonly interactions: Interactions;
  readonly gateway: Gateway;
  readonly recommendedShards: number;
  /** Between Discord's accept and its answer. */
  readonly accepted: (message: APIMessage, request: DiscordRequest) => Promise<void>;
  readonly repeated: (message: APIMessage) => void;
}

export type Route = (discord: Discord, request: DiscordRequest) => HttpAnswer | Promise<HttpAnswer>;

const ok = (body: object): HttpAnswer => ({ status: 200, body });
const done: HttpAnswer = { status: 204 };
const id = (request: DiscordRequest, name: string): string => request.params[name] as string;

/** Routes that need no bot: who has the interaction's token may use them. */
export const OPEN_ROUTES: Readonly<Record<string, Route>> = {
  'POST /interactions/:interaction/:token/callback': ({ interactions }, request) => {
    const { id: its, original, isDeferred, response } = interactions.answer(id(request, 'interaction'), id(request, 'token'), request.body);
    if (request.query.get('with_response') !== 'true') return done;
    const shown = original ? { resource: { type: response, message: original } } : {};
    return ok({ interaction: { id: its, type: 2, response_message_loading: isDeferred }, ...shown });
  },
  'POST /webhooks/:application/:token': ({ interactions }, request) => ok(interactions.follow(id(request, 'token'), request.body)),
  'GET /webhooks/:application/:token/messages/:message': ({ interactions }, request) => ok(interactions.get(id(request, 'token'), id(request, 'message'))),
  'PATCH /webhooks/:application/:token/messages/:message': ({ interactions }, request) =>
    ok(interactions.edit(id(request, 'token'), id(request, 'message'), request.body)),
  'DELETE /webhooks/:application/:token/messages/:message': ({ interactions }, request) => {
    interactions.remove(id(request, 'token'), id(request, 'message'));
    return done;
  },
};

export const BOT_ROUTES: Readonly<Record<string, Route>> = {
  'GET /gateway': ({ gateway }) => ok({ url: gateway.url }),
  'GET /gateway/bot': ({ gateway, recommendedShards }) =>
    ok({
      url: gateway.url,
      shards: recommendedShards,
      session_start_limit: {
        total: 1000,
        remaining: Math.max(0, 1000 - gateway.counters.identified),
        reset_after: 86_400_000,
        max_concurrency: gateway.maxConcurrency,
      },
    }),
  'GET /users/:user': ({ world }, request) => {
    const user = id(request, 'user') === '@me' ? world.bot : world.users.get(id(request, 'user'));
    if (!user) throw unknown.user();
    return ok(userData(user));
  },
  'GET /applications/@me': (discord) => ok(application(discord)),
  'GET /oauth2/applications/@me': (discord) => ok(application(discord)),

  'GET /guilds/:guild': ({ world }, request) => ok(guildSummary(guildOf(world, request))),
  'GET /guilds/:guild/channels': ({ world }, request) =>
    ok([...guildOf(world, request).channels.values()].filter((channel) => !isThread(channel)).map(channelData)),
  'GET /guilds/:guild/roles': ({ world }, request) => ok(roleData(guildOf(world, request))),
  'GET /guilds/:guild/members/:user': ({ world }, request) => {
    const guild = guildOf(world, request);
    if (!guild.members.has(id(request, 'user'))) throw unknown.member();
    return ok(memberData(guild, id(request, 'user')));
  },

  'GET /channels/:channel': ({ world }, request) => ok(channelData(channelFor(world, request))),
  'GET /channels/:channel/messages': ({ world, messages }, request) => {
    const channel = channelFor(world, request);
    const limit = Math.min(100, Number(request.query.get('limit') ?? 50));
    return ok([...messages.in(channel.id)].reverse().slice(0, limit));
  },
  'GET /channels/:channel/messages/:message': ({ world, messages }, request) => {
    const message = messages.get(channelFor(world, request, 'ReadMessageHistory').id, id(request, 'message'));
    if (!message) throw unknown.message();
    return ok(message);
  },
  'POST /channels/:channel/messages': send,

  ...commandRoutes('/applications/:application/commands'),
  ...commandRoutes('/applications/:application/guilds/:guild/commands'),
};

async function send({ world, messages, gateway, accepted, repeated }: Discord, request: DiscordRequest): Promise<HttpAnswer> {
  const channel = channelFor(world, request);
  const body = checkMessage(request.body);
  const held = world.permissions(channel.guildId, world.bot.id, channel);
  const needed: Permission[] = [isThread(channel) ? 'SendMessagesInThreads' : 'SendMessages', ...(body.embeds?.length ? (['EmbedLinks'] as const) : [])];
  if (!needed.every((permission) => has(held, permission))) throw missingPermissions();
  const first = messages.repeated(body);
  if (first) {
    repeated(first);
    return ok(first);
  }
  const message = messages.add({ channelId: channel.id, body });
  gateway.dispatch(GatewayDispatchEvents.MessageCreate, channel.guildId, { ...message, guild_id: channel.guildId });
  await accepted(message, request);
  return ok(message);
}

function commandRoutes(path: string): Record<string, Route> {
  const scope = (discord: Discord, request: DiscordRequest): string => {
    if (id(request, 'application') !== discord.world.bot.id) throw unknown.application();
    return request.params.guild === undefined ? '' : guildOf(discord.world, request).id;
  };
  return {
    [`GET ${path}`]: (discord, request) => ok(discord.commands.list(scope(discord, request)) as object),
    [`PUT ${path}`]: (discord, request) => ok(discord.commands.overwrite(checkCommands(request.body), scope(discord, request)) as object),
    [`POST ${path}`]: (discord, request) => {
      const { command, isNew } = discord.commands.put(checkCommand(request.body), scope(discord, request));
      return { status: isNew ? 201 : 200, body: command };
    },
    [`GET ${path}/:command`]: (discord, request) => ok(discord.commands.get(id(request, 'command'), scope(discord, request))),
    [`DELETE ${path}/:command`]: (discord, request) => {
      discord.commands.remove(id(request, 'command'), scope(discord, request));
      return done;
    },
  };
}

function guildOf(world: DiscordWorld, request: DiscordRequest): Guild {
  const guild = world.guilds.get(id(request, 'guild'));
  if (!guild) throw unknown.guild();
  return guild;
}

/** The channel, which the bot must be allowed to see. */
function channelFor(world: DiscordWorld, request: DiscordRequest, ...more: Permission[]): Channel {
  const channel = world.channel(id(request, 'channel'));
  if (!channel) throw unknown.channel();
  const held = world.permissions(channel.guildId, world.bot.id, channel);
  if (!has(held, 'ViewChannel')) throw missingAccess();
  if (!more.every((permission) => has(held, permission))) throw missingPermissions();
  return channel;
}

function application({ world }: Discord): object {
  const owner = [...world.users.values()].find(({ bot }) => !bot) as User;
  return { id: world.bot.id, name: world.bot.name, icon: null, description: '', bot_public: true, flags: 0, owner: userData(owner), bot: userData(world.bot) };
}
