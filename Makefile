# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed

.PHONY: demo test test-all lint bench bench-moodle replay-moodle clean

demo: $(STAMP)
	$(BIN)/jobframe demo

# A worker for each processor; the tests of a file stay together.
test: $(STAMP)
	$(BIN)/python -m pytest -q -n auto --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=95

# Everything, the slow and the live ones too (MOODLE_URL and MOODLE_TOKEN name a Moodle).
test-all: lint test bench

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)
	@for file in benchmarks/bench_*.py; do \
	  [ -e "$$file" ] || continue; echo "== $$file"; $(BIN)/python "$$file" || exit 1; \
	done

# How fast a tree gets into Moodle: make bench-moodle URL=... TOKEN=... [SCALE=3]
# [SIZES=1000,5000] [IMPORTER='command that takes a CSV file']; without URL, the sandbox.
# The client library beside which it is measured wants older libraries than ours.
SCALE ?= 3
SIZES ?= 1000,5000
BENCH_VENV = .venv-bench
BENCH_STAMP = $(BENCH_VENV)/.installed

bench-moodle: $(BENCH_STAMP)
	$(BENCH_VENV)/bin/python benchmarks/bench_moodle_write.py $(URL) $(TOKEN) \
	  --scale $(SCALE) --sizes $(SIZES) \
	  --importer-command '$(IMPORTER)'

$(BENCH_STAMP): pyproject.toml
	$(PYTHON) -m venv $(BENCH_VENV) || $(PYTHON) -m virtualenv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --editable '.[bench]'
	@touch $@

# How many recorded exchanges of a real Moodle its sandbox answers alike, and why not all.
replay-moodle: $(STAMP)
	$(BIN)/python -m pytest -q -s tests/adapters/moodle/sandbox/test_replay.py

# A Python without ensurepip (Debian's, without python3-venv) gets pip by virtualenv.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m virtualenv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[dev,postgresql]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) $(BENCH_VENV) build dist .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache
