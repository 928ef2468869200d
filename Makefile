# DCGAN Lab: `make lab` sets everything up and opens the first notebook.
# Only what GNU make (3.81 of macOS too) and BSD make have in common is used here.

# Interpreters to try, in this order; `make lab PYTHON=/path/to/python` takes that one.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
BIN = .venv/bin
READY = .venv/ready
SITE = .venv-site
HUB = .venv-hub

.PHONY: help lab test site venv new-venv site-venv hub-venv

help:
	@echo "make lab     set up .venv if needed, then open JupyterLab on the first notebook"
	@echo "             make lab LAB_ARGS=--no-browser   prints the address instead"
	@echo "make test    set up .venv if needed, then run the test suite"
	@echo "             make test TEST_ARGS='tests/test_cli.py -x'   runs a part of it"
	@echo "make site    build the course site for browsers, build/site/index.html; minutes"
	@echo "             the first time; LABKIT_STEPS=20 make site   only looks through it"
	@echo "make venv    only set up: Python 3.11 or newer, about 6 GB on Linux"

lab: venv
	@$(BIN)/python -m labkit lab $(LAB_ARGS)

test: venv
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
	    $(TEST_ARGS)

site: site-venv
	@$(BIN)/python -m labkit.course.site
	@rm -rf build/site-new
	@$(SITE)/bin/python -m sphinx -q -W --keep-going -d build/site-doctrees -E \
	    build/site-source build/site-new
	@rm -rf build/site && mv build/site-new build/site
	@echo "Open build/site/index.html in a browser; it needs no network."

# Sphinx and its many packages stay away from the environment of the students.
site-venv: venv
	@[ "$$(cat $(SITE)/ready 2>/dev/null)" = "$$(pwd -P)" ] || rm -f $(SITE)/ready
	@$(MAKE) -s $(SITE)/ready

$(SITE)/ready: docs/site/requirements.txt
	@rm -f $(SITE)/ready
	@$(BIN)/python -m venv --clear $(SITE)
	$(SITE)/bin/python -m pip install --no-compile -r docs/site/requirements.txt
	@pwd -P > $(SITE)/ready

# JupyterHub and its proxy, for tests/hub only. The pins are all that it needs beside
# .venv, so pip has nothing to look up; the tests put both on one path.
hub-venv: venv
	@$(MAKE) -s $(HUB)/ready

$(HUB)/ready: deploy/one-machine/requirements.txt
	@rm -rf $(HUB)
	$(BIN)/python -m pip install --no-deps --target $(HUB)/site-packages \
	    -r deploy/one-machine/requirements.txt
	npm install --global --no-audit --no-fund --prefix $(HUB)/proxy \
	    configurable-http-proxy@5.1.0
	@touch $(HUB)/ready

# A virtual environment holds absolute paths: in a moved or copied folder it is stale.
venv:
	@[ "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" ] || rm -f $(READY)
	@$(MAKE) -s $(READY)

# Written last: without it the installation is unfinished and starts over; when it is
# older than the pins, pip brings the environment up to date.
$(READY): pyproject.toml constraints.txt
	@[ -f $(READY) ] || $(MAKE) -s new-venv
	@rm -f $(READY)
	$(BIN)/python -m pip install -c constraints.txt setuptools
	$(BIN)/python -m pip install -c constraints.txt --no-build-isolation \
	    -e '.[train,grade,scale,dev]'
	@pwd -P > $(READY)

new-venv:
	@for python in $(PYTHON); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    2>/dev/null || continue; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$$python cannot make virtual environments. On Debian or Ubuntu run:" >&2; \
	    echo "    sudo apt-get install $$("$$python" -c \
	      'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; \
	    exit 1; }; \
	  echo "Making .venv with $$python"; \
	  exec "$$python" -m venv --clear .venv; \
	done; \
	echo "DCGAN Lab needs Python 3.11 or newer; none of these is: $(PYTHON)" >&2; \
	echo "Install one (python.org, brew, apt), or name it: make lab PYTHON=python3.12" >&2; \
	exit 1
