# filmlinkd's own targets.
.PHONY: commands-register
commands-register: $(INSTALLED) ## tell Discord of the bot's slash commands (DISCORD_BOT_TOKEN); GUILD= one server only; DRY_RUN=1
	@$(BIN)/tsx scripts/commands-register.ts $(options) $(call option,guild,GUILD)

.PHONY: filmlinkd-deliver
filmlinkd-deliver: $(INSTALLED) ## build filmlinkd and give it to the machines of ENV=dev (or prod), one by one; RELEASE= goes on; WAIT=0 only starts; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/filmlinkd-deliver.ts $(options) $(call option,env,ENV) $(call option,release,RELEASE) $(if $(filter 0 no false,$(WAIT)),$(if $(call given,WAIT),--no-wait,$(call left-over,WAIT)))

.PHONY: filmlinkd-rollback
filmlinkd-rollback: $(INSTALLED) ## take the machines of ENV=dev (or prod) back to what was before the last delivery; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/filmlinkd-rollback.ts $(options) $(call option,env,ENV)
