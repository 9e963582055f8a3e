# The two commands of a newcomer: `make run` and `make test`. Both set up .venv first.

PYTHON ?= $(firstword $(foreach v,3.12 3.11 3.13,$(shell python$(v) -c 'import ensurepip, venv; print("python$(v)")' 2>/dev/null)) python3)
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PYTEST_ARGUMENTS ?=

.PHONY: run setup test test-long lint lock check-lock relock benchmarks screens site clean pull push rebuild audit audit-full audit-release diff verify

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

# What CI calls; a pull request with the auditor of its base (docs/ci.md): CHECKOUT is looked at, by
# the code of the checkout that this Makefile lies in. No file of CHECKOUT is run or imported.
CHECKOUT ?= .
REPORTS ?= reports
pull rebuild audit audit-full audit-release diff verify: export PYTHONSAFEPATH = 1

# The dataset from the store: the one of .dvc/config, or STORE_URL's.
pull: setup
	@python -m snakemake_dvc --pull "$(CHECKOUT)"

# To the store what it lacks; with AGAIN="FILE..." these whatever lies there, for that is damaged.
push: setup
	@python -m snakemake_dvc --push $(if $(AGAIN),--again $(AGAIN))

# Where there is no store to pull from: the stand-in is drawn again, and its objects are in DVC's
# cache. Of the real images that cannot be done: who publishes them gives them to nobody's CI.
rebuild: setup
	@grep -q '^dataset: standin' params.yaml || { echo "make $@: params.yaml names the real dataset," \
		"and no store is set up: set ACNE04_STORE_URL (docs/ci.md)" >&2; exit 2; }
	SNAKEMAKE_DVC_STORE=none snakemake --cores all

# The reports go to REPORTS, the job summary also to where GitHub shows it.
reports_of = --markdown "$(REPORTS)/$(1).md" --sarif "$(REPORTS)/$(1).sarif" \
	--junit "$(REPORTS)/$(1).xml" --output "$(REPORTS)/$(1).json"
summary_of = test -z "$$GITHUB_STEP_SUMMARY" || cat "$(REPORTS)/$(1).md" >> "$$GITHUB_STEP_SUMMARY"
audit: LEVEL = quick
audit-full: LEVEL = full
audit audit-full: setup
	@mkdir -p "$(REPORTS)"
	@code=0; acne04 audit --root "$(CHECKOUT)" --level $(LEVEL) $(call reports_of,audit) || \
		code=$$?; $(call summary_of,audit); exit $$code

# What a change does to the dataset, from the commit BASE to this one.
diff: setup
	@mkdir -p "$(REPORTS)"
	@acne04 diff "$$BASE" HEAD --root "$(CHECKOUT)" --markdown "$(REPORTS)/diff.md" \
		--output "$(REPORTS)/diff.json"
	@$(call summary_of,diff)

# The RELEASE that is announced, with TRUSTED_KEY (PEM) and SERIAL, which come from elsewhere. Where
# none is named that is said, and it is an error where one has been made.
announced = if test -z "$$RELEASE"; then \
		for made in releases/*.dvc; do \
			test ! -e "$$made" || { echo "make $@: no RELEASE is named, and $$made says that there" \
				"is one: nothing is checked. Set RELEASE, SERIAL and TRUSTED_KEY (docs/ci.md)." >&2; \
				exit 2; }; \
		done; \
		echo "make $@: no RELEASE is named, and none has been made: nothing is checked"; exit 0; \
	fi; \
	for name in TRUSTED_KEY SERIAL; do \
		eval "test -n \"\$$$$name\"" || { echo "make $@: $$name is not set, and without it release" \
			"$$RELEASE proves nothing (docs/ci.md)" >&2; exit 2; }; \
	done; \
	mkdir -p "$(REPORTS)"; \
	scratch=$$(mktemp -d); place=; trap 'rm -rf "$$scratch" "$$place"' EXIT; \
	key="$$scratch/key.pem"; printf '%s\n' "$$TRUSTED_KEY" > "$$key"

# It alone, and the images that it names.
verify: setup
	@$(announced); \
		code=0; acne04 verify "releases/$$RELEASE" --trusted-key "$$key" \
			--expect-serial "$$SERIAL" --images data/raw $(call reports_of,verify) || code=$$?; \
		$(call summary_of,verify); exit $$code

# It against a checkout of its commit, in a folder beside this one (the store may be a neighbour). At
# level full its documents are validated too, which needs a network, or CONTEXTS.
RELEASE_LEVEL ?= full
CONTEXTS ?=
audit-release: setup
	@$(announced); \
		place=$$(mktemp -d ../acne04-release-XXXXXX) && \
		git -c advice.detachedHead=false clone --quiet --branch "v$$RELEASE" . "$$place" && \
		{ test ! -e .dvc/config.local || cp .dvc/config.local "$$place/.dvc/"; } && \
		ln -s "$(CURDIR)/.dvc/cache" "$$place/.dvc/cache" && \
		(cd "$$place" && python -m snakemake_dvc --pull .) || exit 2; \
		code=0; acne04 audit --root "$$place" --level $(RELEASE_LEVEL) \
			$(if $(CONTEXTS),--contexts "$(CONTEXTS)") --release "releases/$$RELEASE" \
			--trusted-key "$$key" --expect-serial "$$SERIAL" $(call reports_of,release) || code=$$?; \
		$(call summary_of,release); exit $$code

# Resolve the dependencies anew: one version each for Python 3.11 to 3.13, hashes, no addresses.
relock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make relock" --extra workflow --extra release --extra dev pyproject.toml -o requirements.lock

benchmarks: setup
	python benchmarks/run.py

# What a run shows, as pictures in docs/screens; fails where a line is too long.
screens: setup
	python docs/screens.py

# The documentation as a site, in site/: fails where a link leads nowhere. Needs no network.
site: setup
	python docs/reference.py
	NO_MKDOCS_2_WARNING=1 mkdocs build --quiet --clean

# What a run makes again. Not data/, which may be unpushed, nor copies fetched by hand.
clean:
	rm -rf upstream/standin logs site .snakemake .acne04
