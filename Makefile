# What a person or a machine starts. A fresh machine needs python3 (3.11 or newer, with venv), make and a package index.

PYTHON ?= python3
PORT ?= 8000
VAR_DIR ?= var
PY := .venv/bin/python
MAKEFLAGS += --no-print-directory

.PHONY: run superuser database test lint checks pytest-sqlite pytest-postgres pytest-browser privacy storm bench soak \
  pictures format lock
.DELETE_ON_ERROR:

# ---- the portal on this machine: a local preview, without TLS and for no public audience ----
SECRET_KEY_FILE ?= $(if $(SECRET_KEY),,$(VAR_DIR)/secret-key)
run superuser: export SECRET_KEY_FILE := $(SECRET_KEY_FILE)
run superuser: export STARKESTELLE_ROLE ?= all
run superuser: export PLAIN_HTTP ?= 1
run superuser: export ALLOWED_HOSTS ?= 127.0.0.1 localhost [::1]
run superuser: export OPERATOR_NAME ?= Vorschau auf diesem Rechner
run superuser: export OPERATOR_ADDRESS ?= kein öffentliches Angebot
run superuser: export OPERATOR_EMAIL ?= vorschau@localhost.example

run: database $(VAR_DIR)/static/staticfiles.json
	@echo "The portal starts. Open http://127.0.0.1:$(PORT)/ in your browser; Ctrl+C stops it."
	@echo "The staff area is http://127.0.0.1:$(PORT)/redaktion/ ('make superuser' creates its first account)."
	@exec $(PY) -m gunicorn --config python:starkestelle.gunicorn_conf --bind 127.0.0.1:$(PORT) --log-level warning \
	  starkestelle.wsgi

superuser: database
	@$(PY) manage.py createsuperuser

database: .venv/runtime $(SECRET_KEY_FILE)
	@echo "Bringing the database up to date …"
	@mkdir -p -m 700 $(VAR_DIR)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py load_directory
	@$(PY) manage.py contact_keys create --if-missing

$(VAR_DIR)/static/staticfiles.json: .venv/runtime starkestelle/settings.py $(shell find static) | $(SECRET_KEY_FILE)
	@echo "Collecting and compressing style sheets, scripts and pictures …"
	@$(PY) manage.py collectstatic --no-input --verbosity 0

$(VAR_DIR)/secret-key:
	@mkdir -p -m 700 $(VAR_DIR)
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))' > $@

# ---- everything that proves the project ----
DJADE = find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2
PRODUCTION = env -i PATH="$$PATH" ALLOWED_HOSTS=portal.example OPERATOR_NAME=Prüfung OPERATOR_ADDRESS=Prüfweg \
  OPERATOR_EMAIL=pruefung@portal.example SECRET_KEY=made-up-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz

test: .venv/dev
	@$(PY) -m tests.browser.chromium
	@echo "Testing, two groups at a time; the output of each group follows when it has ended …"
	@$(MAKE) --jobs=2 --keep-going --output-sync=target pytest-browser lint checks pytest-sqlite pytest-postgres

lint: .venv/dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(DJADE) --check {} +

checks: .venv/dev
	DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations --check --dry-run --settings tests.settings
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && \
	for command in "contact_keys create" "collectstatic --no-input"; do \
	  $(PRODUCTION) VAR_DIR=$$folder STARKESTELLE_ROLE=staff $(PY) manage.py $$command >/dev/null || exit; \
	done && \
	for role in "staff" "public CONTACT_PRIVATE_KEYS_DIR=/nonexistent"; do \
	  echo "check --deploy, role $$role" && \
	  $(PRODUCTION) VAR_DIR=$$folder STARKESTELLE_ROLE=$$role $(PY) manage.py check --deploy --fail-level WARNING || exit; \
	done

pytest-sqlite: .venv/dev
	env -u DATABASE_URL $(PY) -m pytest --numprocesses auto --ignore tests/browser

pytest-postgres: .venv/dev
	$(PY) -m tests.postgres $(PY) -m pytest --numprocesses auto --ignore tests/browser

pytest-browser: .venv/dev
	env -u DATABASE_URL $(PY) -m pytest tests/browser

privacy: .venv/dev
	@env -u DATABASE_URL $(PY) -m tests.privacy
	@$(PY) -m tests.postgres $(PY) -m tests.privacy

# CHEAP_CODES=1 weakens Argon2id, where its full cost would take too long
SUBMISSIONS ?= 10000
STORM = $(PY) -m tests.contact.storm $(SUBMISSIONS) $(if $(CHEAP_CODES),--cheap-codes)
storm: .venv/dev
	@env -u DATABASE_URL $(STORM)
	@$(STORM) --postgresql

bench: .venv/dev
	$(PY) -m tests.benchmarks

MINUTES ?= 60
soak: .venv/dev
	$(PY) -m tests.benchmarks.soak $(MINUTES)

pictures: .venv/dev
	env -u DATABASE_URL $(PY) -m pytest tests/browser/pictures.py

format: .venv/dev
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .
	$(DJADE) {} +

# ---- packages: exactly those of the lock files, checked by their hashes ----
.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This project needs Python 3.11 or newer. If you have one under another name: make PYTHON=python3.12"; exit 1; }
	@echo "Installing the packages that the portal needs into .venv (only when they have changed) …"
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	@echo "Installing the tools for tests into .venv (only when they have changed) …"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

# uv does not read pip's configuration, so it is told which index pip uses.
# 'make lock' keeps the locked versions that still fit; 'make lock UPGRADE=--upgrade' takes the newest.
COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-header --no-annotate $(UPGRADE)
lock: .venv/dev
	@index=$$($(PY) -m pip config list | sed -n "s/.*\.index-url='\(.*\)'/\1/p" | head -n 1); \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	$(COMPILE) pyproject.toml --output-file requirements.txt && \
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt && \
	$(COMPILE) --group pgserver --constraint requirements.txt --output-file requirements-pgserver.txt
