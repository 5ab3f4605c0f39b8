# docker-worker's own targets: the runbook (docs/runbooks/docker-worker.md) says when.
.PHONY: worker-local
worker-local: $(INSTALLED) .cache/worker.js ## run a task of docker-worker's config on the local Docker engine; TASK= which
	@$(BIN)/tsx scripts/worker-local.ts $(options) $(call option,task,TASK)

.PHONY: tasks
tasks: $(INSTALLED) ## the tasks that docker-worker has run: its ledger; LIMIT= how many
	@$(BIN)/tsx scripts/tasks.ts $(call option,limit,LIMIT)
