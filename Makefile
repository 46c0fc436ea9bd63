# Every target sets itself up: `make demo` and `make test` are all a fresh clone needs.
# Kept to GNU make 3.81 and POSIX sh. Another Python: `make PY=/path/to/python VENV=.venv-other test`.

SHELL = /bin/sh
VENV  = .venv
BIN   = $(VENV)/bin
READY = $(VENV)/.ready
TESTS =

unexport PYTHONPATH PYTHONHOME
export PIP_DISABLE_PIP_VERSION_CHECK = 1

PYTHONS = 3.11 3.12 3.13 3.14
COMPILE = $(BIN)/uv --quiet --no-config pip compile pyproject.toml --universal --python-version 3.11 \
          --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

.PHONY: help demo test e2e check format lint types floors coverage pythons bench lock vocabulary prices \
        reference docs wheel clean
.NOTPARALLEL:

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# -------------------------------------------------------------------------------- the environment
$(VENV)/.locked: requirements-dev.txt
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  py=$$(PY="$(PY)" sh tools/find-python) || exit 1; \
	  echo "==> Making $(VENV) with $$py"; "$$py" -m venv --clear $(VENV); }
	@echo "==> Installing the locked requirements into $(VENV)"
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements-dev.txt
	@touch $@

$(READY): $(VENV)/.locked pyproject.toml
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src # as pip does for what it copies: a start must not wait for the compiler
	@touch $@

# ------------------------------------------------------------------------------------- to look at
demo: $(READY) ## Show what fills the window of a bundled real session
	@$(BIN)/brimline demo

# ------------------------------------------------------------------------------------ to rely upon
test: $(READY) ## Run everything deterministic (minutes); TESTS=path for a part
	@echo "==> Testing on $$($(BIN)/python --version)"
	@$(BIN)/python -m pytest $(TESTS)

e2e: $(READY) ## Run real clients, servers, installs and load; says what it skips
	@echo "==> End to end on $$($(BIN)/python --version)"
	@$(BIN)/python -m pytest -m e2e $(TESTS) || { \
	  code=$$?; [ $$code -eq 5 ] && echo "No end-to-end test is there to run."; [ $$code -eq 5 ]; }

check: format lint types floors coverage pythons ## Everything a change must pass, on every Python found

format: $(READY)
	@echo "==> Format"
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff --quiet .; exit 1; }

lint: $(READY)
	@echo "==> Lint"
	@$(BIN)/ruff check --quiet .

types: $(READY)
	@echo "==> Types"
	@$(BIN)/mypy
	@$(BIN)/basedpyright

floors: $(READY)
	@echo "==> Floors"
	@$(BIN)/lint-imports --no-logo

coverage: $(READY)
	@echo "==> Testing with coverage on $$($(BIN)/python --version)"
	@$(BIN)/python -m pytest -m "not e2e and not timing" --cov --cov-report=term $(TESTS)
	@$(BIN)/python -m pytest -m timing

pythons: $(READY)
	@mine=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	for minor in $(PYTHONS); do \
	  [ "$$minor" = "$$mine" ] && continue; \
	  py=$$(sh tools/find-python --each | sed -n "s/^$$minor //p"); \
	  if [ -z "$$py" ]; then echo "==> Python $$minor was not found here, so nothing was tested on it"; continue; fi; \
	  $(MAKE) --no-print-directory VENV=.venv-$$minor PY="$$py" test || exit 1; \
	done

bench: $(READY) ## Measure, and write docs/benchmarks.md
	@$(BIN)/python -m bench

# ------------------------------------------------------------------------------------ to make anew
lock: $(READY) ## Resolve the hash-locked requirements (UPGRADE=--upgrade for newer releases)
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

vocabulary: ## Compile the token vocabularies (with a Python >= 3.12, which their source needs)
	@set -- $$(sh tools/find-python --each | sed -n '/^3\.1[2-9] /{p;q;}'); \
	[ $$# -eq 2 ] || { echo "make vocabulary needs Python 3.12 or newer: install one or name it with PY=." >&2; exit 1; }; \
	$(MAKE) --no-print-directory VENV=.venv-$$1 PY="$$2" .venv-$$1/.ready && .venv-$$1/bin/python tools/compile_vocabulary.py

prices: $(READY) ## Generate the dated price table
	@$(BIN)/python tools/generate_prices.py

reference: $(READY) ## Generate docs/reference from the commands and schemas
	@$(BIN)/python tools/generate_reference.py

docs: reference ## Write what the commands of README and docs print anew
	@$(BIN)/python tools/examples.py

wheel: $(READY) ## Build the wheel into dist/
	@$(BIN)/python -m hatchling build --target wheel

clean: ## Remove environments, builds and caches
	rm -rf .venv .venv-* dist build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
