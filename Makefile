# Two commands on a fresh machine: `make run` and `make test`. Python 3.11, git and make are enough.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS = 1

.PHONY: run test check format docs site study mutation guards kills lowest bench constraints clean

run: $(VENV)/ready ## set up, and run the flagship scenario
	$(BIN)/cluster-risk run scenarios/cambridgeshire-2010.toml --out results/cambridgeshire-2010 --replace

test: $(VENV)/ready check ## set up, and run every check
	$(BIN)/pytest -n 2 --dist worksteal

check: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	! grep -nE 'https?://|file:' constraints.txt

format: $(VENV)/ready ## put the code in the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/ready ## write anew what pages show: output of commands, charts, tables, the picture of the flow
	$(BIN)/python docs/write_pages.py
	$(BIN)/python docs/write_tables.py
	$(BIN)/python docs/write_keys.py
	$(BIN)/python docs/draw_flow.py
	$(BIN)/python docs/write_validation.py
	$(BIN)/python docs/write_history_example.py

site: $(VENV)/ready ## the pages as a site, site/index.html, and the man page, site/man/cluster-risk.1
	$(BIN)/sphinx-build -q -W -b html -d .doctrees docs site
	$(BIN)/sphinx-build -q -W -b man -d .doctrees docs site/man

study: $(VENV)/ready ## studies that take minutes: coverage of intervals
	$(BIN)/python docs/write_interval_coverage.py

mutation: $(VENV)/ready ## mistakes made on purpose, and how many no test sees: half an hour
	$(BIN)/uv pip install -q --python $(BIN)/python cosmic-ray pytest-cov
	$(BIN)/python -m benchmarks.mutation 300

guards: $(VENV)/ready ## each guard against rough treatment taken out, and a test that fails: a quarter of an hour
	$(BIN)/python -m benchmarks.guards

kills: $(VENV)/ready ## 200 processes killed at random moments: a quarter of an hour
	$(BIN)/python benchmarks/kills.py 200

lowest: $(VENV)/ready ## documents and charts at the lowest versions that pyproject.toml allows
	$(BIN)/uv venv -q --clear .lowest
	$(BIN)/uv pip install -q --python .lowest/bin/python --resolution lowest-direct .
	.lowest/bin/cluster-risk report scenarios/two-clusters.toml --contracts 400 --out .lowest/report
	.lowest/bin/cluster-risk chart scenarios/two-clusters.toml all --contracts 400 --out .lowest/charts
	.lowest/bin/cluster-risk run scenarios/cambridgeshire-2010.toml --contracts 400 --out .lowest/result

# Peers have an environment of their own, without our pins: monaco wants an older psutil than others do. One that
# cannot be installed is said to be missing.
bench: $(VENV)/ready ## measure against peers and limits, side by side: some 15 minutes
	$(BIN)/uv venv -q --clear .bench
	$(BIN)/uv pip install -q --python .bench/bin/python '.[bench]' \
	  || for peer in aggregate gemact monaco; do $(BIN)/uv pip install -q --python .bench/bin/python $$peer || true; done
	$(BIN)/python -m benchmarks.run

constraints: $(VENV)/ready ## pin the newest versions
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --universal --extra lab --extra docs --extra dask --extra dev --no-annotate --no-header --upgrade -o constraints.txt

# uv is quicker; pip alone does as well.
$(VENV)/ready: pyproject.toml constraints.txt
	command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	( $(BIN)/python -m pip install -q uv && $(BIN)/uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[dev]' ) \
	  || $(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .lowest .bench .doctrees site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
