# One command each; `make run` and `make test` set up what they need.
PORT ?= 8000
DATA ?= .data
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

CONSOLE := console/dist/index.html
SHARING := tests/console tests/e2e
APART := tests/e2e/bench tests/e2e/fuzz tests/e2e/notifications/test_bench.py tests/e2e/test_backups.py \
	tests/e2e/test_crash.py tests/e2e/test_previous_version.py tests/e2e/test_samples.py tests/e2e/test_stop.py tests/e2e/triggers/test_kill.py
CALLS := $(CURDIR)/.iam-calls.jsonl
CONSOLE_SOURCES := $(shell find console -not -path '*/node_modules/*' -not -path 'console/dist/*' -type f 2>/dev/null)

.PHONY: run test test-alone test-console test-running test-localstack iam check lint api lock bench clean package conformance crash fuzz console console-check previous screenshots

run: $(READY)
	@$(MAKE) --no-print-directory console || echo "The console could not be built: the API is served without it." >&2
	@$(BIN)/statewright serve --tour --with-parent --port $(PORT) --data $(DATA)

test: $(READY)  ## what asks a running server, what a browser does, and all else, side by side; then what functions may do and did
	@echo "Three suites run side by side; each prints when it ends, after some minutes."
	@rm -f $(CALLS)
	@STATEWRIGHT_KEEP_CALLS=$(CALLS) $(MAKE) --no-print-directory -k -j 3 --output-sync=target test-running test-alone test-console
	@$(BIN)/python -m tests.support.permissions $(CALLS)

test-alone: $(READY)
	@$(BIN)/pytest $(filter-out $(SHARING),$(patsubst %/,%,$(wildcard tests/*/))) $(APART)

test-console: $(READY)
	@$(BIN)/pytest tests/console

test-running: $(READY)
	@$(BIN)/pytest tests/e2e $(foreach part,$(APART),--ignore=$(part))

check: lint test  ## what CI runs

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint template.yaml infra/stacks/*.yaml

api: $(READY)  ## writes infra/api.yaml from the functions' routes, and the alarms from the queues
	@$(BIN)/python infra/generate_api.py
	@$(BIN)/python infra/generate_alarms.py

bench: $(READY)
	@$(BIN)/python bench/webhook_to_done.py
	@$(BIN)/python bench/engine.py
	@$(BIN)/python bench/authorizer.py

LOCALSTACK := .venv-localstack/.ready
GROUNDS := tests/e2e/test_examples.py tests/e2e/triggers/test_webhooks.py tests/e2e/triggers/test_forms_and_files.py \
	tests/e2e/workflows/test_life_cycle.py tests/e2e/tasks/test_inbox.py tests/e2e/integrations/test_connections.py \
	tests/e2e/auth/test_sessions.py

$(LOCALSTACK): tests/localstack/requirements.lock tests/localstack/plugin/pyproject.toml infra/setup_localstack.sh $(READY)
	@sh infra/setup_localstack.sh .venv-localstack $(BIN)/python
	@touch $@

test-localstack: $(LOCALSTACK)  ## deploys the template to LocalStack, runs end-to-end tests there
	@$(BIN)/pytest --ground localstack tests/localstack $(GROUNDS) \
		$$(sed -n 's/^\(tests[^ ]*\).*/--deselect=\1/p' tests/localstack/left_out.txt)

iam: $(READY)  ## end-to-end tests only, then what functions may do and did
	@rm -f $(CALLS)
	@STATEWRIGHT_KEEP_CALLS=$(CALLS) $(MAKE) --no-print-directory test-running
	@$(BIN)/python -m tests.support.permissions $(CALLS)

previous: $(READY)  ## records a release (REF=v1.2.3) and its SQL statements: both must work on the next one's schema
	@$(BIN)/python -m tests.support.previous $(REF)

crash: $(READY)  ## kills and pauses the engine 350 times under load and checks what is left; two lines of JSON
	@$(BIN)/python -m tests.crash

fuzz: $(READY)  ## schemathesis against the whole API (EXAMPLES=20 of each kind), then atheris against the engine (SECONDS=60 for each target)
	@$(BIN)/python -m tests.fuzz_api $(or $(EXAMPLES),20)
	@uv pip install --quiet --python $(BIN)/python atheris==3.0.0
	@$(BIN)/python -m tests.fuzz $(or $(SECONDS),60)

lock:  ## resolves pyproject.toml's dependencies anew
	uv pip compile pyproject.toml --extra local --extra dev --generate-hashes --python-version 3.11 \
		--universal --no-header --no-annotate --quiet -o requirements.lock
	@$(BIN)/python -m artefacts.layers

SAM := .venv-sam/bin/sam

$(SAM):  ## the SAM CLI, apart from the project's lock, on the functions' Python
	@python=$$(sh infra/find_python.sh 3.12) && \
		if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python "$$python" .venv-sam && \
			uv pip install --quiet --python .venv-sam/bin/python aws-sam-cli==1.170.0; \
		else "$$python" -m venv .venv-sam && .venv-sam/bin/pip install --quiet aws-sam-cli==1.170.0; fi

package: $(READY) $(SAM)  ## builds every function and layer, checks sizes, imports each handler
	@rm -rf .aws-sam/here
	@$(BIN)/statewright openapi layers/platform/python/statewright/gateway/openapi.json
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" SAM_CLI_TELEMETRY=0 sam build > .aws-sam.log 2>&1 || { cat .aws-sam.log; exit 1; }
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" SAM_CLI_TELEMETRY=0 LAMBDA_MACHINE=$$(uname -m | sed s/arm64/aarch64/) \
		sam build --no-cached --build-dir .aws-sam/here > .aws-sam.log 2>&1 || { cat .aws-sam.log; exit 1; }
	@$(BIN)/python -m artefacts .venv-sam/bin/python

console: $(CONSOLE)  ## builds the web console

$(CONSOLE): $(CONSOLE_SOURCES) | $(READY)
	@sh infra/build_console.sh $(VENV)

console-check: $(CONSOLE)  ## types and tests of the console
	@cd console && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check && PATH="$(CURDIR)/$(BIN):$$PATH" npm test --silent

screenshots: $(CONSOLE)  ## every page of the console, light and dark, on a desk and a phone, into docs/screenshots (PAGES="builder form": only these)
	@$(BIN)/python -m tests.console.screenshots $(PAGES)

$(READY): pyproject.toml requirements.lock infra/setup.sh
	@sh infra/setup.sh $(VENV) $(PY)
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache console/node_modules console/dist

conformance: $(READY)  ## runs the recorded cases in ../shared/conformance, writes docs/asl-conformance.md
	@$(BIN)/python -m tests.conformance
