# The two commands of a newcomer: `make run` and `make test`. Both set up .venv first.

PYTHON ?= $(firstword $(foreach v,3.12 3.11 3.13,$(shell python$(v) -c 'import ensurepip, venv; print("python$(v)")' 2>/dev/null)) python3)
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PYTEST_ARGUMENTS ?=

.PHONY: run setup test test-long lint lock check-lock relock benchmarks screens clean pull audit audit-full diff verify

run: setup
	snakemake --cores all

setup: $(VENV)/ready

# Everything from the one lock, by hash. The build tools of our own package are in it, too.
$(VENV)/ready: requirements.lock pyproject.toml snakemake_dvc/pyproject.toml upstreams/standin/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index \
		-e . -e ./snakemake_dvc -e ./upstreams/standin
	touch $@

test: setup lint
	pytest -n auto --dist worksteal -m "not long" $(PYTEST_ARGUMENTS)

test-long: setup
	pytest -m long $(PYTEST_ARGUMENTS)

lint: setup
	ruff check --quiet .
	ruff format --quiet --check .
	mypy --no-error-summary
	snakefmt --check Snakefile workflow/rules
	snakemake --lint
	python -m snakemake_dvc --check

dvc.yaml: setup $(wildcard workflow/rules/*.smk) Snakefile
	python -m snakemake_dvc

# Run, and stage what the run recorded: dvc.lock, snakemake.lock and new pins.
lock: setup
	python -m snakemake_dvc
	snakemake --cores all
	git add dvc.yaml dvc.lock snakemake.lock upstreams

# In CI: a run from nothing must give the committed locks, byte for byte.
check-lock: setup
	python -m snakemake_dvc --reproduced

# The dataset from the store: the one of .dvc/config, or STORE_URL's.
pull: setup
	@test -z "$$STORE_URL" || dvc remote modify --local store url "$$STORE_URL"
	@dvc pull --quiet || { echo "make pull: the store cannot be read. Set STORE_URL, and what its" \
		"server wants (docs/ci.md); a pull request from a fork has no secrets." >&2; exit 2; }

# What CI calls. The reports go to reports/, the job summary also to where GitHub shows it.
reports_of = --markdown reports/$(1).md --sarif reports/$(1).sarif --junit reports/$(1).xml \
	--json reports/$(1).json
summary_of = test -z "$$GITHUB_STEP_SUMMARY" || cat reports/$(1).md >> "$$GITHUB_STEP_SUMMARY"
audit: LEVEL = quick
audit-full: LEVEL = full
audit audit-full: setup
	@mkdir -p reports
	@code=0; acne04 audit --level $(LEVEL) $(call reports_of,audit) || code=$$?; \
		$(call summary_of,audit); exit $$code

# What a change does to the dataset, from the commit BASE to this one.
diff: setup
	@mkdir -p reports
	@acne04 diff "$$BASE" HEAD --markdown reports/diff.md --json reports/diff.json
	@$(call summary_of,diff)

# The RELEASE that is announced, with TRUSTED_KEY (PEM) and SERIAL, which come from elsewhere.
verify: setup
	@mkdir -p reports
	@test -n "$$RELEASE" || { echo "make verify: no RELEASE is named, so none is verified"; exit 0; }; \
		key=$$(mktemp); trap 'rm -f "$$key"' EXIT; printf '%s\n' "$$TRUSTED_KEY" > "$$key"; \
		code=0; acne04 verify "releases/$$RELEASE" --trusted-key "$$key" \
			--expect-serial "$$SERIAL" --images data/raw $(call reports_of,verify) || code=$$?; \
		$(call summary_of,verify); exit $$code

# Resolve the dependencies anew: one version each for Python 3.11 to 3.13, hashes, no addresses.
relock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make relock" --extra workflow --extra release --extra dev pyproject.toml -o requirements.lock

benchmarks: setup
	python benchmarks/run.py

# What a run shows, as pictures in docs/screens; fails where a line is too long.
screens: setup
	python docs/screens.py

# What a run makes again. Not data/, which may be unpushed, nor copies fetched by hand.
clean:
	rm -rf upstream/standin logs .snakemake .acne04
