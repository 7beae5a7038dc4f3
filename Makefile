# Two commands: `make course` starts the course, `make test` proves the project. `make demo` simulates a class.
PYTHON ?= python3
PORT ?= 8888
VENV := .venv
BIN := $(VENV)/bin

.PHONY: course test demo check bench clean
.DEFAULT_GOAL := course

$(VENV)/.course: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make course PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (the first time takes a few minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.course
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

course: $(VENV)/.course
	@$(BIN)/medcoding course || echo "Something above needs the instructor's eye; the course starts all the same."
	@$(BIN)/medcoding lab --port $(PORT)

demo: $(VENV)/.course
	@$(BIN)/medcoding demo

check: $(VENV)/.course
	@$(BIN)/medcoding check

test: $(VENV)/.test
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/run.py

bench: $(VENV)/.test
	@for script in tests/benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache dist build
