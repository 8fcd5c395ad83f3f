# SPDX-License-Identifier: MIT
# A thin front for CMake. `make help` lists the targets.
BUILD ?= build
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
CMAKE_FLAGS ?=
MAKEFLAGS += --no-print-directory

# Ninja where it is installed, else make; a build folder keeps the generator it began with.
generator = $(if $(wildcard $(1)/CMakeCache.txt),,$(if $(shell command -v ninja),-G Ninja))
# $(call configure,folder,preset)
configure = cmake $(call generator,$(1)) -S . -B $(1) --preset $(2) --log-level=WARNING $(CMAKE_FLAGS) >/dev/null
compile = cmake --build $(1) -j $(JOBS)
ctest = .ci/ctest $(1)

.PHONY: all help packages check-packages build demo test test-tier1 test-tier2 test-tier3 \
	sanitize tsan fuzz bench coverage check-warnings install deb clean hooks mutate
.NOTPARALLEL:

all: check-packages build ## build the programs and the tests into build/

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

packages: ## install the Debian packages that are missing
	@.ci/packages install

check-packages:
	@.ci/packages check

build:
	@$(call configure,$(BUILD),default)
	@$(call compile,$(BUILD))

demo: packages build ## from nothing to a recorded, listed and counted program
	@.ci/demo $(BUILD)

test: packages build ## tiers 1 and 2
	@$(call ctest,$(BUILD)) -L 'tier1|tier2' -j $(JOBS)

test-tier1: check-packages build ## unit and property tests
	@$(call ctest,$(BUILD)) -L tier1 -j $(JOBS)

test-tier2: check-packages build ## integration tests: real programs, real traces
	@$(call ctest,$(BUILD)) -L tier2 -j $(JOBS)

test-tier3: check-packages build sanitize tsan fuzz ## slow: sanitizers, fuzzing for a bounded time
	@$(call ctest,$(BUILD)) -L tier3

sanitize: ## the unit tests under ASan and UBSan
	@$(call configure,build-asan,asan)
	@$(call compile,build-asan)
	@$(call ctest,build-asan) -L tier1 -j $(JOBS)

tsan: ## the unit tests under TSan
	@$(call configure,build-tsan,tsan)
	@$(call compile,build-tsan)
	@$(call ctest,build-tsan) -L tier1 -j $(JOBS)

fuzz: ## each fuzz target for FUZZ_SECONDS (60)
	@.ci/fuzz

bench: check-packages build ## measure beside strace and the untraced program (QUICK=1: in a minute)
	@bench/run --build $(BUILD)

coverage: ## line coverage of tiers 1 and 2
	@$(call configure,build-coverage,coverage)
	@$(call compile,build-coverage)
	-@$(call ctest,build-coverage) -L 'tier1|tier2'
	@.ci/coverage build-coverage --least 90

hooks: ## a pre-commit hook of five gates: format, lint, tier 1, dependencies, shellcheck
	@printf '#!/bin/sh\nexec .ci/gates\n' >"$$(git rev-parse --git-path hooks)/pre-commit"
	@chmod +x "$$(git rev-parse --git-path hooks)/pre-commit"

mutate: build ## do the unit tests notice small mistakes in codecs, filter and statistics?
	@tests/mutate/mutate.py --build $(BUILD) --least 80

check-warnings: ## gcc and clang, warnings are errors
	@$(call configure,build-gcc,warnings-gcc)
	@$(call compile,build-gcc)
	@$(call configure,build-clang,warnings-clang)
	@$(call compile,build-clang)

install: check-packages build ## PREFIX (/usr/local), DESTDIR
	@cmake --install $(BUILD) --prefix $(PREFIX)

deb: check-packages build ## Debian packages into build/packages
	@cd $(BUILD) && cpack -G DEB

clean: ## remove everything built
	rm -rf build build-asan build-tsan build-fuzz build-coverage build-gcc build-clang
