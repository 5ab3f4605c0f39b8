# moshi's own targets: the runbook (docs/runbooks/moshi.md) says in which order.
TSX = $(BIN)/tsx

.PHONY: new-project-setup
new-project-setup: $(INSTALLED) ## billing, base APIs and Terraform's account of a new project; BILLING= which account pays; DRY_RUN=1
	@$(TSX) scripts/new-project-setup.ts $(options) $(call option,billing-account,BILLING)

.PHONY: auth
auth: $(INSTALLED) ## log in at Google Cloud: gcloud, and what Terraform, Packer and Python use
	@$(TSX) scripts/auth.ts $(options)

.PHONY: auth-install
auth-install: $(INSTALLED) ## install what publishes Python packages with that login
	@$(TSX) scripts/auth-install.ts $(options)

.PHONY: pypi-config
pypi-config: $(INSTALLED) ## print pip.conf and .pypirc for the private package repository
	@$(TSX) scripts/pypi-config.ts $(options)

.PHONY: github-secrets
github-secrets: $(INSTALLED) ## set the workflow's secrets from the deployed stack; REPLACE=1 sets present ones again
	@$(TSX) scripts/github-secrets.ts $(options) $(call flag,replace,REPLACE)

.PHONY: gha-access-token
gha-access-token: $(INSTALLED) ## how GitHub gets in: without a key; KEY_FILE=1 for those who need one
	@$(TSX) scripts/gha-access-token.ts $(options) $(call flag,key-file,KEY_FILE) $(call flag,replace,REPLACE)

.PHONY: delivery
delivery: $(INSTALLED) ## write the GitHub workflow for the service's repository; ESTATE=moshi TO=../moshi into its checkout
	@$(TSX) scripts/delivery.ts $(options) $(call option,estate,ESTATE) $(call option,to,TO)

.PHONY: bake-base
bake-base: $(INSTALLED) ## bake the image that the server's image is built from
	@image=$$($(TSX) scripts/base-image.ts) && $(MAKE) images IMAGE="$$image"

.PHONY: bake
bake: ## bake the server's image anew, with the newest published package
	@$(MAKE) images IMAGE=moshi-srv FRESH=1

build::
	@$(TSX) scripts/build.ts $(if $(DRY_RUN),--dry-run) $(if $(ESTATE),,--if-present)

.PHONY: publish
publish: $(INSTALLED) ## build and upload it; BUILT=1 uploads the last build; URL= another repository; DRY_RUN=1, YES=1
	@$(TSX) scripts/publish.ts $(options) $(call flag,built,BUILT) $(call option,url,URL)

.PHONY: bump
bump: $(INSTALLED) ## raise the package's version; PART=patch, minor or major
	@$(TSX) scripts/bump.ts $(if $(DRY_RUN),--dry-run) $(call option,part,PART)

.PHONY: cycle
cycle: $(INSTALLED) ## replace the machines of ENV=dev (or prod) without a gap, and wait; WAIT=1 only waits; DRY_RUN=1, YES=1
	@$(TSX) scripts/cycle.ts $(options) $(call option,env,ENV) $(call flag,wait,WAIT)

.PHONY: healthcheck
healthcheck: $(INSTALLED) ## ask the server of ENV=dev (or prod) whether it is well
	@$(TSX) scripts/healthcheck.ts $(if $(DRY_RUN),--dry-run) $(call option,env,ENV) $(call option,url,URL)
