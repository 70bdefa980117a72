# Every target sets up what it needs: Python >= 3.11 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench clean

demo: $(VENV)/.installed
	$(BIN)/stadtkasse demo

test: $(VENV)/.tested
	$(BIN)/python tests/faces/ensure_browser.py
	# Hundreds of our programs are started: none of them need compile itself.
	$(BIN)/python -m compileall -q config ledger terminals reconciliation
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(VENV)/.linted
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.benched
	$(BIN)/stadtkasse bench $(ARGS)
	$(BIN)/python -m tests.terminals.zvt.fuzzing 100000

clean:
	rm -rf $(VENV) config/web/vendor

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

$(VENV)/.linted: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	touch $@

$(VENV)/.benched: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	# Without what it asks for: a driver of another database that does not build everywhere.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps python-accounting==2.0.0
	touch $@
