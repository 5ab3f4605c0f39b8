import { ApplicationIntegrationType, InteractionContextType, Routes } from 'discord.js';
import { type CommandDefinition, DEFINITIONS } from './definitions';

/** What of Discord's REST is used; paths without the version. */
export interface RegistrationRest {
  get(route: `/${string}`): Promise<unknown>;
  put(route: `/${string}`, options: { readonly body: unknown }): Promise<unknown>;
}

export interface Registration {
  readonly rest: RegistrationRest;
  readonly applicationId: string;
  /** Only in this server, where it takes effect at once. @default everywhere */
  readonly guildId?: string;
  /** Say what would be done. @default false */
  readonly dryRun?: boolean;
}

export interface Change {
  readonly command: string;
  readonly change: 'new' | 'changed' | 'removed' | 'same';
}

/** Makes Discord's commands those of {@link DEFINITIONS}. What is right already is left alone: every write counts against a daily limit. */
export async function register({ rest, applicationId, guildId, dryRun = false }: Registration): Promise<Change[]> {
  const route = guildId ? Routes.applicationGuildCommands(applicationId, guildId) : Routes.applicationCommands(applicationId);
  const wanted = DEFINITIONS.map((definition) => advertised(definition, guildId === undefined));
  const there = new Map(((await rest.get(route)) as Registered[]).map((command) => [`${command.name} ${command.type ?? 1}`, command]));
  const changes = wanted.map((command): Change => {
    const key = `${command.name} 1`;
    const registered = there.get(key);
    there.delete(key);
    if (!registered) return { command: command.name, change: 'new' };
    return { command: command.name, change: fingerprint(registered, command) === fingerprint(command, command) ? 'same' : 'changed' };
  });
  for (const { name } of there.values()) changes.push({ command: name, change: 'removed' });
  if (!dryRun && changes.some(({ change }) => change !== 'same')) await rest.put(route, { body: wanted });
  return changes;
}

type Registered = CommandDefinition & {
  readonly type?: number;
  readonly contexts?: readonly number[] | null;
  readonly integration_types?: readonly number[] | null;
};

/** Where a command may be called can only be said of those that are registered everywhere; others are of their server anyway. */
function advertised(definition: CommandDefinition, isGlobal: boolean): Registered {
  const places = { contexts: [InteractionContextType.Guild], integration_types: [ApplicationIntegrationType.GuildInstall] };
  return { ...definition, type: 1, default_member_permissions: definition.default_member_permissions, ...(isGlobal && places) };
}

/** Two commands are the same when these are. Discord adds fields of its own, and leaves out what is false. */
function fingerprint(command: Registered, { contexts: isGlobal }: Registered): string {
  const { name, description, options = [], default_member_permissions: members, contexts, integration_types: integrations } = command;
  return JSON.stringify([
    name,
    description,
    members ?? null,
    isGlobal ? [sorted(contexts), sorted(integrations)] : [],
    options.map((option) => [
      option.name,
      option.description,
      option.type,
      option.required ?? false,
      option.autocomplete ?? false,
      sorted(option.channel_types),
    ]),
  ]);
}

const sorted = (values: readonly number[] | null | undefined): number[] => [...(values ?? [])].sort((a, b) => a - b);
