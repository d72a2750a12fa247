# Every target sets up what it needs first, in .venv (or .venv-bench), and never asks for root.
# The first run takes a minute or two, most of it downloads; later ones start at once.

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint types text walls docs bench clean

VENV  := .venv
PY    := $(VENV)/bin/python
BENCH := .venv-bench
PIP    = -m pip --disable-pip-version-check install --quiet

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## compute the published worked examples and the samples, explained, into ./demo-out
	@$(VENV)/bin/hpf demo

test: $(VENV)/.ready ## the tests, all but the slow ones
	@$(PY) -m pytest -m 'not slow' -n 2

test-all: $(VENV)/.ready ## the slow tests, those that `make test` leaves out
	@$(PY) -m pytest -m slow -n 2

lint: $(VENV)/.ready ## style, types, walls between rooms, and what must not stand in the text
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(MAKE) --no-print-directory types walls text

types: $(VENV)/.ready # mypy --strict, by import name
	@mkdir -p build/names
	@ln -sfn ../../plugins build/names/hpf_plugins
	@ln -sfn ../../cli build/names/hpf_cli
	@$(PY) -m mypy -p hpf -p hpf_plugins -p hpf_cli

walls: $(VENV)/.ready # import-linter's contracts, in pyproject.toml
	@$(VENV)/bin/lint-imports --no-logo --no-cache

text: $(VENV)/.ready # no paths of a machine, no hosts of a package registry
	@$(PY) scripts/check_text.py

docs: $(VENV)/.docs ## the documentation site, into build/docs; a broken link fails
	@$(PY) scripts/docs.py --check
	@$(PY) -m sphinx -b html --fail-on-warning --keep-going --quiet -d build/doctrees docs build/docs
	@echo 'The site is in build/docs: open build/docs/index.html'

bench: $(BENCH)/.ready ## the benchmarks, against openfisca-core and hand-written Polars
	@$(BENCH)/bin/python -m benchmarks

clean: ## remove what these targets made, the environments included
	rm -rf $(VENV) $(BENCH) build dist demo-out *.egg-info .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments. A stamp file says that one is complete; it ages with what it was made from.
$(VENV)/.ready: pyproject.toml constraints.txt
	@python=$$(scripts/pick-python) && { [ -x $(PY) ] || "$$python" -m venv $(VENV); }
	@echo 'Setting up $(VENV) ...'
	@$(PY) $(PIP) -c constraints.txt setuptools
	@$(PY) $(PIP) --no-build-isolation -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.docs: $(VENV)/.ready
	@echo 'Adding the site generator to $(VENV) ...'
	@$(PY) $(PIP) --no-build-isolation -c constraints.txt -e '.[docs]'
	@touch $@

$(BENCH)/.ready: pyproject.toml constraints-bench.txt
	@python=$$(scripts/pick-python) && { [ -x $(BENCH)/bin/python ] || "$$python" -m venv $(BENCH); }
	@echo 'Setting up $(BENCH) ...'
	@$(BENCH)/bin/python $(PIP) -c constraints-bench.txt setuptools
	@$(BENCH)/bin/python $(PIP) --no-build-isolation -c constraints-bench.txt -e '.[bench]'
	@touch $@
