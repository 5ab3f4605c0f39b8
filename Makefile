# The front door. Every target does its own set-up; `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# cdktf and Terraform ask the network for news of themselves on every call otherwise.
export CHECKPOINT_DISABLE := 1

BIN := node_modules/.bin
PACKAGES := node_modules/.package-lock.json
BINDINGS := .gen/providers/linode/index.ts
INSTALLED := $(PACKAGES) $(BINDINGS)
# Only YES=1 on the command line means yes: neither YES=0 nor one left over in the environment may.
options = $(if $(filter-out 0 no false,$(DRY_RUN)),--dry-run) $(call flag,yes,YES)
# A value as one word of the shell's, whatever is in it.
quote = '$(subst ','\'',$(1))'
# Only from the command line, for the same reason: $(call option,env,ENV) is --env 'dev' for ENV=dev, $(call flag,fresh,FRESH) is --fresh for FRESH=1.
option = $(if $(call given,$(2)),--$(1) $(call quote,$($(2))),$(call left-over,$(2)))
flag = $(if $(filter 1,$($(2))),$(if $(call given,$(2)),--$(1),$(call left-over,$(2))))
given = $(filter command,$(firstword $(origin $(1))))
# Who wrote it before `make` and not behind must not wonder. A path says nothing: shells have an ENV of their own.
left-over = $(if $(and $(filter environment,$(firstword $(origin $(1)))),$(filter-out /%,$($(1)))),$(warning $(1)=$($(1)) of the environment is not used: write it behind make))

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-23s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(PACKAGES): package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The classes of a provider that no package has, from its recorded schema; again when that or the generator changed, or cdktf get was here.
$(BINDINGS): $(wildcard rehearsal/schemas/linode-*.json.gz .gen/constraints.json) cdktf.json scripts/bindings.ts package-lock.json | $(if $(wildcard $(PACKAGES)),,$(PACKAGES))
	@node --import tsx scripts/bindings.ts

.PHONY: install
install: $(INSTALLED) ## the packages that everything here runs with; every other target does it too

# What the stacks and images carry of the services: a bundle each, the same bytes for the same sources.
SHIPPED := .cache/functions.zip .cache/worker.js .cache/scraper.js .cache/shard.js .cache/start.js .cache/rollout.js .cache/launcher.js
FUNCTIONS := $(shell find services/functions services/runtime services/contracts -name '*.ts')
.cache/functions.zip: $(FUNCTIONS) services/functions/package.json package-lock.json scripts/bundle-functions.ts scripts/support/lock-closure.ts
	@$(BIN)/tsx scripts/bundle-functions.ts $@

AGENT := $(shell find services/worker services/runtime services/contracts -name '*.ts')
.cache/worker.js: $(AGENT) services/worker/package.json package-lock.json
	@npm run --silent build --workspace=services/worker

SCRAPER := $(shell find services/scraper services/letterboxd services/runtime services/contracts -name '*.ts')
.cache/scraper.js: $(SCRAPER) services/scraper/package.json package-lock.json
	@npm run --silent build --workspace=services/scraper

SHARD := $(shell find services/shard services/letterboxd services/runtime services/contracts -name '*.ts')
.cache/shard.js: $(SHARD) services/shard/package.json package-lock.json
	@npm run --silent build --workspace=services/shard

