# make run     serve the demo county, or your own, on http://127.0.0.1:8000
# make test    all tests, on every core      make test ARGS="tests/geodata -k datum"
# make check   style, types, import contracts
# make bench   the figures that are promised  make bench ARGS="load --seconds 600"
# make lock    compile requirements.txt and package-lock.json anew
# make clean   take away all that make made; instance/, your data, stays
#
# Another Python beside the first: make test PYTHON=python3.12 VENV=.venv312

PYTHON = python3
VENV = .venv
HOST = 127.0.0.1
PORT = 8000
WORKERS = 2
ARGS =

# So that a worker gives back the memory of large answers: a quarter less of it, for a few per cent of time. Its
# threads share one heap, as one of them at a time runs Python anyway.
MEMORY = MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4194304 MALLOC_TRIM_THRESHOLD_=4194304

BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed
# The same npm for everyone: the one from PyPI, first on the path so that it finds its own node.
NPM = PATH="$(abspath $(BIN)):$$PATH" npm
READY = $(INSTALLED) static/vendor/icons.svg
LIGHTHOUSE = benchmarks/browser/node_modules/.installed

export FLASK_APP = app.py
export PYTHONUTF8 = 1

.DELETE_ON_ERROR:
.PHONY: run demo test check format bench lock clean

run: $(READY) demo
	@$(BIN)/python -c 'import socket; socket.create_server(("$(HOST)", $(PORT))).close()' 2>/dev/null || \
		{ echo "Port $(PORT) of $(HOST) cannot be had; choose another: make run PORT=8001"; exit 1; }
	@echo "Yizhan: http://$(HOST):$(PORT)/ finds a station, http://$(HOST):$(PORT)/planning shows coverage. Ctrl-C stops it."
	@exec env $(MEMORY) $(BIN)/granian --interface wsgi --factory --host $(HOST) --port $(PORT) \
		--workers $(WORKERS) --blocking-threads 4 --respawn-failed-workers --workers-kill-timeout 2 \
		--http 1 --no-ws --http1-header-read-timeout 15000 --http1-buffer-size 65536 \
		--log-level warning --no-access-log app:create_app

# The made-up county, unless there is an atlas already, or the environment names one.
demo: $(READY)
ifndef YIZHAN_ATLAS
	@test -e instance/atlas/atlas.json || { echo "Building the demo county ..."; $(BIN)/flask demo build; }
endif

test: $(READY)
	$(BIN)/pytest -q -n auto --maxprocesses 8 --dist worksteal $(ARGS)

check: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: $(READY) $(LIGHTHOUSE)
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(INSTALLED)
	$(BIN)/pip install --quiet --target build/lock uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-annotate --generate-hashes \
		--custom-compile-command "make lock" $(ARGS) pyproject.toml --output-file requirements.txt
	$(NPM) install --package-lock-only --ignore-scripts
	cd benchmarks/browser && $(NPM) install --package-lock-only --ignore-scripts

clean:
	rm -rf .venv* build node_modules benchmarks/browser/node_modules static/vendor* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Yizhan needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@test -x $(BIN)/pip || { echo "Making $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing Python packages ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --requirement requirements.txt
	@touch $@

node_modules/.installed: package.json package-lock.json | $(INSTALLED)
	@echo "Installing browser packages ..."
	@$(NPM) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(LIGHTHOUSE): benchmarks/browser/package.json benchmarks/browser/package-lock.json | $(INSTALLED)
	@echo "Installing what measures pages ..."
	@cd $(dir $<) && $(NPM) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

static/vendor/icons.svg: node_modules/.installed tools/vendor.py $(wildcard static/icons.txt) $(shell find stations -name '*.toml')
	@$(BIN)/python tools/vendor.py
