# egf2's own targets.
.PHONY: egf2-restart
egf2-restart: $(INSTALLED) ## restart SERVICE='auth pusher' of egf2, or all, so that they read their changed documents; REPLACE=1; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/egf2-restart.ts $(options) $(call option,env,ENV) $(call option,service,SERVICE) $(call flag,replace,REPLACE)
