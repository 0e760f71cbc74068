# One virtual environment, .venv, made from the hashed locks. Stamp files make a repeated call instant.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help install demo test check bench profile peers crash fresh soak gallery playground lock clean

ARGS ?=
PYTHONS ?= python3.13 python3.12 python3.11 python3
VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check -qq install
CODE := $(wildcard bot cards manifest tests)
PURE := bot/domain/*,bot/engine/*,bot/circuit.py,cards/*,bot/wechat/crypto.py,bot/wechat/messages.py,bot/wechat/errors.py,bot/teams/words.py,bot/teams/actions.py,bot/teams/clicks.py,bot/teams/doing.py
RENDERER := bot/sim/web/node_modules/.package-lock.json

help: ## this list
	@echo "make TARGET [ARGS='...']   (needs Python 3.11 or newer; everything is installed into .venv)"; echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

install: $(VENV)/.runtime ## the virtual environment with what the service runs on

demo: $(VENV)/.runtime renderer ## both outside worlds simulated, no account needed (ARGS=--script: by itself, then ends)
	$(PYTHON) -m bot demo $(ARGS)

test: $(VENV)/.dev renderer ## the tests (ARGS='-k leave -x -n0'); in CI also: the pure parts are covered to the last branch
	$(PYTHON) -m pytest -n auto $(if $(CI),--cov --cov-report=) $(ARGS)
	@$(if $(CI),mkdir -p build; $(PYTHON) -m coverage report --fail-under=100 --include="$(PURE)" >build/coverage.txt || { cat build/coverage.txt; exit 1; })

check: $(VENV)/.dev ## lint, format, types, architecture
	$(PYTHON) -m ruff check $(CODE)
	$(PYTHON) -m ruff format --check $(CODE)
	$(PYTHON) -m mypy $(CODE)
	$(PYTHON) -m pytest -q tests/test_architecture.py

bench: $(VENV)/.dev ## speed, measured
	$(PYTHON) -m tests.bench $(ARGS)

profile: $(VENV)/.dev ## where one message's microseconds go, each way
	$(PYTHON) -m tests.bench.profile $(ARGS)

peers: $(VENV)/peers/.made ## for make bench: Microsoft's newer kits, in an environment of their own

crash: $(VENV)/.dev ## kill -9 at every point, on both databases, then count what was lost (ARGS="--kills 10000")
	$(PYTHON) -m tests.crash $(ARGS)

fresh: $(VENV)/.dev ## the README's way and the image's recipe, command by command in fresh folders
	$(PYTHON) -m tests.fresh $(ARGS)

soak: $(VENV)/.dev ## 2,000 conversations under load, then too much of it: memory, tasks, answers to WeChat
	$(PYTHON) -m tests.soak $(ARGS)

gallery: $(VENV)/.dev renderer ## every card as a picture
	$(PYTHON) -m tests.gallery $(ARGS)

playground: $(VENV)/.dev tests/playground/node_modules/.package-lock.json ## a day in Microsoft's own local Teams client, as pictures
	$(PYTHON) -m tests.playground $(ARGS)

# uv only writes the locks; nothing here runs with it. Indexes and links that this machine's pip knows stay out of them.
UV := env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(VENV)/uv/bin/uv --no-config pip compile --quiet --universal \
  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras
lock: $(VENV)/.made ## the locks anew from pyproject.toml and package.json (ARGS=--upgrade: to the newest versions)
	$(PIP) --target $(VENV)/uv --upgrade uv
	$(UV) $(ARGS) pyproject.toml --extra build --output-file requirements.lock
	$(UV) $(ARGS) pyproject.toml --extra build --extra dev --constraint requirements.lock --output-file tests/requirements.lock
	$(UV) $(ARGS) tests/bench/peers.in --output-file tests/bench/peers.lock
	cd bot/sim/web && npm install --package-lock-only --ignore-scripts
	cd tests/playground && npm install --package-lock-only --ignore-scripts

clean: ## remove all that was installed or made (data/ stays)
	rm -rf $(VENV) bot/sim/web/node_modules tests/playground/node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@for python in $(PYTHONS); do \
	  if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$($$python --version)."; \
	    $$python -m venv --clear $(VENV) && touch $@; exit; \
	  fi; \
	done; \
	echo "No Python 3.11 or newer with its venv module was found (tried: $(PYTHONS))." >&2; \
	echo "Install one (Debian, Ubuntu: apt install python3 python3-venv) or name it: make PYTHONS=/path/to/python3" >&2; \
	exit 1

# The packages are named so that one that is new since the last install becomes importable.
$(VENV)/.project: $(VENV)/.made requirements.lock pyproject.toml $(wildcard bot/__init__.py cards/__init__.py manifest/__init__.py)
	@echo "Installing requirements.lock."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.runtime: $(VENV)/.project
	@touch $@

$(VENV)/.dev: $(VENV)/.project tests/requirements.lock
	@echo "Installing tests/requirements.lock."
	@$(PIP) --require-hashes -r tests/requirements.lock
	@touch $@

$(VENV)/peers/.made: $(VENV)/.made tests/bench/peers.lock
	@echo "Installing tests/bench/peers.lock."
	@$(PYTHON) -m venv --clear $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r tests/bench/peers.lock
	@touch $@

.PHONY: renderer
renderer:
	@$(MAKE) --no-print-directory --silent $(RENDERER)

$(RENDERER): bot/sim/web/package-lock.json
	@if ! command -v npm >/dev/null 2>&1; then \
	  echo "npm was not found, so the card renderer of the simulated Teams page is left out; everything else works."; \
	elif cd bot/sim/web && npm ci --ignore-scripts --loglevel=error; then \
	  touch node_modules/.package-lock.json; \
	else \
	  echo "npm could not install the card renderer of the simulated Teams page, so it is left out; everything else works."; \
	fi

# For evaluation only, by its licence: nothing that is shipped or tested needs it.
tests/playground/node_modules/.package-lock.json: tests/playground/package-lock.json
	@cd tests/playground && npm ci --ignore-scripts --loglevel=error && touch node_modules/.package-lock.json
