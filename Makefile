# Two targets do everything on a fresh machine: `make run` and `make test`. Both install what is missing and say so.
SHELL := /bin/bash
export PATH := $(HOME)/.cargo/bin:$(PATH)
# Queries are checked against .sqlx/, so that nothing but the tests needs a database.
export SQLX_OFFLINE := true

.PHONY: help run test check bench fmt sqlx

help: ## Show the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and start with an embedded database, a demo shop and sample data
	@tests/setup.sh toolchain server
	@cargo run --locked -- demo

test: ## Run every test against a throw-away database (or ABONO_TEST_DATABASE_URL)
	@tests/setup.sh toolchain server chromium
	@tests/with-database.sh cargo test --locked --lib --bins --tests

check: ## Formatting, lints, docs, licences, and that .sqlx is fresh
	@tests/setup.sh toolchain server client
	cargo fmt --check
	tests/prepare-sqlx.sh --check cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --quiet
	tests/licences.sh

bench: ## Measure and report start, memory, webhooks and spending; nothing fails for being slow
	@tests/setup.sh toolchain server
	@cargo bench --locked --bench report

fmt: ## Format the code
	@cargo fmt

sqlx: ## Write .sqlx anew after a change of a query or a migration
	@tests/setup.sh toolchain server client
	@tests/prepare-sqlx.sh
