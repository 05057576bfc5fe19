# OpenSPS: `make demo` and `make test` are the two commands to know.
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test check check-static bench faults nightly run-environment dev-environment system-needs

PORT ?= 8443
HTTP_PORT ?= 8080
PARTNER_PORT ?= 8444
BIN := .venv/bin
# Some machines forbid Python to keep what it compiled: every process would compile all modules anew.
export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/python -m pytest -q
PARALLEL := -n 2 --dist loadfile
# Pages, SOAP and REST ask the same services on either database; make nightly opens them on PostgreSQL too.
SAME_ON_BOTH := --ignore=tests/integration/web --ignore=tests/integration/web_workflow \
	--ignore=tests/integration/web_soap --ignore=tests/integration/web_rest
DEATHS := tests/heavy/test_kill.py tests/heavy/test_worker_death.py tests/heavy/test_log_kill.py \
	tests/heavy/test_mail_death.py tests/heavy/test_delivery_death.py \
	tests/heavy/test_receipt_kill.py tests/heavy/test_conversation_kill.py --randomly-seed=7

help: ## say what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: run-environment ## start a complete installation with made-up data on https://localhost:8443 (PORT=, HTTP_PORT=, PARTNER_PORT=)
	@exec $(BIN)/opensps demo --port $(PORT) --http-port $(HTTP_PORT) --partner-port $(PARTNER_PORT)

demo-reset: run-environment ## start the demo afresh: new keys, new data
	@exec $(BIN)/opensps demo --reset --port $(PORT) --http-port $(HTTP_PORT) --partner-port $(PARTNER_PORT)

test: dev-environment system-needs ## run all tests, on SQLite and on PostgreSQL
	@status=0; \
	echo "== In a browser, on a running demo"; \
	$(PYTEST) $(PARALLEL) tests/e2e || status=1; \
	echo "== On PostgreSQL: what uses the database"; \
	OPENSPS_TEST_DATABASE=postgres $(PYTEST) $(PARALLEL) tests/integration $(SAME_ON_BOTH) || status=1; \
	echo "== On SQLite: everything else"; \
	$(PYTEST) $(PARALLEL) --ignore=tests/e2e || status=1; \
	exit $$status

check: check-static test ## everything that must be green before a change lands, but make faults

check-static: dev-environment
	@status=0; \
	$(BIN)/ruff format --check --quiet . || status=1; \
	$(BIN)/ruff check --quiet . || status=1; \
	$(BIN)/mypy --no-error-summary || status=1; \
	$(BIN)/lint-imports --no-logo || status=1; \
	OPENSPS_DATABASE_URL=sqlite:///:memory: $(BIN)/python -m django makemigrations --check --dry-run \
		--settings opensps.project.settings || status=1; \
	$(BIN)/python tools/messages.py check || status=1; \
	exit $$status

bench: dev-environment ## print the benchmark table: ratios against a baseline measured in the same run
	@$(BIN)/python -m bench

faults: dev-environment system-needs ## run a tenth of the heavy tests, with a fixed seed
	@status=0; \
	echo "== In a browser: what takes long"; \
	OPENSPS_HEAVY=tenth $(PYTEST) $(PARALLEL) tests/e2e || status=1; \
	echo "== On PostgreSQL: deaths of processes"; \
	OPENSPS_HEAVY=tenth OPENSPS_TEST_DATABASE=postgres $(PYTEST) $(PARALLEL) $(DEATHS) --timeout=1500 || status=1; \
	echo "== On SQLite: everything heavy"; \
	OPENSPS_HEAVY=tenth $(PYTEST) $(PARALLEL) --randomly-seed=7 --ignore=tests/e2e --timeout=1500 || status=1; \
	exit $$status

nightly: dev-environment system-needs ## run the heavy tests in full
	@status=0; \
	OPENSPS_HEAVY=full $(PYTEST) $(PARALLEL) tests/e2e || status=1; \
	OPENSPS_HEAVY=full OPENSPS_TEST_DATABASE=postgres $(PYTEST) $(PARALLEL) $(DEATHS) --timeout=36000 || status=1; \
	OPENSPS_TEST_DATABASE=postgres $(PYTEST) $(PARALLEL) tests/integration || status=1; \
	OPENSPS_HEAVY=full OPENSPS_HYPOTHESIS=searching $(PYTEST) $(PARALLEL) --ignore=tests/e2e --timeout=36000 \
		|| status=1; \
	exit $$status

run-environment:
	@sh tools/bootstrap.sh run

dev-environment:
	@sh tools/bootstrap.sh dev

system-needs:
	@sh tools/system_needs.sh
