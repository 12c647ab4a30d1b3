# Two commands matter: make run, make test. Everything is installed into .venv.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
# A test process a core, each with torch and a window. The trainer's tests, which fork, run in one of their own.
AT_ONCE := -n auto --maxprocesses 4 --dist worksteal --ignore=tests/unit/trainer

.PHONY: help run test test-dist attack bench bench-training ablation lint format screenshots clean \
	set-up-app set-up-test set-up-bench set-up-package package package-check

help:
	@echo "make run    open Finelens (without a display: a demonstration in the terminal)"
	@echo "make test   run the tests            make test ARGS='tests/unit/core -k rows'"
	@echo "make test-dist  training with two and four processes against one"
	@echo "make attack the long attacks on the library of docs/reliability.md; an hour"
	@echo "make bench  measure the encoders beside others (docs/benchmarks.md)"
	@echo "make bench-training  a training step beside a plain reference (docs/benchmarks-training.md)"
	@echo "make ablation  what each objective buys (docs/ablation.md); 40 minutes on two free cores"
	@echo "make package        build the application that people double-click (docs/packaging.md)"
	@echo "make package-check  use it under Xvfb, as on a machine without this project"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make format let ruff format the code"
	@echo "make screenshots  take those of the README again (needs xvfb)"
	@echo "make clean  remove .venv and caches"

set-up-app:
	@$(PYTHON) scripts/set_up.py app

set-up-test:
	@$(PYTHON) scripts/set_up.py test

set-up-bench:
	@$(PYTHON) scripts/set_up.py bench

set-up-package:
	@$(PYTHON) scripts/set_up.py package

run: set-up-app
	@$(BIN)/python -m app $(ARGS)

test: set-up-test
ifeq ($(strip $(ARGS)),)
	@$(BIN)/python -m pytest $(AT_ONCE)
	@$(BIN)/python -m pytest tests/unit/trainer
else
	@$(BIN)/python -m pytest $(ARGS)
endif

test-dist: set-up-test
	@$(BIN)/python -m pytest -m dist tests/unit/trainer $(ARGS)

attack: set-up-test
	@$(BIN)/python -m pytest -m attack --timeout 7200 $(ARGS)

bench: set-up-bench
	@$(BIN)/python benchmarks/encoders.py --limited $(ARGS)

bench-training: set-up-test
	@$(BIN)/python -m benchmarks.training $(ARGS)

ablation: set-up-test
	@$(BIN)/python -m trainer.ablation --out runs/ablation --page docs/ablation.md $(ARGS)

package: set-up-package
	@$(BIN)/python -m packager build $(ARGS)

package-check: set-up-package
	@$(BIN)/python -m packager check $(ARGS)

lint: set-up-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -c "from importlinter.cli import lint_imports_command as lint; lint()"

format: set-up-test
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

screenshots: set-up-test
	xvfb-run -a -s "-screen 0 1440x900x24" $(BIN)/python -m scripts.take_screenshots

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
