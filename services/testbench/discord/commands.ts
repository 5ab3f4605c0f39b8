import { unknown } from './api-error';
import type { CommandDefinition } from './command-definition';
import type { Snowflakes } from './snowflakes';

export interface Command extends CommandDefinition {
  readonly id: string;
  readonly application_id: string;
  readonly guild_id?: string;
  readonly version: string;
}

/** What the bot has registered, for everywhere or for a guild. */
export class Commands {
  /** Writes since the beginning: a registration that changes nothing needs none. */
  writes = 0;
  private readonly byScope = new Map<string, Command[]>();

  constructor(
    private readonly ids: Snowflakes,
    private readonly applicationId: string,
  ) {}

  /** @param guildId @default the commands for everywhere */
  list(guildId = ''): readonly Command[] {
    return this.byScope.get(guildId) ?? [];
  }

  /** As a member of the guild sees it: its own commands come first. */
  find(name: string, guildId: string | undefined): Command | undefined {
    const all = [...(guildId === undefined ? [] : this.list(guildId)), ...this.list()];
    return all.find((command) => command.name === name);
  }

  get(id: string, guildId = ''): Command {
    const command = this.list(guildId).find((one) => one.id === id);
    if (!command) throw unknown.command();
    return command;
  }

  /** Bulk overwrite: one with a known name keeps its id, what is not named goes. */
  overwrite(definitions: readonly CommandDefinition[], guildId = ''): readonly Command[] {
    this.writes += 1;
    const commands = definitions.map((definition) => this.made(definition, guildId));
    this.byScope.set(guildId, commands);
    return commands;
  }

  /** One: replaces that of the same name. */
  put(definition: CommandDefinition, guildId = ''): { command: Command; isNew: boolean } {
    this.writes += 1;
    const command = this.made(definition, guildId);
    const others = this.list(guildId).filter(({ name }) => name !== definition.name);
    const isNew = others.length === this.list(guildId).length;
    this.byScope.set(guildId, [...others, command]);
    return { command, isNew };
  }

  remove(id: string, guildId = ''): void {
    const command = this.get(id, guildId);
    this.writes += 1;
    this.byScope.set(
      guildId,
      this.list(guildId).filter((other) => other !== command),
    );
  }

  private made(definition: CommandDefinition, guildId: string): Command {
    const id = this.list(guildId).find(({ name }) => name === definition.name)?.id ?? this.ids.next();
    return {
      ...definition,
      id,
      application_id: this.applicationId,
      ...(guildId === '' ? {} : { guild_id: guildId }),
      version: this.ids.next(),
    };
  }
}
