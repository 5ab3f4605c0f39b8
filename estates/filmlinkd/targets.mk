# filmlinkd's own targets.
SHARD := $(shell find services/shard services/letterboxd services/runtime services/contracts -name '*.ts')
.cache/shard.js: $(SHARD) services/shard/package.json package-lock.json
	@npm run --silent build --workspace=services/shard

build:: $(INSTALLED) $(if $(ESTATE),,.cache/shard.js)

.PHONY: commands-register
commands-register: $(INSTALLED) ## tell Discord of the bot's slash commands (DISCORD_BOT_TOKEN); GUILD= one server only; DRY_RUN=1
	@$(BIN)/tsx scripts/commands-register.ts $(options) $(call option,guild,GUILD)
