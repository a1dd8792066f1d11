# Every command of the project. Each target makes what it needs: a Python, a virtual environment, the locked
# dependencies. Works with GNU Make 3.81 and newer.
#
#   VENV=DIR         the virtual environment              (.venv)
#   INSTALL=normal   install a built wheel, not editable  (editable)
#   PYTHON=PATH      the interpreter to begin with        (the first usable one)
#   ARGS='...'       more arguments for pytest
#   WORKERS=2        processes that test side by side, a file each     (one; in CI one a processor)
VENV = .venv
INSTALL = editable
WORKERS = $(if $(COCHANGE_CI),auto,0)
BIN = $(VENV)/bin
ROOMS = data models inference reports api
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALLED = $(VENV)/.installed-$(INSTALL)
LOCK_VENV = .cache/lock-venv
TYPES = .cache/types

# Tests keep their compiled code inside the checkout. COCHANGE_CI makes a skipped test a failure.
CACHES = PYTENSOR_FLAGS="base_compiledir=$(CURDIR)/.cache/pytensor" NUMBA_CACHE_DIR="$(CURDIR)/.cache/numba" \
	COCHANGE_CACHE="$(CURDIR)/.cache/machine-code"
PYTEST = $(CACHES) $(if $(COCHANGE_CI),PYTHONPATH=.ci) $(BIN)/pytest $(if $(COCHANGE_CI),-p no_skips) \
	-n $(WORKERS) --dist loadfile

.PHONY: help demo test test-slow browser check lint types layout docs install certificates lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do \
		printf 'make %-10s  %s\n' "$$name" "$$text"; done

demo: $(INSTALLED) ## the main job on a synthetic exercise trial, into runs/demo
	$(BIN)/cochange demo --out runs/demo

test: $(INSTALLED) ## the tests, without the slow ones
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(INSTALLED) ## recovery, coverage and other long checks
	$(PYTEST) -m slow $(ARGS)

browser: ## Chromium and axe-core, for the tests of the report in a browser
	.ci/browser

check: lint types layout ## lint, formatting, types, layout

lint: $(INSTALLED) ## ruff: lint and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy has to see data/ as cochange.data and so on: it reads a tree of links with the installed package's shape.
types: $(INSTALLED) ## mypy over data, models, inference, reports, api
	@rm -rf $(TYPES) && mkdir -p $(TYPES)/cochange
	@ln -s $(addprefix $(CURDIR)/,$(filter-out %/__pycache__,$(wildcard api/*))) $(TYPES)/cochange/
	@ln -s $(addprefix $(CURDIR)/,$(filter-out api,$(ROOMS))) $(TYPES)/cochange/
	MYPYPATH=$(TYPES) $(BIN)/mypy --package cochange

layout: $(INSTALLED) ## tests of the house itself: imports, packages, wheel
	$(PYTEST) tests/test_layout.py

docs: $(INSTALLED) ## write what the documentation takes from the code, and build the site into site/
	$(BIN)/python docs/building/write.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@echo "site/index.html"

install: $(INSTALLED) ## only the set-up

$(VENV)/.dependencies: requirements.lock
	@python=$$(PYTHON="$(PYTHON)" .ci/find-python) || exit 1; \
	echo "Making $(VENV) with $$python"; \
	"$$python" -m venv --clear $(VENV)
	@echo "Installing the locked dependencies"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@touch $@

$(VENV)/.installed-editable: $(VENV)/.dependencies pyproject.toml
	@echo "Installing cochange, editable"
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# Built from a copy, so that no build folder is left in the checkout.
$(VENV)/.installed-normal: $(VENV)/.dependencies pyproject.toml $(foreach room,$(ROOMS),$(wildcard $(room)/* $(room)/*/* $(room)/*/*/*))
	@echo "Installing cochange from a built wheel"
	@rm -rf $(VENV)/source $(VENV)/wheel && mkdir -p $(VENV)/source
	@cp -R pyproject.toml MANIFEST.in README.md LICENSE $(ROOMS) $(VENV)/source/
	@$(PIP) wheel --no-index --no-deps --no-build-isolation --wheel-dir $(VENV)/wheel $(VENV)/source
	@$(PIP) install --no-index --no-deps --force-reinstall $(VENV)/wheel/*.whl
	@rm -rf $(VENV)/source
	@touch $@

certificates: $(INSTALLED) ## calibrate the shipped models again (minutes to hours), kept with the package
	$(CACHES) $(BIN)/python -m cochange.certifying --work runs/certificates $(ARGS)

lock: ## resolve requirements.lock again (LOCK_ARGS=--upgrade for newer versions)
	@python=$$(PYTHON="$(PYTHON)" .ci/find-python) || exit 1; "$$python" -m venv $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python -m pip --disable-pip-version-check --quiet install uv
	UV_PYTHON_DOWNLOADS=never $(LOCK_VENV)/bin/uv --no-config pip compile --quiet $(LOCK_ARGS) \
		--universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--group dev --group docs --output-file requirements.lock pyproject.toml

clean: ## remove the virtual environment, caches and builds; runs/ stays
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache build dist site *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
