# filmlinkd's own targets.
.PHONY: commands-register
commands-register: $(INSTALLED) ## tell Discord of the bot's slash commands (DISCORD_BOT_TOKEN); GUILD= one server only; DRY_RUN=1
	@$(BIN)/tsx scripts/commands-register.ts $(options) $(call option,guild,GUILD)
