# Every target installs what it lacks (scripts/setup says what) and works on a fresh clone.
.DEFAULT_GOAL := help
.PHONY: help demo test soak bench lint format release clean

JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
# Tests that run at once: many wait for servers, and each has time limits of its own.
WIDTH ?= $(shell expr 4 \* $(JOBS))
STRICT := --explicit-target-dependency-import-check error
# The configuration that `make demo` builds: see docs/decisions/0001-build-and-test.md.
DEMO_CONFIGURATION ?= debug
# How long `make soak` goes on, and what it does; a number that it printed repeats its choices.
SOAK_MINUTES ?= 30
SOAK_SEED ?=

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## See Reprise lose a table and bring it back, in a temporary directory
	@scripts/setup demo
	swift build --jobs $(JOBS) --configuration $(DEMO_CONFIGURATION) --product reprise
	@"$$(swift build --configuration $(DEMO_CONFIGURATION) --show-bin-path)/reprise" demo

test: ## Build with warnings as errors, run every test
	@scripts/setup test
	scripts/with-tools swift build --jobs $(JOBS) --build-tests $(STRICT)
	@if [ -x scripts/test-python ]; then scripts/with-tools scripts/test-python; fi
	scripts/test-models
	scripts/with-tools Tests/Soak/run --seconds 24
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(WIDTH) scripts/with-tools scripts/test-swift --jobs $(JOBS) --skip-build --disable-xctest

soak: ## Backups, prunes, checks, restores at once and killed at random, for SOAK_MINUTES
	@scripts/setup test
	swift build --jobs $(JOBS) --product reprise
	scripts/with-tools Tests/Soak/run --minutes $(SOAK_MINUTES) --database $(if $(SOAK_SEED),--seed $(SOAK_SEED))

bench: ## Measure against pg_dump, pg_restore and a shell pipeline; writes docs/benchmarks.md
	@scripts/setup bench
	scripts/release
	scripts/with-tools bench/run --write

lint: ## Check the form of the sources (make format mends what is only layout)
	scripts/lint

format:
	scripts/lint --fix

release: ## A stripped binary for this kind of machine, in dist/
	@scripts/setup demo
	scripts/release

clean: ## Remove what was built; the tools in .tools stay
	rm -rf .build .build-release dist
