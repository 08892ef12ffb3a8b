# A thin front for CMake and the scripts; every target does its own set-up.

PRESET ?= release
BUILD := build/$(PRESET)

.PHONY: help deps test-deps configure build run test test-long check test-asan test-tsan soak fuzz bench \
        bench-neighbour bench-lifetimes wpt wpt-nano test-differential test-frameworks clean

help:
	@echo "make run        build, serve the examples on 127.0.0.1:8787"
	@echo "make test       build, run all tests (under ten minutes)"
	@echo "make check      format, tidy, layers, sizes"
	@echo "make test-asan  the tests with nanod under ASan and UBSan; test-tsan: under TSan"
	@echo "make test-long  the slow tail of the tests"
	@echo "make test-differential   libraries and small apps on nano and on workerd (155 MB) beside it"
	@echo "make test-frameworks   apps built by SvelteKit, React Router and Astro (600 MB of packages)"
	@echo "make soak       20 minutes of random faults, and a judgement of every answer"
	@echo "make fuzz       each fuzz program for FUZZ_SECONDS (120); needs clang"
	@echo "make bench      requests/s, latency, CPU a request, beside workerd"
	@echo "make bench-neighbour bench-lifetimes   a tenant beside one that does harm; memory over lives"
	@echo "make wpt WPT=DIR   the Web Platform Tests of a checkout, beside workerd, Node, Deno and Bun; wpt-nano: alone"
	@echo "make build deps clean"

deps:
	@deploy/install_deps.sh

test-deps:
	@deploy/install_deps.sh --tests

configure: deps
	@[ -f $(BUILD)/build.ninja ] || { echo "nano: configuring $(BUILD)"; \
	  cmake --preset $(PRESET) > /dev/null || exit 1; }

build: configure
	@echo "nano: building $(BUILD) (the first time takes some minutes)"
	@cmake --build $(BUILD)

run: build
	@deploy/run_local.sh $(BUILD)

test: test-deps build
	@ctest --test-dir $(BUILD) --output-on-failure -LE long $(CTEST_FLAGS)

test-long: test-deps build
	@deploy/install_deps.sh --frameworks
	@ctest --test-dir $(BUILD) --output-on-failure -L long

check: configure
	@deploy/check.sh $(BUILD)

test-asan: test-deps build
	@$(MAKE) --no-print-directory PRESET=asan configure
	@cmake --build build/asan
	@ctest --test-dir build/asan --output-on-failure -LE long

test-tsan: test-deps build
	@$(MAKE) --no-print-directory PRESET=tsan configure
	@cmake --build build/tsan
	@ctest --test-dir build/tsan --output-on-failure -LE long

soak: build
	@$(BUILD)/bin/nano_soak

# Each fuzz program for so many seconds, on a copy of its corpus (tests/fuzz).
FUZZ_SECONDS ?= 120

fuzz:
	@$(MAKE) --no-print-directory PRESET=fuzz configure
	@cmake --build build/fuzz --target fuzz_programs
	@tests/fuzz/run.sh build/fuzz $(FUZZ_SECONDS)

bench: build
	@bench/run.sh $(BUILD)

bench-neighbour: build
	@bench/neighbour.sh $(BUILD)

bench-lifetimes: build
	@bench/lifetimes.sh $(BUILD) --out=docs

# The Web Platform Tests, from a checkout that is never part of this tree (tests/wpt).
WPT ?=
WPT_FLAGS ?=
wpt_run = $(wildcard node_modules/node-linux-*/bin/node) tests/wpt/run.js --wpt="$(WPT)" --build=$(BUILD)

wpt: build
	@cd tests/wpt/peers && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@$(wpt_run) --runtimes=all $(WPT_FLAGS)

wpt-nano: build
	@$(wpt_run) $(WPT_FLAGS)

# Libraries and small apps, on nano and on workerd; make test has workerd's answers from the last --record.
DIFFERENTIAL_FLAGS ?= --workerd

test-differential: test-deps build
	@cd tests/differential/peer && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@for suite in libraries differential; do \
	  $(BUILD)/lib/nano/engine tests/differential/run.js --build=$(BUILD) $(DIFFERENTIAL_FLAGS) tests/$$suite || exit 1; \
	done

FRAMEWORKS_FLAGS ?=

test-frameworks: test-deps build
	@deploy/install_deps.sh --frameworks
	@$(BUILD)/lib/nano/engine tests/frameworks/build.js $(BUILD) $(FRAMEWORKS_FLAGS)

clean:
	rm -rf build
