# One command each; `make run` and `make test` set up what they need.
PORT ?= 8000
DATA ?= .data
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check lint api lock bench clean conformance crash fuzz

run: $(READY)
	@$(BIN)/statewright serve --tour --with-parent --port $(PORT) --data $(DATA)

test: $(READY)
	@$(BIN)/pytest

check: lint test  ## what CI runs

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint template.yaml infra/stacks/*.yaml

api: $(READY)  ## writes infra/api.yaml from the functions' routes
	@$(BIN)/python infra/generate_api.py

bench: $(READY)
	@$(BIN)/python bench/webhook_to_done.py
	@$(BIN)/python bench/engine.py
	@$(BIN)/python bench/authorizer.py

crash: $(READY)  ## kills the engine 300 times under load and checks what is left; a line of JSON
	@$(BIN)/python -m tests.crash

fuzz: $(READY)  ## atheris against the States Language engine's parsers and expressions; SECONDS=60 for each
	@uv pip install --quiet --python $(BIN)/python atheris==3.0.0
	@$(BIN)/python -m tests.fuzz $(or $(SECONDS),60)

lock:  ## resolves pyproject.toml's dependencies anew
	uv pip compile pyproject.toml --extra local --extra dev --generate-hashes --python-version 3.11 \
		--universal --no-header --no-annotate --quiet -o requirements.lock

$(READY): pyproject.toml requirements.lock infra/setup.sh
	@sh infra/setup.sh $(VENV) $(PY)
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

conformance: $(READY)  ## runs the recorded cases in ../shared/conformance, writes docs/asl-conformance.md
	@$(BIN)/python -m tests.conformance
