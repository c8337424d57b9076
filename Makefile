# Each target makes what it needs: a machine with Python >= 3.11 and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONFIG ?= config

.DEFAULT_GOAL := help
.PHONY: help demo run test lint types check bench bench-poll bench-match bench-stories bench-backtest bench-intervals bench-scale bench-extract bench-year bench-deliver bench-latency docs lock clean

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/run.stamp: locks/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11: name a newer one with make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: locks/dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	@touch $@

demo: $(VENV)/run.stamp  ## Watch the service at work against a practice newsroom (no network, no accounts)
	$(BIN)/monitor demo

run: $(VENV)/run.stamp  ## Start the service and its page on CONFIG (default: config/)
	$(BIN)/monitor run --config $(CONFIG)

check: $(VENV)/run.stamp  ## Validate the configuration and say what it holds
	$(BIN)/monitor check --config $(CONFIG)

test: $(VENV)/dev.stamp  ## Run every test
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/dev.stamp  ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp  ## Check types
	$(BIN)/mypy

bench: bench-poll bench-match  ## Run the benchmarks that matter most

bench-poll: $(VENV)/dev.stamp  ## Poll 1,000 feeds from a loopback server, beside reader
	$(BIN)/python benchmarks/poll.py

bench-match: $(VENV)/dev.stamp  ## Match texts against 100 to 100,000 rules, beside common ways
	$(BIN)/python benchmarks/match.py

bench-stories: $(VENV)/dev.stamp  ## Find copies and stories, beside plain TF-IDF; STORY_SET names a set of your own
	$(BIN)/python benchmarks/stories.py

bench-backtest: $(VENV)/dev.stamp  ## Replay 200,000 stored items against edited rules
	$(BIN)/python benchmarks/backtest.py

bench-intervals: $(VENV)/dev.stamp  ## Poll 500 modelled sources for a month: every auto beside fixed intervals
	$(BIN)/python benchmarks/intervals.py

bench-extract: $(VENV)/dev.stamp  ## Read article pages, beside other ways (PAGE_CORPUS=folder for your own)
	$(BIN)/python benchmarks/extract.py

bench-scale: $(VENV)/dev.stamp  ## Run the service with 100,000 sources for a minute
	$(BIN)/python benchmarks/scale.py

bench-year: $(VENV)/dev.stamp  ## Simulate a year of digests in eleven time zones, the service dying at every step
	$(BIN)/python benchmarks/year.py

bench-deliver: $(VENV)/dev.stamp  ## Tell 500 recipients by mail, 10,000 messages and 10,000 hits in one
	$(BIN)/python benchmarks/deliver.py

bench-latency: $(VENV)/dev.stamp  ## Time the way from a feed to a webhook at 50 polls a second
	$(BIN)/python benchmarks/latency.py

docs: $(VENV)/run.stamp  ## Write docs/reference.md and the schemas from the code
	$(BIN)/monitor schema --write config/schemas
	$(BIN)/python docs/make_reference.py
	$(BIN)/python docs/make_queries.py

lock: $(VENV)/dev.stamp  ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o locks/run.txt
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o locks/dev.txt

clean:  ## Remove what was made (not your data)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
