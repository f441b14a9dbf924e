# Everything one does with Segue, as commands. Needs Python 3.11 or newer, nothing else.
#   make run                    start the app
#   make test PYTHON=python3.12 use another Python for the virtual environment

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# One more than there are cores: some tests wait for a browser or a server most of their time.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test soak demo lint types components clean
.PHONY: bench bench-order bench-rerender bench-mir bench-sets bench-separation bench-stems
.PHONY: bench-mashups bench-restyle

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runs ## Start API and app, and print the address
	@$(PY) -m tools.serve

test: $(VENV)/.tests lint types ## Style, types, layers, then every test but the long ones
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

soak: $(VENV)/.tests ## The long suites: fault loops, four-hour mixes, fuzzing
	@$(PY) -m pytest -q -m soak $(PYTEST_ARGS)

bench: $(VENV)/.tests ## Measure the mix against the limit and its peers
	@$(PY) -m bench

bench-order: $(VENV)/.tests ## Measure the order of sets against the best there is, and chance
	@$(PY) -m bench.order

bench-rerender: $(VENV)/.tests ## What it costs to change one join of a finished set
	@$(PY) -m bench.rerender $(RERENDER_ARGS)

bench-mir: $(VENV)/.bench ## Beats, tempi and keys beside librosa's and aubio's
	@$(PY) -m bench.mir $(MIR_ARGS)

bench-sets: $(VENV)/.tests ## Mix sets of songs whose truth is known, and measure the mixes
	@$(PY) -m bench.sets $(SETS_ARGS)

bench-separation: $(VENV)/.tests ## The draft's stems beside the mixture and librosa's HPSS
	@$(PY) -m bench.separation $(SEPARATION_ARGS)

bench-stems: $(VENV)/.tests ## Demucs behind our port beside its own command line
	@$(PY) -m bench.stems $(STEMS_ARGS)

bench-mashups: $(VENV)/.tests ## Mashups of songs whose truth is known: beats, keys, vibes
	@$(PY) -m bench.mashups $(MASHUPS_ARGS)

bench-restyle: $(VENV)/.tests ## Re-played stems held against the stems they follow
	@$(PY) -m bench.restyle $(RESTYLE_ARGS)

demo: $(VENV)/.runs ## Compose a crate of songs and mix it into demo/
	@mkdir -p demo
	@$(PY) -m composer --out demo/crate --songs 6 --seconds 90 > demo/crate.txt
	@xargs $(PY) -m backend.app.cli mix --image demo/crate/picture.png --out demo < demo/crate.txt

lint: $(VENV)/.tests ## Style and layers: ruff and import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(VENV)/.tests ## Types: mypy --strict
	@$(BIN)/mypy

components: ## Rebuild the app's widgets (needs Node; the bundles are committed)
	cd frontend && npm ci && npm run build

clean: ## Remove the virtual environment, caches, the bench's songs and the demo; storage/ stays
	rm -rf $(VENV) build demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The stamps say what was installed from which pins, so a second `make run` starts at once.
$(VENV)/.runs: requirements.txt constraints.txt | $(PY)
	$(PY) -m pip install --quiet -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt requirements.txt constraints.txt | $(PY)
	$(PY) -m pip install --quiet -r requirements-dev.txt -c constraints.txt
	@touch $@ $(VENV)/.runs

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
