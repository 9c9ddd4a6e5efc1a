# The two commands: `make demo` and `make test`. Each does all the set-up it needs.
PYTHON ?= python3
PY := .venv/bin/python
.DEFAULT_GOAL := help
# Some machines ask Python to keep no compiled file: each process would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup:  ## install the environment, the front end and the translations
	@$(PYTHON) tools/bootstrap.py

.PHONY: demo
demo: setup  ## a populated territory on http://127.0.0.1:8000
	@$(PY) -m maillage demo

.PHONY: test
test: setup check  ## every check and every test
	@$(PY) -m tools.run_tests

CHECKS := check-style check-types check-contracts
.PHONY: check $(CHECKS)
check: setup  ## lint, types, architecture, translations, generated reference
	@$(MAKE) --no-print-directory -j 3 $(CHECKS)
	@$(PY) -m tools.catalogues check
	@$(PY) -m tools.reference check
check-style:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet .
check-types:
	@.venv/bin/mypy
check-contracts:
	@.venv/bin/lint-imports --cache-dir var/import-linter > var/contracts.log || { cat var/contracts.log; exit 1; }
	@tail -n 3 var/contracts.log

.PHONY: fix
fix: setup  ## format, sort imports, write no-break spaces, update catalogues and the generated reference
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .
	@$(PY) -m tools.typography fix
	@$(PY) -m tools.catalogues update
	@$(PY) -m tools.reference write

.PHONY: test-engines
test-engines: setup  ## the engines alone, without Django
	@$(PY) -m pytest tests/engines -q -c /dev/null --rootdir=. --confcutdir=tests/engines -p no:django -p no:cacheprovider

.PHONY: test-browser
test-browser: setup  ## the scenarios in a real browser
	@$(PY) -m pytest tests/scenarios -q

.PHONY: test-faults
test-faults: setup  ## servers killed, replaced and stopped under load, on SQLite and PostgreSQL (minutes)
	@$(PY) -m pytest tests/faults -q -m faults

.PHONY: screenshots
screenshots: setup  ## the pictures of docs/screenshots, taken by the scenarios
	@MAILLAGE_SCREENSHOTS=1 $(PY) -m pytest tests/scenarios -q

.PHONY: bench
bench: setup  ## engines beside their peers, JSON in build/bench
	@$(PY) -m bench

.PHONY: wheel
wheel: setup  ## the installable package, front end included, in dist/
	@$(PY) tools/bootstrap.py wheel && ls dist/*.whl

.PHONY: clean
clean:  ## remove what can be rebuilt (never the database)
	rm -rf .venv node_modules build dist var/stamps var/migrated src/maillage/web/static/dist
