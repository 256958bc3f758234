# The portal's commands. `make help` lists those with a ## comment.
PYTHON := $(shell for p in python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
BIN := .venv/bin
APP_ENV := .venv/.made
ENGINE_ENV := .venv-engine/.made
LAMBDA_ENV := .venv-lambda/.made
SCAN_ENV := .venv-scan/.made
BENCH_ENV := .venv-bench/.made
STAGE := dev
NODE_ENV := node_modules/.made
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
# Tests that start whole portals: in a browser, under load, sent nonsense, killed.
JOURNEYS := tests/journeys
EVERY_PAGE := tests/journeys/test_every_page.py
RUNNING_TESTS := tests/durability tests/fuzz
LOCAL_TESTS := tests/local
DEPLOY_TESTS := tests/infra tests/package tests/deployed
# The longest first: two run at a time, and both cores should end together; the short checks fill what is left.
# (A group with a prerequisite that is a job of its own would lose its turn, so `browser` is made within.)
TEST_GROUPS := test-journeys test-parts test-pages test-running test-deploy test-local types lint
CODE := $(wildcard app.py chalicelib infra local bench tests)
SUDO := $(shell test "$$(id -u)" = 0 || echo sudo)
# What is used gets compiled when it is first used: of some packages that is a hundredth.
PIP := -m pip --disable-pip-version-check --no-input install --no-compile -qq

.DEFAULT_GOAL := help
.PHONY: help run test $(TEST_GROUPS) setup lint format types locale locale-update browser package scan deploy smoke import migrate residents verify verify-ledger recompute-deadlines backup restore restore-table rotate-keys sign-out-all posters screenshots icons openapi holidays check-deadlines check-slots bench lighthouse clean
.DELETE_ON_ERROR:

help:  ## list all targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(APP_ENV) $(ENGINE_ENV) locale  ## start the portal with demo data (PORT=8000 HOST=127.0.0.1 DATA=.local)
	@exec $(BIN)/python -m local.run

test:  ## lint, type-check and run every test
	@# Downloads wait more than they work.
	@$(MAKE) --no-print-directory -j4 -Otarget setup browser $(SCAN_ENV) $(LAMBDA_ENV)
	@# Two at a time, one a core; -k lets the others finish when one fails.
	@$(MAKE) --no-print-directory -k -j2 -Otarget $(TEST_GROUPS)

test-parts: setup  ## test the parts: rules, services, records, routes, photos
	$(BIN)/python -m pytest $(addprefix --ignore=,$(JOURNEYS) $(RUNNING_TESTS) $(LOCAL_TESTS) $(DEPLOY_TESTS))

test-journeys: setup  ## test in a browser what people do, from the first tap to the last
	@$(MAKE) --no-print-directory browser
	$(BIN)/python -m pytest $(JOURNEYS) --ignore=$(EVERY_PAGE)

test-pages: setup  ## test in a browser every page in every state: access, widths, markup
	@$(MAKE) --no-print-directory browser
	$(BIN)/python -m pytest $(EVERY_PAGE)

test-running: setup  ## test the running portal under load, killed, and sent nonsense
	$(BIN)/python -m pytest $(RUNNING_TESTS)

test-local: setup  ## test what runs the portal locally: engine, event pump, bridge
	$(BIN)/python -m pytest $(LOCAL_TESTS)

test-deploy: setup  ## test the package, its template and permissions, the deploy itself, and the package as Lambda runs it
	@$(MAKE) --no-print-directory $(SCAN_ENV) $(LAMBDA_ENV)
	$(BIN)/python -m pytest $(DEPLOY_TESTS)

setup: $(APP_ENV) $(ENGINE_ENV) $(NODE_ENV) locale  ## make the environments and catalogues, if they are missing

lint: $(APP_ENV) $(NODE_ENV)  ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	node_modules/.bin/eslint static

types: $(APP_ENV)  ## check types
	$(BIN)/mypy --explicit-package-bases $(CODE)

format: $(APP_ENV)  ## put the code into its usual format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

locale: $(CATALOGUES)  ## compile the message catalogues

locale-update: $(APP_ENV)  ## collect new texts into the catalogue, to be translated
	@$(BIN)/pybabel -q extract -F babel.cfg --add-location=file -o build.pot . && \
		$(BIN)/pybabel -q update -N --no-wrap --ignore-pot-creation-date -l zh_CN -d locale -i build.pot; rm -f build.pot

import: $(APP_ENV) $(ENGINE_ENV) locale  ## import communities, units, owners and staff (FILE=people.csv)
	@$(BIN)/python -m local.inside local.import_accounts $(FILE)

migrate: $(APP_ENV) $(ENGINE_ENV)  ## give all records today's shape or key (ENTITY=issue|seals RATE=500)
	@$(BIN)/python -m local.inside infra.upkeep.migrate $(ENTITY)

residents: $(APP_ENV) $(ENGINE_ENV)  ## write who lives where, for people imported before that was kept
	@$(BIN)/python -m local.inside infra.upkeep.residents

verify: $(APP_ENV) $(ENGINE_ENV)  ## check that records, numbers, seals and photos hold together
	@$(BIN)/python -m local.inside infra.upkeep.verify

verify-ledger: $(APP_ENV) $(ENGINE_ENV)  ## work out from everybody's ledger what they have, and say where records differ
	@$(BIN)/python -m local.inside infra.upkeep.verify_ledger

recompute-deadlines: $(APP_ENV) $(ENGINE_ENV)  ## compare promises with what issues' rows say (COMMUNITY=maple ALL=1 FIX=1)
	@COMMUNITY=$(COMMUNITY) ALL=$(ALL) FIX=$(FIX) $(BIN)/python -m local.inside infra.upkeep.recompute

backup: $(APP_ENV) $(ENGINE_ENV)  ## write all records to a file (FILE=backup.jsonl.gz ONLY=ISSUE#01…)
	@ONLY='$(ONLY)' $(BIN)/python -m local.inside infra.upkeep.backup backup $(FILE)

restore: $(APP_ENV) $(ENGINE_ENV)  ## bring records back from a file (FILE=… ONLY=… REPLACE=yes)
	@ONLY='$(ONLY)' REPLACE=$(REPLACE) $(BIN)/python -m local.inside infra.upkeep.backup restore $(FILE)
	@# A folder with records of one's own gets no demo data at its next start.
	@test "$(ENGINE)" = aws || touch "$(or $(DATA),.local)/demo.done"

restore-table: $(APP_ENV)  ## make a new table from DynamoDB's own backups (FROM=… TO=… AT=2026-11-25T10:00:00Z)
	@$(BIN)/python -m infra.restore $(FROM) $(TO) $(AT)

rotate-keys: $(APP_ENV) $(ENGINE_ENV)  ## take one step of a rotation of the data keys (STEP=show|new|add|use|retire KMS_KEY=…)
	@$(BIN)/python -m local.inside infra.keyring $(STEP)

sign-out-all: $(APP_ENV) $(ENGINE_ENV)  ## end all sessions of all people
	@$(BIN)/python -m local.inside infra.upkeep.sign_out

posters: $(APP_ENV) $(ENGINE_ENV) locale  ## write printable posters to build/posters (ORIGIN=http://… COMMUNITY="maple cedar")
	@ORIGIN=$(ORIGIN) $(BIN)/python -m local.inside local.posters $(or $(COMMUNITY),maple cedar)

screenshots: setup browser  ## make the README's pictures again
	$(BIN)/python -m tests.screenshots

icons: setup browser  ## draw the phone's icons from company/logo.svg
	$(BIN)/python -m tests.icons

package: $(APP_ENV) locale  ## build the Lambda package and its CloudFormation template in build/ (STAGE=dev|test|prod)
	@$(BIN)/python -m infra.package $(STAGE)

scan: $(APP_ENV) $(SCAN_ENV)  ## check the templates of all stages: cfn-lint, checkov
	@$(BIN)/python -m infra.scan $(STAGE)

deploy: package  ## show what would change on AWS, and apply it when you say yes (STAGE=prod)
	@$(BIN)/python -m infra.deploy $(STAGE)

smoke: $(APP_ENV)  ## prove that a deployed portal answers (URL=https://…)
	@$(BIN)/python -m infra.smoke $(URL)

openapi: $(APP_ENV)  ## write docs/openapi.json again
	$(BIN)/python -m chalicelib.openapi > docs/openapi.json

holidays: $(APP_ENV)  ## learn the holidays and make-up workdays that China has announced since
	@$(BIN)/python -m infra.chinese_days

check-deadlines: $(APP_ENV)  ## compare the deadlines' rules with a model that counts minutes (CASES=100000)
	$(BIN)/python -m tests.service_levels.compare $(or $(CASES),100000)

check-slots: $(APP_ENV)  ## compare designers' free slots with a model that looks at every quarter (CASES=10000)
	$(BIN)/python -m tests.consultations.compare $(or $(CASES),10000)

bench: setup $(BENCH_ENV)  ## measure everything, and write docs/benchmarks.md (ONLY=cold for one section)
	$(BIN)/python -m bench.report $(ONLY)

lighthouse: setup browser  ## how a phone finds the pages: speed, accessibility, good practice (URL= of a running portal)
	$(BIN)/python -m bench.lighthouse $(if $(URL),--url $(URL))

browser:  ## install Chromium with Chinese fonts, and Java for the HTML checker, where they are missing
	@# Chromium without windows (the shell) has half of the work with a page; the other is for `make lighthouse`.
	@{ command -v chromium && command -v chromium-headless-shell && command -v java; } >/dev/null || { $(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		chromium chromium-headless-shell fonts-noto-cjk default-jre-headless >/dev/null; } || \
		{ command -v chromium && command -v java && echo "No chromium-headless-shell: the tests take longer."; }

clean:  ## remove environments and caches, never a portal's data
	rm -rf .venv .venv-* build node_modules .mypy_cache .pytest_cache .ruff_cache $(CATALOGUES)

$(APP_ENV): requirements.txt requirements-dev.txt requirements-local.txt
	@echo "Setting up $(@D) ..."
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python $(PIP) -r requirements-dev.txt -r requirements-local.txt
	@touch $@

.venv-%/.made: requirements-%.txt
	@echo "Setting up $(@D) ..."
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python $(PIP) -r $<
	@touch $@

$(NODE_ENV): package.json package-lock.json
	@npm ci --no-update-notifier --no-audit --no-fund --loglevel=error
	@touch $@

%.mo: %.po $(APP_ENV)
	@$(BIN)/pybabel -q compile -i $< -o $@
