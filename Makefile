# Two commands matter: make run, make test. Everything is installed into .venv.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.PHONY: help run test bench lint format clean set-up-app set-up-test

help:
	@echo "make run    open Finelens (without a display: a demonstration in the terminal)"
	@echo "make test   run the tests            make test ARGS='tests/unit/core -k rows'"
	@echo "make bench  measure the encoders beside transformers' (docs/benchmarks.md)"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make format let ruff format the code"
	@echo "make clean  remove .venv and caches"

set-up-app:
	@$(PYTHON) scripts/set_up.py app

set-up-test:
	@$(PYTHON) scripts/set_up.py test

run: set-up-app
	@$(BIN)/python -m app $(ARGS)

test: set-up-test
	@$(BIN)/python -m pytest $(ARGS)

bench: set-up-test
	@$(BIN)/python benchmarks/encoders.py --limited $(ARGS)

lint: set-up-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -c "from importlinter.cli import lint_imports_command as lint; lint()"

format: set-up-test
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
