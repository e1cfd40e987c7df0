# The verbs of the house. `make demo` and `make test` are all a newcomer needs; CI calls the same ones.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-rust test-e2e check bench sim kills ui openapi fuzz clean

SEEDS ?= 100000
FROM ?= 0
KILLS ?= 500
UI := desktop-app/ui
UI_SOURCES := $(shell find $(UI)/src $(UI)/entries $(UI)/scripts $(UI)/*.ts $(UI)/*.js $(UI)/package.json $(UI)/package-lock.json -type f 2>/dev/null)
UI_BUILT := $(UI)/dist/.built

help: ## list the verbs
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## install what building and testing need (Debian packages, cargo tools, npm packages)
	@bash tests/setup

$(UI)/node_modules/.package-lock.json: $(UI)/package-lock.json
	cd $(UI) && npm ci --no-audit --no-fund
	@touch $@

$(UI_BUILT): $(UI)/node_modules/.package-lock.json $(UI_SOURCES)
	cd $(UI) && npm run build
	@touch $@

tests/e2e/node_modules/.package-lock.json: tests/e2e/package-lock.json
	cd tests/e2e && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

ui: $(UI_BUILT) ## build the screens once

demo: $(UI_BUILT) ## start a server and two nodes with sample data, print their addresses and logins
	cargo build --release -p clinic-node -p sync-server -p posto-tests --bin clinic-node --bin sync-server --bin posto-demo
	cargo run --release --quiet -p posto-tests --bin posto-demo

test: setup test-rust test-e2e ## all tests

test-rust: $(UI_BUILT)
	cargo build --workspace --bins
	cargo nextest run --workspace --no-fail-fast
	cd $(UI) && npm test

test-e2e: $(UI_BUILT) tests/e2e/node_modules/.package-lock.json
	cargo build --workspace --bins
	cd tests/e2e && npm run check && npm test

check: setup $(UI_BUILT) ## formatting, lints, documentation, licences, dependency table, screens
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet
	cargo deny --offline check --hide-inclusion-graph licenses bans sources
	cargo machete
	cd $(UI) && npm run check
	cargo nextest run -p posto-tests --test house

bench: $(UI_BUILT) ## print the figures of docs/PERFORMANCE.md and leave them in target/bench.jsonl
	cargo build --release -p clinic-node -p sync-server -p posto-tests --bin clinic-node --bin sync-server --bin posto-bench
	cargo run --release --quiet -p posto-tests --bin posto-bench

sim: ## SEEDS=n FROM=m: n seeded worlds of nodes and a server on virtual time, the first of them m
	POSTO_SIM_SEEDS=$(SEEDS) POSTO_SIM_FROM=$(FROM) cargo nextest run --release -p posto-tests --test sim

kills: $(UI_BUILT) ## KILLS=n: kill -9 a node so often while it is written to, and its server a quarter as often
	cargo build --release -p clinic-node -p sync-server
	POSTO_KILLS=$(KILLS) cargo nextest run --release -p posto-tests --test edge --no-capture kills::

clean: ## remove what was built
	rm -rf $(UI)/dist
	cargo clean
