# Each target is a script in .tools, which says what it does. Nothing here needs more than `make` and Rust.
.DEFAULT_GOAL := help
.PHONY: help demo push dev test lint queries bench setup stop clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

demo: ## Run Ferry with a pretend Docker Hub on http://127.0.0.1:3000 (PORT=3010: another port)
	@.tools/demo

push: ## While the demo runs: publish a new build in its catalog (IMAGE=node:22)
	@.ferry/ferry push $(or $(IMAGE),node:22)

dev: ## The demo, rebuilt and reloaded as you edit
	@.tools/dev

test: ## Run every test, in Rust and in a browser
	@.tools/test

lint: ## Check format, lints, queries, and what reaches the browser
	@.tools/lint

queries: ## Write .sqlx anew, after a query or a migration has changed
	@.tools/queries

bench: ## Measure ferry copy beside skopeo (ONLY=big|small|latency|noop|memory, RUNS=5), or all of Ferry (ONLY=load|deliveries|chaos|pace|pages)
	@.tools/bench

setup: ## Install everything the other targets would install when they need it
	@.tools/setup test
	@.tools/setup lint

stop: ## Stop the database that demo and test leave running
	@.tools/postgres stop

clean: ## Remove the database, the built site and the npm packages of this clone
	@.tools/postgres remove
	rm -rf .ferry end2end/node_modules end2end/results target/site
