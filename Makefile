# SPDX-License-Identifier: Apache-2.0
# Thin: every target prepares the machine and hands over to Meson and Ninja.
BUILD ?= build
ASAN  ?= build-asan
FUZZ  ?= build-fuzz
# Seconds that each fuzzer runs.
FUZZ_SECONDS ?= 60
# How often `make faults` plays each sweep of faults.
FAULT_ROUNDS ?= 1
# How long `make soak` works, and from which seed (0 = a new one, which it prints).
SOAK_SECONDS ?= 1800
SOAK_SEED ?= 0

.PHONY: all setup build demo test test-asan lint bench faults fuzz soak clean
all: build

# Installs what is missing (Debian 12, 13) or says what to install.
setup:
	@scripts/setup

build: setup
	@scripts/build $(BUILD)

# The main job, seen from outside: ring, preview, open, answer, talk, hang up. Writes demo-out/.
demo: build
	@scripts/demo $(BUILD)

# Every test; the last line is "N passed, N failed".
test: setup
	@scripts/build-and-test $(BUILD)

# The same tests under the address and undefined-behaviour sanitizers.
test-asan: setup
	@scripts/build-and-test --asan $(ASAN)

# Layers, headers, sizes, translations.
lint: build
	@scripts/run-tests $(BUILD) --suite lint

# Numbers against the budgets of docs/architecture.md, beside peers. Writes bench-out/results.json. ROWS="idle previews" takes only these.
bench: build
	-@scripts/setup bench
	@scripts/bench $(BUILD) bench-out $(ROWS)

# Each fuzzer for FUZZ_SECONDS on a copy of its corpus.
fuzz: setup
	@scripts/fuzz $(FUZZ) $(FUZZ_SECONDS)

# Every sweep of faults whole, not the sample that `make test` plays.
faults: build
	@IPDOOR_SWEEP=full scripts/run-tests $(BUILD) --suite faults --repeat $(FAULT_ROUNDS) --timeout-multiplier 30

# A working day in half an hour: visits, openings, talks and faults drawn from a seed that it prints.
soak: build
	@scripts/soak $(BUILD) $(SOAK_SECONDS) $(SOAK_SEED)

clean:
	rm -rf $(BUILD) $(ASAN) $(FUZZ) demo-out bench-out test-out
