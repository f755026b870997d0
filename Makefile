# `make help` lists the targets. Each does its own set-up, in .venv, from the hashed locks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UPGRADE ?=
RESULTS ?= results

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help analyze paper notebooks execute docs reproduce test quick check format bench lock clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

analyze: $(VENV)/run.stamp  ## analyse the embedded survey into results/
	$(BIN)/alumnistats analyze --out $(RESULTS)

paper: $(VENV)/dev.stamp  ## compute and typeset the paper into paper/
	$(BIN)/alumnistats paper

notebooks: $(VENV)/notebooks.stamp  ## open the notebooks in JupyterLab
	$(BIN)/jupyter-lab notebooks

execute: $(VENV)/dev.stamp  ## execute the notebooks anew, into the .ipynb beside each script
	for script in notebooks/*.py; do \
		$(BIN)/python reproduce/notebook.py $$script $${script%.py}.ipynb || exit 1; done

docs: $(VENV)/dev.stamp  ## build the pages into build/docs
	$(BIN)/python docs/build.py

reproduce: $(VENV)/dev.stamp  ## make everything anew, and compare it with what is recorded
	$(BIN)/python reproduce/run.py

# Two processes at a time, so that linear algebra has one thread in each.
test: export OPENBLAS_NUM_THREADS = 1
test: check  ## check, then run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal --benchmark-disable

quick: export OPENBLAS_NUM_THREADS = 1
quick: $(VENV)/dev.stamp  ## run the tests that take little time
	$(BIN)/python -m pytest -n 2 --dist worksteal --benchmark-disable -m "not slow"

check: $(VENV)/dev.stamp  ## lint, format, types, and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp  ## rewrite the code as `check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp  ## time what has a stated budget
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-json=.benchmarks.json

# One resolution for Python 3.11 to 3.14 on every platform. Runtime first, the others held to it.
# `make lock UPGRADE=--upgrade` moves every version to the newest that fits.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

lock: $(VENV)/dev.stamp  ## resolve pyproject.toml anew into requirements/*.lock
	$(COMPILE) --group build pyproject.toml --output-file requirements/run.lock
	$(COMPILE) --group build --group dev --constraint requirements/run.lock \
		pyproject.toml --output-file requirements/dev.lock
	$(COMPILE) --group build --extra notebooks --constraint requirements/dev.lock \
		pyproject.toml --output-file requirements/notebooks.lock

clean:  ## remove results and caches
	rm -rf $(RESULTS) build dist .benchmarks .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

distclean: clean  ## remove the environment too
	rm -rf $(VENV)

# The stamps are written last, so an interrupted installation starts again.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
INSTALL_PACKAGE = $(INSTALL) --no-deps --no-build-isolation --editable .

define PYTHON_CHECK
import sys
version = ".".join(str(part) for part in sys.version_info[:3])
if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit("alumnistats needs Python 3.11 to 3.14; this one is " + version)
endef
export PYTHON_CHECK

$(VENV)/python.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11" \
		"to 3.14, or name yours: make PYTHON=/path/to/python3.12 TARGET" >&2; exit 1; }
	@$(PYTHON) -c "$$PYTHON_CHECK" || { \
		echo "Name another: make PYTHON=python3.12 TARGET" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements/run.lock pyproject.toml $(VENV)/python.stamp
	$(INSTALL) --require-hashes --requirement requirements/run.lock
	$(INSTALL_PACKAGE)
	@touch $@

# The other locks hold the runtime lock, so each brings its stamp up to date, too.
$(VENV)/notebooks.stamp: requirements/notebooks.lock requirements/run.lock pyproject.toml $(VENV)/python.stamp
	$(INSTALL) --require-hashes --requirement requirements/notebooks.lock
	$(INSTALL_PACKAGE)
	@touch $(VENV)/run.stamp $@

$(VENV)/dev.stamp: requirements/dev.lock requirements/run.lock pyproject.toml $(VENV)/python.stamp
	$(INSTALL) --require-hashes --requirement requirements/dev.lock
	$(INSTALL_PACKAGE)
	@touch $(VENV)/run.stamp $@
