# Everything happens in .venv; `make serve` and `make test` need nothing but Python 3.11.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8080
BIN := .venv/bin
URL := http://$(HOST):$(PORT)

# What `make coverage` holds to 100 % stands in pyproject.toml.
.PHONY: help serve test lint coverage mutation bench decisions clean

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: setup.cfg pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/installed-test: setup.cfg pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,bench]'
	@touch .venv/installed $@

serve: .venv/installed ## Set everything up, load the demo site, serve it (HOST, PORT)
	@$(BIN)/gateway init
	@$(BIN)/gateway demo --keep --url $(URL)
	@exec $(BIN)/gateway serve --host $(HOST) --port $(PORT) --samples

test: lint ## Everything that must hold for every commit
	$(BIN)/pytest -q -n auto --dist worksteal

lint: .venv/installed-test ## Format, style, types, import rules
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache > .venv/lint-imports.log || (cat .venv/lint-imports.log; exit 1)

coverage: .venv/installed-test ## Branch coverage of the authorization core: all of it, or fail
	$(BIN)/coverage run -m pytest -q -p no:cacheprovider tests/access tests/unit tests/security tests/conformance
	$(BIN)/coverage report

mutation: .venv/installed-test ## Mutate the authorization core and list what no test notices (20 minutes)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[mutation]'
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: .venv/installed-test ## Fuzz AMF packets with atheris (FUZZ_SECONDS); what it learns stays in var/fuzz
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz.amf -max_total_time=$(FUZZ_SECONDS)

bench: .venv/installed-test ## The side-by-side benchmark against peers
	$(BIN)/pytest -q -o addopts= bench --benchmark-columns=min,median,rounds --benchmark-sort=name

decisions: .venv/installed-test ## The measurements behind docs/decisions
	$(BIN)/python -m bench.decisions

clean: ## Remove what was built (var/ stays)
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: interop interop-deps

interop-deps: .venv/installed-test ## Install the real clients' toolchains (Debian, root; says what and how big first)
	$(BIN)/python -m tests.interop.deps

interop: .venv/installed-test ## Real clients call a served gateway (INTEROP_REQUIRE=all: all of them; INTEROP_CLIENTS="php zeep")
	INTEROP=1 $(BIN)/pytest -q tests/interop

.PHONY: openapi-check
openapi-check: .venv/installed-test ## schemathesis and a generated client against every shipped function (2 minutes)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[openapi]'
	OPENAPI=1 $(BIN)/pytest -q tests/openapi

.PHONY: proxies proxies-deps
proxies: .venv/installed-test ## nginx, HAProxy and Caddy as docs/how-to/reverse-proxy.md sets them up
	PROXIES=1 $(BIN)/pytest -q tests/proxies

proxies-deps: ## Install the three proxies (Debian)
	apt-get update
	apt-get install -y --no-install-recommends caddy haproxy nginx-light openssl

.PHONY: accounts accounts-deps
accounts: .venv/installed-test ## The backend ldap against a real OpenLDAP, as docs/how-to/ldap.md sets it up
	ACCOUNTS=1 $(BIN)/pytest -q tests/accounts

accounts-deps: ## Install OpenLDAP's server (Debian)
	apt-get update
	apt-get install -y --no-install-recommends openssl slapd
