# Everything one does with Segue, as commands. Needs Python 3.11 or newer, nothing else.
#   make run                    start the app
#   make run PORT=8600          start it at another address (the API is at the next port)
#   make test PYTHON=python3.12 use another Python for the virtual environment

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip install --disable-pip-version-check
# One more than there are cores: some tests wait for a browser or a server most of their time.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

# Where it is set, each process compiles each module again: a second for a server.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test pytest test-fast coverage soak demo lint lint-js types components clean
.PHONY: bench bench-order bench-previews bench-rerender bench-start bench-mir bench-real bench-sets bench-sabotage bench-separation bench-stems
.PHONY: bench-groove bench-claims bench-job-list bench-mashups bench-restyle bench-whole-job

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runs ## Start API and app, and print the address
	@$(PY) -m tools.serve $(if $(PORT),--ui-port $(PORT) --api-port $(or $(API_PORT),$(shell expr $(PORT) + 1)))

test: $(VENV)/.tests ## Style, types, layers, and every test but the long ones
	@$(MAKE) --no-print-directory -j3 lint types pytest

pytest:
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-fast: $(VENV)/.tests ## The tests of what you changed, or else the quick unit tests
	@$(PY) -m tools.fast_tests

coverage: $(VENV)/.tests ## All tests with line coverage: build/coverage/index.html
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  --cov=backend --cov=frontend --cov-report=html:build/coverage --cov-report=term:skip-covered $(PYTEST_ARGS)

soak: $(VENV)/.tests ## The long suites: fault loops, four-hour mixes, fuzzing
	@$(PY) -m pytest -q -m soak $(PYTEST_ARGS)

bench: $(VENV)/.tests ## Compare mixing with other tools
	@$(PY) -m bench

bench-order: $(VENV)/.tests ## Compare set ordering with the optimum and with chance
	@$(PY) -m bench.sets.order

bench-rerender: $(VENV)/.tests ## Measure a re-render after changing one join
	@$(PY) -m bench.jobs.rerender $(RERENDER_ARGS)

bench-whole-job: $(VENV)/.tests ## Measure a mixtape in five formats with a film, step by step
	@$(PY) -m bench.jobs.whole_job $(WHOLE_JOB_ARGS)

bench-start: $(VENV)/.tests ## Measure the start of a job's process, forked and not
	@$(PY) -m bench.jobs.process_start $(START_ARGS)

bench-job-list: $(VENV)/.tests ## Measure the list of jobs of a user with 10,000
	@$(PY) -m bench.jobs.job_list $(JOB_LIST_ARGS)

bench-claims: $(VENV)/.tests ## Measure how fast eight workers claim jobs: CLAIMS_ARGS="--url postgresql://…"
	@$(PY) -m bench.jobs.claims $(CLAIMS_ARGS)

bench-previews: $(VENV)/.tests ## Measure the wait for a preview, also while a mix is made
	@$(PY) -m bench.jobs.previews $(PREVIEWS_ARGS)

bench-mir: $(VENV)/.bench ## Compare beats, tempi and keys with librosa and aubio
	@$(PY) -m bench.mir $(MIR_ARGS)

bench-real: $(VENV)/.tests ## Compare beats with other analysers on real tracks: REAL_ARGS="--music FOLDER"
	@$(PY) -m bench.real $(REAL_ARGS)

bench-sets: $(VENV)/.tests ## Render sets of songs with known truth, and measure them
	@$(PY) -m bench.sets $(SETS_ARGS)

bench-sabotage: $(VENV)/.tests ## Blend songs with wrong beat grids; count those that are found
	@$(PY) -m bench.sets.sabotage $(SABOTAGE_ARGS)

bench-groove: $(VENV)/.tests ## Count flams in joins of matching grooves and of random ones
	@$(PY) -m bench.sets.groove $(GROOVE_ARGS)

bench-separation: $(VENV)/.tests ## Compare the draft separator with librosa's HPSS
	@$(PY) -m bench.separation $(SEPARATION_ARGS)

bench-stems: $(VENV)/.tests ## Compare our Demucs separator with its command line
	@$(PY) -m bench.separation.demucs $(STEMS_ARGS)

bench-mashups: $(VENV)/.tests ## Measure mashups of songs with known truth: beats, keys, vibes
	@$(PY) -m bench.mashups $(MASHUPS_ARGS)

bench-restyle: $(VENV)/.tests ## Compare restyled stems with their originals
	@$(PY) -m bench.restyle $(RESTYLE_ARGS)

demo: $(VENV)/.runs ## Compose a crate of songs and mix it into demo/
	@mkdir -p demo
	@$(PY) -m composer --out demo/crate --songs 6 --seconds 90 > demo/crate.txt
	@xargs $(PY) -m backend.app.cli mix --image demo/crate/picture.png --out demo < demo/crate.txt

lint: $(VENV)/.tests ## Style and layers: ruff, import-linter, and eslint where Node is installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory lint-js; \
	  else echo "The widgets' JavaScript was not linted: npm is not installed."; fi

lint-js: frontend/node_modules/.lock ## Style of the widgets' JavaScript: eslint (needs Node)
	@cd frontend && npm run --silent lint

types: $(VENV)/.tests ## Types: mypy --strict
	@$(BIN)/mypy

components: frontend/node_modules/.lock ## Rebuild the app's widgets (needs Node; the bundles are committed)
	cd frontend && npm run build

clean: ## Remove the virtual environment, caches, the bench's songs and the demo; storage/ stays
	rm -rf $(VENV) build demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The stamps say what was installed from which pins, so a second `make run` starts at once.
$(VENV)/.runs: requirements.txt constraints.txt | $(PY)
	@echo "Installing what Segue needs into $(VENV)/: 2.3 GB, once, some minutes."
	@$(PIP) -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt requirements-scale.txt requirements.txt constraints.txt | $(PY)
	@echo "Installing what Segue and its tests need into $(VENV)/: 3 GB, once, some minutes."
	@$(PIP) -r requirements-dev.txt -c constraints.txt
	@touch $@ $(VENV)/.runs

frontend/node_modules/.lock: frontend/package-lock.json
	@command -v npm > /dev/null || { echo "This needs Node.js with npm: see https://nodejs.org" >&2; exit 1; }
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

# aubio comes as source only; newer compilers refuse its pointers unless told not to. Where it
# cannot be built the bench goes without it, and says why.
$(VENV)/.bench: requirements-bench.txt $(VENV)/.tests
	CFLAGS="$(CFLAGS) -Wno-incompatible-pointer-types" $(PY) -m pip install --quiet \
	  -r requirements-bench.txt -c constraints.txt 2> $(VENV)/aubio.txt \
	  || echo "aubio cannot be built here; the rest runs without it (why: $(VENV)/aubio.txt)"
	@touch $@

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Segue needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
