/** Names that more than one of the stacks, needs and commands must agree on. */

/** The secret with the bot's token. */
export const BOT_TOKEN = { dev: 'DISCORD_DEV_BOT_TOKEN', prod: 'DISCORD_PROD_BOT_TOKEN' } as const;

/** What Cloud Build calls the repository `owner/name`. */
export const LINKED_REPOSITORY = (repository: string): string => repository.replace('/', '-');
