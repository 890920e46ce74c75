PYTHON ?= python3
PORT ?= 8000
PIP = .venv/bin/python -m pip install -qq  # says nothing but errors
TOOLS = checks/tools
LOCK = .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"  # no registry's name in the files

.PHONY: run test check lock bench fuzz load traces engines html rules heard lighthouse screenshots length image update analyze help

run: .venv/run.stamp  ## the app, on http://127.0.0.1:8000/ (or PORT=…)
	PORT=$(PORT) .venv/bin/python app.py

test: .venv/dev.stamp  ## all tests; some of them: make test ARGS="-k words"
	.venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)  # keeps the slow browser tests first

check: .venv/dev.stamp $(TOOLS)/node_modules/.stamp  ## lint, format, types, spelling, script and style; needs npm
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/codespell
	$(TOOLS)/node_modules/.bin/eslint --config $(TOOLS)/eslint.config.mjs --max-warnings 0 templates/script.js
	$(TOOLS)/node_modules/.bin/tsc --allowJs --checkJs --noEmit --skipLibCheck --target es2018 \
		--lib dom,dom.iterable,es2017 $(TOOLS)/script.d.ts templates/script.js  # knows the browsers of January 2018
	$(TOOLS)/node_modules/.bin/stylelint --config $(TOOLS)/stylelint.config.mjs templates/*.css

bench: .venv/dev.stamp  ## times on a slow phone; time and memory on the server
	.venv/bin/python -m checks.bench

fuzz: .venv/dev.stamp  ## 20,000 hostile requests to the real server; the answers by status
	.venv/bin/python -m tests.kit.fuzz

load: .venv/dev.stamp  ## nginx and two instances: cost of a request, stalled readers, one killed in 5,000 requests
	.venv/bin/python -m checks.load

traces: .venv/dev.stamp  ## what real browsers keep of the answers, in some 90 journeys (half an hour)
	.venv/bin/python -m checks.traces $(ARGS)

engines: .venv/dev.stamp  ## the pages in Chromium from 2018 on, WebKit, lynx and w3m (half an hour); needs npm
	node $(TOOLS)/old-chromium.mjs 64 80 84 106
	.venv/bin/python -m pytest checks/engines $(ARGS)

html: .venv/dev.stamp $(TOOLS)/node_modules/.stamp  ## the Nu HTML checker on every page, guidance and error; needs java
	.venv/bin/python -m checks.html

rules: .venv/dev.stamp $(TOOLS)/node_modules/.stamp  ## IBM Equal Access and HTML CodeSniffer on every page and state
	.venv/bin/python -m checks.rules

heard: .venv/dev.stamp  ## what a screen reader says in the main journeys; needs Orca, it says what else
	.venv/bin/python -m checks.heard $(ARGS)

lighthouse: .venv/dev.stamp $(TOOLS)/node_modules/.stamp  ## Lighthouse on start, questions and guidance
	.venv/bin/python -m checks.lighthouse

screenshots: .venv/dev.stamp  ## every page and state, into screenshots/
	.venv/bin/python -m checks.screenshots

length: .venv/dev.stamp  ## how long the guidance is, in words and in phone screens
	.venv/bin/python -m checks.length

lock: | .venv/bin/pip  ## the newest versions of everything into requirements*.txt
	$(PIP) uv
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

image: .venv/run.stamp  ## build the container image, run it read-only, end it; needs root and podman
	checks/image.sh

update: .venv/dev.stamp  ## an update while readers have forms open: what they get (REF=… from another version)
	.venv/bin/python -m checks.update $(REF)

analyze: $(TOOLS)/.venv/.stamp  ## what analyzers of nginx and Kubernetes files say of deploy/
	checks/analyze.sh

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

.venv/run.stamp: requirements.txt | .venv/bin/pip
	$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/pip
	$(PIP) --no-compile -r requirements-dev.txt
	@touch $@

$(TOOLS)/node_modules/.stamp: $(TOOLS)/package.json
	cd $(TOOLS) && npm install --silent
	@touch $@

$(TOOLS)/.venv/.stamp: $(TOOLS)/requirements.txt
	$(PYTHON) -m venv $(TOOLS)/.venv
	$(TOOLS)/.venv/bin/python -m pip install -qq -r $<
	@touch $@

.venv/bin/pip:
	$(PYTHON) -m venv .venv
