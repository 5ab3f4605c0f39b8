import { DiscordAPIError, REST, Routes } from 'discord.js';
import { UsageError } from '../rehearsal/runner/failure';
import { type Change, register } from '../services/shard/commands/register';
import { command } from './support/command';

const HELP = `Tells Discord of filmlinkd's slash commands. What is registered already as it should be is not written again.

  make commands-register                              everywhere; it may take an hour until all servers see a change
  make commands-register GUILD=123456789012345678     one server only, at once: to try something out
  make commands-register DRY_RUN=1                    say what would change

DISCORD_BOT_TOKEN is the bot's token, from https://discord.com/developers/applications (Bot, Reset Token). DISCORD_URL is another address
of Discord's REST interface, for tests.
The same without make: npx tsx scripts/commands-register.ts [--guild ID] [--dry-run]`;

command(
  HELP,
  async ({ dryRun, options, positionals }) => {
    const { guild: guildId } = options;
    const { DISCORD_BOT_TOKEN: token, DISCORD_URL: api } = process.env;
    const problems = [
      !token && 'DISCORD_BOT_TOKEN is not set: it is the token of the bot whose commands these are. See --help.',
      guildId !== undefined &&
        !/^\d{15,21}$/.test(String(guildId)) &&
        `GUILD ${guildId}: must be a server's id, 17 to 20 digits (Developer Mode, Copy Server ID)`,
      positionals.length > 0 && `what is ${positionals.join(' ')}? See --help.`,
    ].filter(Boolean);
    if (problems.length > 0) throw new UsageError(problems.join('\n'));

    const rest = new REST({ ...(api && { api }), retries: 1 }).setToken(token as string);
    try {
      const { id, name } = (await rest.get(Routes.currentApplication())) as { id: string; name: string };
      const changes = await register({ rest, applicationId: id, dryRun, ...(typeof guildId === 'string' && { guildId }) });
      console.log(report(changes, `${name ?? id}, ${guildId ? `server ${guildId}` : 'everywhere'}`, dryRun));
      return 0;
    } catch (error) {
      throw new UsageError(`Nothing is registered: ${reason(error as Error)}`);
    }
  },
  { guild: 'value' },
);

function report(changes: readonly Change[], where: string, dryRun: boolean): string {
  const lines = changes.map(({ command: name, change }) => `  ${change.padEnd(8)}  /${name}`);
  const isSame = changes.every(({ change }) => change === 'same');
  const end = isSame ? 'Everything is registered already.' : dryRun ? 'Nothing is written: DRY_RUN=1.' : 'Registered.';
  return [`Slash commands of ${where}:`, ...lines, end].join('\n');
}

function reason(error: Error): string {
  const status = (error as { status?: number }).status;
  if (status === 401) return 'Discord refuses DISCORD_BOT_TOKEN. Take a new one from https://discord.com/developers/applications, Bot, Reset Token';
  if (status === 403) return 'Discord does not let the bot into this server: invite it with the scope applications.commands, and see that GUILD is right';
  if (error instanceof DiscordAPIError) return `Discord answered ${status}: ${error.message}`;
  return `Discord does not answer: ${error.message || (error as NodeJS.ErrnoException).code}`;
}
