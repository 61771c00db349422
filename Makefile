# A fresh clone needs Python 3.11 or newer, make and git; every target sets up what it needs.
.DELETE_ON_ERROR:
.PHONY: help demo quick test test-all siege faults soak fuzz coverage docs pictures messages translations hub bench bench-gpu lab check collected format release lock clean

PYTHON ?= python3
# Of tests, at once: one more than there are cores on a small machine, since many of them wait for a
# limit of time or for another program. make test PROCESSES=8 where there are more.
PROCESSES ?= 3
VENV := .venv
READY := $(VENV)/.ready
# alembic and jupyter are run as programs, so the environment's bin must lead PATH.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## this list
	@echo 'The first target that needs it makes $(VENV): 3 GB, a few minutes. CONTRIBUTING.md has the rest.'
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(READY) ## grade a class of seven and show the result: about ten minutes
	grader data
	grader demo

# Short tests that need no sandbox, no Keras and no other program: about a minute on two cores.
quick: $(READY) ## the short tests: about a minute
	pytest --quick --numprocesses 2 --dist worksteal

# Checks first: what they find is found in a minute. Beside them, the data are fetched and every test
# is collected once: each process of tests would else compile all of them.
test: $(READY) ## checks, then all tests but the longest: about 20 minutes
	$(MAKE) --jobs 2 check collected
	pytest --numprocesses $(PROCESSES) --dist loadgroup --durations 10 -m "not long"

# The same, and what takes many minutes more: see the mark `long` in tests/needs.py.
test-all: $(READY) ## all tests: much longer
	$(MAKE) --jobs 2 check collected
	pytest --numprocesses $(PROCESSES) --dist loadgroup --durations 10

# Every attack of docs/security.md and its harmless twin, a row for each; goes on where it was stopped.
# make siege SIEGE="--only 17 daemon" carries out some of them, --again all of them once more.
siege: $(READY)
	python -m tests.attacks.siege $(SIEGE)

# Full disks, kills, locks, lost descriptors at every moment of grading a small class: hours on two
# cores; make faults FAULTS="--moments 12" takes some of them.
faults: $(READY)
	python -m tests.faults $(or $(FAULTS),--moments 1000)

# Inputs that are made up, ten thousand notebooks among them, and what must hold for each of them.
# make fuzz FUZZ="--minutes 5 --seed 3" ends sooner and tries what seed 3 gives.
fuzz: $(READY)
	python -m tests.fuzzing $(FUZZ)

# A thousand submissions, honest and hostile, with grader watch beside: an hour on two idle cores. It
# writes the figures into docs/security.md; make soak SOAK="--submissions 40" is a quick look.
soak: $(READY)
	grader data
	python -m tests.soak --page docs/security.md --plot docs/pictures/soak.png $(SOAK)

# The lines that quick tests reach; what runs in sandboxes and judges is not counted.
coverage: $(READY)
	pytest --quick --numprocesses 2 --dist worksteal --cov --cov-report term:skip-covered

# The documentation as a site, in build/docs; a broken link is an error.
docs: $(READY) ## the documentation as a site in build/docs
	sphinx-build --quiet --fail-on-warning --keep-going -d build/doctrees docs build/docs
	@echo "The site is in build/docs/index.html"

# All that a JupyterHub for the course runs on; docs/jupyterhub.md goes on from here.
hub: $(READY)
	grader data

# The screenshots of docs/pictures.md, so that a change of looks is seen.
pictures: $(READY)
	grader data
	python -m tests.pictures

# docs/messages.md, from the verdicts of all samples that take no minutes; MESSAGES=mnist_998 for one
# exercise's.
messages: $(READY)
	grader data
	python -m tests.messages_page $(MESSAGES)

# Messages that students read, collected from the code into the catalogs of other languages. What is
# new has no translation yet: add it, and the tests pass.
translations: $(READY)
	mkdir -p build
	pybabel --quiet extract --mapping grader/language/babel.cfg --keywords ClaimFailed --keywords FitRefused \
	  --keywords DeclarationRefused \
	  --no-location --sort-output --output build/messages.pot grader
	for catalog in grader/language/catalogs/*.po; do \
	  pybabel --quiet update --input-file build/messages.pot --output-file $$catalog \
	    --locale $$(basename $$catalog .po) --no-fuzzy-matching --ignore-obsolete \
	    --omit-header || exit 1; \
	done

# The same classes graded by nbgrader, Otter-Grader and this grader: hours on two idle cores, and 4 GB
# for the others' packages. make bench BENCH="--cases convolution --repeat 1" is a part of it; what is
# measured is not measured again. See benchmarks/README.md.
bench: $(READY)
	grader data
	python -m benchmarks.classes $(BENCH)

bench-gpu: $(READY)
	grader data
	python -m benchmarks.gpu

# make lab LAB="--port 9000" hands options on to `grader lab`.
lab: $(READY) ## the course in JupyterLab, as an instructor and as a student
	grader data
	grader lab $(LAB)

check: $(READY) ## format, lint and types, without changing files
	ruff format --check
	ruff check
	mypy

collected: $(READY)
	grader data
	mkdir -p build
	pytest --collect-only -qq >build/collected.txt || { tail -n 50 build/collected.txt; exit 1; }

format: $(READY) ## format, and mend what ruff can mend
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
	python -m pip install --quiet --no-compile --require-hashes -r requirements.lock
	python -m pip install --quiet --no-deps --no-build-isolation --editable .
# pip would compile with one core; what is no Python of this version is left as it is, as pip does.
	python -m compileall -q -j 0 $(VENV)/lib || true
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
# The other graders of `make bench`, with the same versions of what they share; Otter-Grader wants an
# earlier wrapt.
	sed -n 's/^\([A-Za-z0-9_.-]*==.*\) \\$$/\1/p' requirements.lock | grep -v '^wrapt==' \
	  >build/lock/constraints.txt
	for peer in nbgrader otter; do \
	  build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --constraint build/lock/constraints.txt \
	    benchmarks/classes/peers/$$peer.in --output-file benchmarks/classes/peers/$$peer.lock || exit 1; \
	done

clean: ## remove the environment, the demo and the lab
	rm -rf $(VENV) build demo lab
