# Five commands: demo, test, check, bench, soak. Each builds .venv from a bare Python >= 3.11 by itself.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PORT ?= 3000
SANDBOX_PORT ?= 3100
ARGS ?=

.PHONY: demo test check bench soak lock
demo: $(VENV)/.run
	PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT) $(RUN) -m bot demo

test: $(VENV)/.dev
	$(RUN) -m pytest -n auto --dist worksteal $(ARGS)

check: $(VENV)/.dev
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-cache

bench: $(VENV)/.dev
	$(RUN) -m benchmarks $(ARGS)

soak: $(VENV)/.dev
	$(RUN) -m tests.faults $(ARGS)

$(VENV)/.run: requirements.lock
	$(PYTHON) .ci/venv.py $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements.lock requirements-dev.lock
	$(PYTHON) .ci/venv.py $(VENV) requirements-dev.lock
	@touch $(VENV)/.run $@

# After a change of dependencies in pyproject.toml.
lock:
	$(RUN) -m pip install -q uv
	$(VENV)/bin/uv pip compile pyproject.toml --universal --no-emit-index-url --no-header -q -o requirements.lock
	$(VENV)/bin/uv pip compile pyproject.toml --group dev -c requirements.lock --universal --no-emit-index-url --no-header -q -o requirements-dev.lock
