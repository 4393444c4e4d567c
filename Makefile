# Sizhu's commands. `make help` lists them.
#
# Needed: GNU make 4, Rust 1.95 or newer (cargo on PATH). A C compiler and PostgreSQL 15 or newer
# are installed or fetched if they are not there (scripts/toolchain, scripts/postgres).
#
# Variables:
#   PORT                where `make run` serves on 127.0.0.1 (8080)
#   RESIDENTS           how many residents the first `make run` loads (2000; 100000 is a real province)
#   PG_BIN_DIR          the folder of PostgreSQL's server binaries, if another than the one found
#   CARGO_TARGET_DIR    where cargo builds, as ever (target)
#   FUZZ_SECONDS        how long `make test` throws bad packs at the reader (120)
#   CASES               how many requests `make api-test` sends, or more (5000)
#   SIZHU_BENCH_ROUNDS, SIZHU_BENCH_SECONDS, SIZHU_BENCH_STORED
#                       how long and on how many claims `make bench` measures (3, 10, 100000)
#   SIZHU_BENCH_PEOPLE  how many residents `make bench-rules` takes (1000000)
#   SIZHU_BENCH_LOANS   how many loans `make bench-loans` takes (20000)
#   SIZHU_TORTURE_KILLS how often `make torture` kills the service (50)
#   SIZHU_TORTURE_SEED  repeats the choices of a run of `make torture`, which prints its own

.NOTPARALLEL:
.PHONY: help run test check fmt clippy doc build browser openapi bench bench-rules bench-loans torture loan-vectors api-test toolchain clean-demo

PORT ?= 8080
FUZZ_SECONDS ?= 120
CASES ?= 5000
DEMO := .sizhu/demo
TARGET := $(or $(CARGO_TARGET_DIR),target)

# Finds or gets PostgreSQL, once, and tells it to the command that follows.
WITH_POSTGRES = PG_BIN_DIR="$$(scripts/postgres)" && export PG_BIN_DIR &&

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

# exec, so that Ctrl-C and SIGTERM reach the service itself, which then stops PostgreSQL.
run: toolchain ## Build, start PostgreSQL, load the demo province, serve on 127.0.0.1:$(PORT)
	cargo build --locked -p sizhu-api --bin sizhu
	$(WITH_POSTGRES) exec "$(TARGET)/debug/sizhu" demo --port "$(PORT)" --data "$(DEMO)" \
		$(if $(RESIDENTS),--residents "$(RESIDENTS)")

test: build browser ## All tests, on throw-away PostgreSQL clusters
	$(WITH_POSTGRES) SIZHU_FUZZ_SECONDS="$(FUZZ_SECONDS)" cargo test --workspace --locked

check: fmt clippy doc test ## Everything that must hold before a change goes in

build: toolchain ## Build all crates and programs
	cargo build --workspace --locked

fmt: ## Is the code formatted? (`cargo fmt --all` does it)
	cargo fmt --all --check

clippy: toolchain ## Lints, none allowed
	cargo clippy --workspace --all-targets --locked -- -D warnings

doc: toolchain ## Does the documentation build without warnings?
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

browser: ## Chromium for the test of Swagger UI, where it may be installed
	@command -v chromedriver >/dev/null || scripts/install chromium chromium-driver || \
		echo "no chromium to be had: the browser test will say so and not run" >&2

# Written beside and renamed: a failed run must not empty the committed document.
openapi: toolchain ## Write openapi/openapi.json anew from the code
	UPDATE_OPENAPI=1 cargo run --quiet --locked -p sizhu-api --bin sizhu -- openapi > openapi/openapi.json.new
	mv openapi/openapi.json.new openapi/openapi.json

bench: toolchain ## How fast hospital claims are over HTTP, beside pgbench with the same statements
	$(WITH_POSTGRES) cargo bench --locked -p sizhu-tests --bench claims

bench-rules: toolchain ## How fast rules and simulations are, and in which memory
	cargo bench --locked -p sizhu-core --bench rules
	$(WITH_POSTGRES) cargo bench --locked -p sizhu-tests --bench simulation

bench-loans: toolchain ## How fast 20,000 loans are, beside a loop by hand and PostgreSQL alone
	cargo bench --locked -p sizhu-core --bench loans
	$(WITH_POSTGRES) cargo bench --locked -p sizhu-tests --bench subsidy_run

# In the profile of the tests: the program that is killed is the one they use.
torture: toolchain ## Kill the service and PostgreSQL under load, cut connections; some minutes
	cargo build --locked -p sizhu-api --bin sizhu
	$(WITH_POSTGRES) cargo bench --locked -p sizhu-tests --bench torture --profile dev

# The tests that `make test` does on the committed beginning, on all of it.
loan-vectors: toolchain ## 100,000 loans and pairs of days against QuantLib and numpy-financial
	scripts/loan-vectors
	SIZHU_LOAN_VECTORS="$(CURDIR)/.sizhu/loan-vectors" \
		cargo test --locked -p sizhu-core --lib loan::tests::vectors -- --nocapture

api-test: toolchain ## Thousands of requests, good and bad, as each role, against a demo of its own
	cargo build --locked -p sizhu-api --bin sizhu
	$(WITH_POSTGRES) scripts/api-test --cases "$(CASES)" "$(TARGET)/debug/sizhu"

toolchain: ## Are Rust and a C compiler there? Installs the compiler if it may
	@scripts/toolchain

clean-demo: ## Forget the demo's database and keys; the next `make run` begins anew
	rm -rf "$(DEMO)"
