# Everyday commands. Each is a short script under make/; run `make` for the list.

.DEFAULT_GOAL := help
.PHONY: help start test build lint fmt clean doc e2e setup bench bench-browser soak-kills

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

start: ## Build everything, start stub and companion, open the page
	@make/start.sh

test: ## Run every check and test, as CI does
	@make/test.sh

build: ## Build the command for release, with the page inside
	@make/build.sh

lint: ## Check format, lints of both halves, and dependencies
	@make/test.sh fmt deny lint lint_web pure

fmt: ## Format the code
	@cargo fmt

doc: ## Build the documentation, warnings denied
	@make/test.sh doc

e2e: ## Build the page and test it in headless Chromium
	@make/test.sh tools page e2e

bench: ## Measure the runner beside wrk and oha (15 minutes)
	@make/bench.sh

bench-browser: ## Measure the page against a bare fetch loop (35 minutes)
	@make/bench-browser.sh

soak-kills: ## Kill at random moments, 50 times each, and compare counts (30 minutes)
	@make/soak-kills.sh

setup: ## Install what building and testing need
	@make/setup.sh

clean: ## Remove what was built; installed tools stay
	@make/clean.sh
