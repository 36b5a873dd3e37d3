# One word for everything. `make` alone lists the words.

PYTHON ?= python3
# Extra words for pytest: make test ARGS="tests/grounds -k invoice"
ARGS ?=

# The environment is made anew when a requirement file, this checkout's place or the Python changes;
# otherwise a stamp is found and nothing happens.
KEY := $(shell { cat requirements/*.txt; echo "$(CURDIR)"; $(PYTHON) --version; } 2>&1 | cksum | cut -d' ' -f1)
PACKAGE_KEY := $(shell cksum < pyproject.toml | cut -d' ' -f1)
BIN := .venv/bin
MADE := .venv/.made-$(KEY)
RUN := .venv/.run-$(KEY)-$(PACKAGE_KEY)
DEV := .venv/.dev-$(KEY)-$(PACKAGE_KEY)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test check format bench bench-web requirements clean

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN) ## five made-up companies, and the product running on them (ARGS=--once stops by itself)
	$(BIN)/python -m ordholden.demo $(ARGS)

test: $(DEV) ## run the tests (ARGS="…" goes to pytest)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(DEV) ## format, lint, types, the staircase, generated docs
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy --strict ordholden tests/databases.py
	$(BIN)/lint-imports --no-logo
	@docs=$$(grep -l '\[\[\[cog' docs/*.md README.md 2>/dev/null); \
	if [ -n "$$docs" ]; then echo "cog --check" $$docs; $(BIN)/python -m cogapp --check $$docs; fi

format: $(DEV) ## put code and generated docs in order
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix .
	@docs=$$(grep -l '\[\[\[cog' docs/*.md README.md 2>/dev/null); \
	if [ -n "$$docs" ]; then $(BIN)/python -m cogapp -r $$docs; fi

bench: $(DEV) ## measure
	$(BIN)/python -m bench

bench-web: $(DEV) ## measure the console with a million people (made once, kept in .bench)
	$(BIN)/python -m bench.web $(ARGS)

# The index is whatever the machine is set up with; no address of one is written down.
# One resolution for everybody: what runs is a part of what developers test with.
# `--upgrade` takes the newest of everything; without it only what pyproject.toml changed moves.
COMPILE := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra sftp --extra web --group build

requirements: $(DEV) ## pin and hash pyproject.toml anew (ARGS=--upgrade for the newest)
	$(BIN)/$(COMPILE) $(ARGS) --group dev --output-file requirements/dev.txt
	$(BIN)/$(COMPILE) $(ARGS) --constraint requirements/dev.txt --output-file requirements/run.txt

clean: ## remove the environment and every cache
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info
	find ordholden tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv --clear .venv
	@touch $@

$(RUN): $(MADE)
	@test -e .venv/.dev-$(KEY) || $(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@rm -f .venv/.run-*; touch $@

$(DEV): $(MADE)
	@test -e .venv/.dev-$(KEY) || $(PIP) install --require-hashes -r requirements/dev.txt
	@touch .venv/.dev-$(KEY)
	$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@rm -f .venv/.dev-$(KEY)-*; touch $@
