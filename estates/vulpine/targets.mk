# vulpine's own targets.
.PHONY: vulpine-images-lock
vulpine-images-lock: $(INSTALLED) ## look up what the tags of vulpine's images are today, and write down their digests; DRY_RUN=1
	@$(BIN)/tsx scripts/vulpine-images-lock.ts $(options)

.PHONY: vulpine-compose
vulpine-compose: $(INSTALLED) ## a Docker Compose file of vulpine's containers for one's own machine; FOLDER= where, SECRETS=1 with throw-away values; HTTP=, HTTPS=, DRY_RUN=1
	@$(BIN)/tsx scripts/vulpine-compose.ts $(options) $(call option,folder,FOLDER) $(call flag,secrets,SECRETS) $(call option,http,HTTP) $(call option,https,HTTPS)

.PHONY: vulpine-start
vulpine-start: $(INSTALLED) ## start what does not run of vulpine, in order, and wait until it is well; INSTANCE=; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/vulpine-start.ts $(options) $(call option,instance,INSTANCE)

.PHONY: vulpine-sidekiq
vulpine-sidekiq: $(INSTALLED) ## vulpine's queues; ACTION=quiet, resume, clear-retries or clear-dead; INSTANCE=; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/vulpine-sidekiq.ts $(options) $(call option,instance,INSTANCE) $(call option,action,ACTION)

.PHONY: vulpine-search-writable
vulpine-search-writable: $(INSTALLED) ## let Elasticsearch write again after the disk was full; INSTANCE=; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/vulpine-search-writable.ts $(options) $(call option,instance,INSTANCE)

.PHONY: vulpine-emoji
vulpine-emoji: $(INSTALLED) ## import custom emoji from FILE=emoji.tar.gz; CATEGORY=, OVERWRITE=1, INSTANCE=; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/vulpine-emoji.ts $(options) $(call option,file,FILE) $(call option,category,CATEGORY) $(call flag,overwrite,OVERWRITE) $(call option,instance,INSTANCE)

.PHONY: vulpine-restore
vulpine-restore: $(INSTALLED) ## restore a database from DUMP=, REPLACE=1 one that is not empty; FROM=, COPY= from the off-site host; INSTANCE=; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/vulpine-restore.ts $(options) $(call option,instance,INSTANCE) $(call option,dump,DUMP) $(call flag,replace,REPLACE) $(call option,from,FROM) $(call option,copy,COPY)

.PHONY: vulpine-offsite
vulpine-offsite: $(INSTALLED) ## print the script that sets up the host that keeps vulpine's backups; in Kubernetes KEY=, INSTANCE=
	@$(BIN)/tsx scripts/vulpine-offsite.ts $(call option,instance,INSTANCE) $(call option,key,KEY)

.PHONY: vulpine-host-setup
vulpine-host-setup: $(INSTALLED) ## set vulpine's hosts up again by ssh: their files, then their setup script; HOST= one, DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/vulpine-host-setup.ts $(options) $(call option,host,HOST)