.cache/start.js: $(wildcard services/runtime/start/*.ts) services/contracts/filmlinkd-environment.ts services/runtime/package.json package-lock.json
	@npm run --silent build --workspace=services/runtime

ROLLOUT := $(wildcard services/rollout/*.ts services/runtime/*.ts services/runtime/google/*.ts) services/contracts/rollout.ts
.cache/rollout.js: $(ROLLOUT) services/rollout/package.json package-lock.json
	@npm run --silent build --workspace=services/rollout

LAUNCHER := $(shell find services/launcher services/runtime services/contracts -name '*.ts')
.cache/launcher.js: $(LAUNCHER) services/launcher/package.json package-lock.json
	@npm run --silent build --workspace=services/launcher

# One file with everything in it starts faster than the packages' thousand. It is made again only when a source changed.
.DELETE_ON_ERROR:
SOURCES := $(wildcard main.ts config/*.ts config/*/*.ts constructs/*/*.ts constructs/*/*/*.ts estates/*.ts estates/*/*.ts estates/*/*/*.ts packer/*.ts packer/*/*.ts services/contracts/*.ts)
.cache/main.js: $(SOURCES) $(BINDINGS) package-lock.json Makefile
	@$(BIN)/esbuild main.ts --bundle --platform=node --target=node20 --main-fields=module,main --outfile=$@ --log-level=warning

.PHONY: synth
synth: $(INSTALLED) ## write every stack's Terraform JSON to cdktf.out (needs only Node)
	@sh -c "$$(node -p "require('./cdktf.json').app")"

.PHONY: build
build:: $(INSTALLED) $(if $(ESTATE),,$(SHIPPED)) ## what is shipped: the services' bundles, moshi's Python package; ESTATE=moshi only that
	@:

.PHONY: lint
lint: $(INSTALLED) ## types, lint and format
	@$(BIN)/tsc --noEmit
	@$(BIN)/biome check --error-on-warnings .

.PHONY: format
format: $(INSTALLED) ## mend what the formatter can
	@$(BIN)/biome check --write .

.PHONY: test
test: lint .cache/main.js $(SHIPPED) ## lint and every test that needs no server; some minutes on two cores
	@$(BIN)/jest

.PHONY: test-real
test-real: $(INSTALLED) .cache/main.js $(SHIPPED) ## tests with real components: Terraform, Packer, Debian, the cdktf CLI
	@TEST_TIER=real-beside-others $(BIN)/jest; beside=$$?; TEST_TIER=real-alone $(BIN)/jest && exit $$beside

.PHONY: golden
golden: $(INSTALLED) .cache/functions.zip .cache/launcher.js ## accept the current resource addresses and stateful inventory: review the difference
	@UPDATE_GOLDEN=1 $(BIN)/jest __tests__/golden
	@git --no-pager diff --stat -- __tests__/golden

.PHONY: rehearse
rehearse: $(INSTALLED) .cache/functions.zip .cache/launcher.js ## deploy, re-plan and destroy everything without an account; ESTATE= one; FROM=<ref|file> an upgrade; FAIL=<address>@apply
	@node --import tsx rehearsal/main.ts $(if $(ESTATE),--estate $(call quote,$(ESTATE))) $(if $(FROM),--from $(call quote,$(FROM))) $(if $(FAIL),--fail $(call quote,$(FAIL)))

.PHONY: preflight
preflight: $(INSTALLED) ## what a deployment needs and is not there yet, and the commands that mend it; ESTATE=, ENV= some; JSON=1
	@node --import tsx scripts/preflight.ts $(call option,estate,ESTATE) $(call option,env,ENV) $(call flag,json,JSON)

.PHONY: bootstrap
bootstrap: synth ## make the place that keeps state, and move there what .state/ holds; ESTATE= one; DRY_RUN=1, YES=1
	@node --import tsx scripts/bootstrap.ts $(options) $(call option,estate,ESTATE)

.PHONY: up
up: $(INSTALLED) .cache/functions.zip .cache/launcher.js ## take an estate up for the first time, step by step, and go on where it stopped; ESTATE=, ENV=, PATIENCE=30m; DRY_RUN=1, YES=1
	@node --import tsx scripts/up.ts $(options) $(call option,estate,ESTATE) $(call option,env,ENV) $(call option,patience,PATIENCE)

.PHONY: secrets
secrets: $(INSTALLED) ## give secrets their values, hidden at the terminal or from NAME=value lines; ESTATE=, ENV= some; ROTATE= a new one; DRY_RUN=1, YES=1
	@node --import tsx scripts/secrets.ts $(options) $(call option,estate,ESTATE) $(call option,env,ENV) $(call option,rotate,ROTATE)

.PHONY: plan
plan: synth ## what a deployment would change; STACKS='moshi-*-dev'
	@$(BIN)/tsx scripts/plan.ts $(options) $(foreach stack,$(STACKS),$(call quote,$(stack)))

# Beside it stands the list for programs: what synth says goes elsewhere.
quiet-synth = sh -c "$$(node -p "require('./cdktf.json').app")" >&2

.PHONY: drift
drift: $(INSTALLED) ## what runs other than the stacks say; ESTATE= one, STACKS='moshi-*-prod'; JSON=1, DRY_RUN=1
	@$(quiet-synth)
	@node --import tsx scripts/drift.ts $(options) $(call option,estate,ESTATE) $(call flag,json,JSON) $(foreach stack,$(STACKS),$(call quote,$(stack)))

.PHONY: adopt
adopt: $(INSTALLED) ## what of an estate may run already, and how it is imported: ESTATE=; ENV= one; JSON=1
	@$(quiet-synth)
	@node --import tsx scripts/adopt.ts $(call option,estate,ESTATE) $(call option,env,ENV) $(call flag,json,JSON)

.PHONY: deploy
deploy: synth ## deploy STACKS='moshi-*-dev' and what they need; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/deploy.ts $(options) $(foreach stack,$(STACKS),$(call quote,$(stack)))

.PHONY: destroy
destroy: synth ## destroy STACKS='...'; refuses what is protected; DRY_RUN=1, YES=1
	@$(BIN)/tsx scripts/destroy.ts $(options) $(foreach stack,$(STACKS),$(call quote,$(stack)))

.PHONY: cost
cost: $(INSTALLED) ## what the estates cost a month, by list prices; ESTATE= one
	@$(BIN)/tsx scripts/cost.ts $(call option,estate,ESTATE)

.PHONY: picture
picture: $(INSTALLED) .cache/functions.zip .cache/launcher.js ## draw the estates from their constructs, into docs/architecture; ESTATE= one; DRY_RUN=1
	@$(BIN)/tsx scripts/picture.ts $(options) $(call option,estate,ESTATE)

.PHONY: demo
demo: $(INSTALLED) $(filter %.js,$(SHIPPED)) ## filmlinkd on this machine, without an account, until Ctrl-C or FOR=20s; BUS=pubsub STORE=firestore on emulators
	@node --import tsx scripts/demo.ts $(options) $(call option,for,FOR) $(call option,bus,BUS) $(call option,store,STORE)

.PHONY: soak
soak: $(INSTALLED) $(filter %.js,$(SHIPPED)) ## for hours what make test-real does to filmlinkd in minutes: 2,000 entries x 50 channels; ENTRIES=, CHANNELS=
	@TEST_TIER=real SOAK=$(or $(ENTRIES),2000)x$(or $(CHANNELS),50) $(BIN)/jest __tests__/integration/nothing-lost.test.ts

.PHONY: bench
bench: $(INSTALLED) ## measure synth against cdktf's template and the floor, and print ratios
	@$(BIN)/tsx bench/synth/main.ts

.PHONY: bench-worker
bench-worker: $(INSTALLED) ## measure docker-worker's agent beside docker run, as root
	@$(BIN)/tsx bench/worker/main.ts

.PHONY: bench-pipeline
bench-pipeline: $(INSTALLED) .cache/scraper.js .cache/shard.js .cache/start.js ## measure filmlinkd's bus, starts, memory and whole way; as root, with Google's emulators
	@$(BIN)/tsx bench/pipeline/main.ts

.PHONY: clean
clean: ## remove what can be made again; never state (.state/) nor settings (estates.json)
	@rm -rf cdktf.out .cache .gen

.PHONY: schemas
schemas: $(INSTALLED) ## record the real providers' schemas again (needs network); DRY_RUN=1
	@$(BIN)/tsx scripts/record-schemas.ts $(options)

.PHONY: images
images: $(INSTALLED) .cache/worker.js ## bake machine images with Packer; IMAGE= some, FRESH=1, DRY_RUN=1, YES=1
	@node --import tsx scripts/images.ts bake $(options) $(call flag,fresh,FRESH) $(call option,image,IMAGE)

.PHONY: images-hcl
images-hcl: $(INSTALLED) ## write the images' HCL to packer/generated for review; DRY_RUN=1
	@node --import tsx scripts/images.ts hcl $(options)

.PHONY: images-validate
images-validate: $(INSTALLED) .cache/worker.js ## what Packer says of the images' HCL, without an account; IMAGE= some
	@node --import tsx scripts/images.ts validate $(call option,image,IMAGE)

-include estates/*/targets.mk
