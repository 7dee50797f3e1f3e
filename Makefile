# Set-up and daily commands. `make` alone lists them; README.md explains them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo install test lint bench lock

PYTHON ?= python3
PORT ?= 8000
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# One empty file for each finished step, so that a second run starts at once.
DONE := .venv/done

help: ## list what can be typed
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s%s\n", $$1, $$2}'

demo: install ## install everything, build the demonstration board and its annual report, and serve it (PORT=8000)
	@env -u DATABASE_URL -u REDIS_URL -u EMAIL_URL PORTAL_MODE=demonstration \
		PORTAL_URL=http://127.0.0.1:$(PORT) PYTHONUNBUFFERED=1 python manage.py demo --port $(PORT)

install: $(DONE)/base static/build/css/portal.css .env ## the set-up alone

test: $(DONE)/system-for-tests install $(DONE)/browser ## run every test, on PostgreSQL and Redis where they are (ARGS="tests/boards -x")
	@PORTAL_MODE=test python tests/servers.py $(ARGS)

lint: install $(DONE)/dev ## style, types, floors, templates and security
	ruff check .
	ruff format --check .
	git ls-files '*.py' | xargs django-upgrade --target-version 5.2 --check
	djlint --quiet --lint templates
	lint-imports
	bandit --quiet --configfile pyproject.toml --recursive .
	mypy

bench: install $(DONE)/dev ## measure the report, compiling, importing and booking against the bare minimum, pages with a hundred times the records
	@python bench/report.py
	@python bench/compile.py
	@python bench/booking.py
	@python bench/pages.py

lock: $(DONE)/venv ## write the locks anew after a change of requirements/*.in or package.json (UPGRADE=--upgrade)
	@command -v uv >/dev/null || python -m pip install --quiet uv
	@for name in base dev node; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
			$(UPGRADE) --output-file requirements/$$name.txt requirements/$$name.in || exit 1; done
	npm install --package-lock-only --ignore-scripts

# -- Steps of the set-up ------------------------------------------------------------------------------------------------

$(DONE)/system:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. If there is one beside: make PYTHON=python3.11" >&2; exit 1; }
	@PYTHON=$(PYTHON) .ci/packages portal
	@mkdir -p $(DONE) && touch $@

$(DONE)/system-for-tests: $(DONE)/system
	@PYTHON=$(PYTHON) .ci/packages tests
	@touch $@

$(DONE)/venv: $(DONE)/system
	@echo "Making the virtual environment .venv"
	@$(PYTHON) -m venv .venv
	@touch $@

$(DONE)/base: requirements/base.txt requirements/node.txt $(DONE)/venv
	@echo "Installing what the portal needs (a minute or two)"
	@python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt -r requirements/node.txt
	@touch $@

$(DONE)/dev: requirements/dev.txt $(DONE)/base
	@echo "Installing what the tests and checks need"
	@python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(DONE)/browser: $(DONE)/dev
	@test -x /usr/bin/chromium || python -m playwright install --with-deps --only-shell chromium || \
		{ echo "The tests need a browser. Install Chromium as /usr/bin/chromium and make again." >&2; exit 1; }
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json $(DONE)/base
	@echo "Fetching the styles and the font"
	@npm ci --ignore-scripts --loglevel=error
	@touch $@

static/build/css/portal.css: static/build.js $(shell find static/src -type f) node_modules/.package-lock.json
	@npm run --silent build

.env:
	@echo "# What this checkout is (.env.example explains each variable)." > $@
	@echo "PORTAL_MODE=demonstration" >> $@
