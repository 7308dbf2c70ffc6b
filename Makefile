# make demo    install, run a published case and a scene of known truth, print where the pictures are
# make test    the fast suite          make test-all   with the slow tests
# make lint    style and types         make docs       the documentation as a site, in build/docs
# make bench   the benchmarks behind the figures in docs/
# make lock    resolve the lock files  make clean      remove what make made
#
# Needs only make and Python 3.11 or newer. PYTHON=/path/to/python chooses another one.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test test-all lint docs bench lock clean

# The newest that is new enough and really runs: a shim on PATH may exist and still fail.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  if "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo "$$p"; break; fi; done)
VENV ?= .venv
BIN := $(VENV)/bin
# pip would compile on one core what it installed; what can't be compiled is no harm.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
COMPILE := -@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib
ITSELF := $(PIP) --no-deps --no-build-isolation -e .

help:
	@sed -n '1,7s/^# \{0,1\}//p' Makefile

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: no working Python 3.11 or newer with venv found; PYTHON=/path/to/python chooses one" >&2; exit 1; }
	"$(PYTHON)" -m venv "$(VENV)"

$(VENV)/.base: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(COMPILE)
	$(ITSELF)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements-dev.lock
	$(COMPILE)
	$(ITSELF)
	@touch $(VENV)/.base $@

install: $(VENV)/.base

install-dev: $(VENV)/.dev

demo: $(VENV)/.base
	$(BIN)/noonmark demo --out demo-out --force

# Files of tests side by side on all cores; one thread per numeric library, so that they don't fight.
TEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile

test: $(VENV)/.dev
	$(TEST) -m "not slow"

test-all: $(VENV)/.dev
	$(TEST)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Strict: a broken link or docstring is an error. Nothing is fetched.
docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# pip-tools lives in an environment of its own, so that its needs never enter the lock.
# LOCK="--rebuild" forgets cached hashes, LOCK="--upgrade" moves to the newest versions.
lock: | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(VENV)/lock/bin/python builders/lock.py $(LOCK)

clean:
	rm -rf "$(VENV)" demo-out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
