# Everything a person does here by one word. The work itself stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run build frontend test lint fmt bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## build what changed and serve the demonstration organisation (ARGS="--listen 127.0.0.1:9000")
	@scripts/build && exec "$${CARGO_TARGET_DIR:-target}/quick/northing" serve --demo $(ARGS)

build: ## the binary with its assets, as `make run` builds it
	@scripts/build

frontend: ## scripts and style sheets only
	@scripts/frontend

test: ## every check and every test, on both databases and in a browser
	@scripts/test

lint: ## formatting, clippy, TypeScript
	@scripts/lint

fmt: ## format the Rust code
	cargo fmt --all

bench: frontend ## measure speed, size and memory (ARGS="--only pages --goals 2000"; see docs/performance.md)
	@cargo build --locked --release -p northing
	@cargo bench --locked -p northing-testkit --bench speed -- $(ARGS)

clean: ## remove what was built (not your data)
	cargo clean
	rm -rf frontend/dist frontend/node_modules
