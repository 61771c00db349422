# A fresh clone needs Python 3.11 or newer, make and git; every target sets up what it needs.
.DELETE_ON_ERROR:
.PHONY: demo test hub bench-gpu lab check format release lock clean

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
# alembic and jupyter are run as programs, so the environment's bin must lead PATH.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

demo: $(READY)
	grader data
	grader demo

test: $(READY)
	grader data
	pytest --numprocesses 2 --dist loadgroup --durations 10

# All that a JupyterHub for the course runs on; docs/jupyterhub.md goes on from here.
hub: $(READY)
	grader data

bench-gpu: $(READY)
	grader data
	python -m benchmarks.gpu

# make lab LAB="--port 9000" hands options on to `grader lab`.
lab: $(READY)
	grader data
	grader lab $(LAB)

check: $(READY)
	ruff format --check
	ruff check
	mypy

format: $(READY)
	ruff format
	ruff check --fix

release: $(READY)
	grader release

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$$($(PYTHON) --version) found, Python 3.11 or newer needed: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments: install python3-venv" >&2; exit 1; }
	@setup/debian-packages
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the course's packages into $(VENV) (about 3 GB, a few minutes the first time) ..."
	python -m pip install --quiet --require-hashes -r requirements.lock
	python -m pip install --quiet --no-deps --no-build-isolation --editable .
	grader kernel
# Makes matplotlib's list of this machine's fonts; a sandbox gets a copy of it, and would otherwise
# spend a second on its own each time.
	python -c 'import matplotlib.font_manager'
	touch $@

# Pins for every Python and platform at once; hashes, but no addresses.
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --all-extras --upgrade \
	  pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) build demo lab
