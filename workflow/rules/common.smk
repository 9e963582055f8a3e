"""What all rules share: the sources, the code of a verb, what the bridge to DVC has to know.

Params: dataset.
"""

import dataclasses
import functools
import json
import os
from pathlib import Path

import snakemake_dvc
from acne04.core import parameters
from acne04.core.checkout import PACKAGES, dataset_of
from acne04.core.encoding import utf8_or_end
from acne04.core.sources import (
    SET_ASIDE,
    SET_ASIDE_VARIABLE,
    load_sources,
    pins_of,
    version_here,
)
from acne04.core.variants import with_repeats
from acne04.summary import summary_lines
from snakemake_dvc import git
from snakemake_dvc.tracked import code_of_stages, files_of_stages

utf8_or_end()
parameters.check_or_end(config)

SOURCES = load_sources(Path("workflow/sources.yaml"), config["dataset"])
UPSTREAM = f"upstreams/{config['dataset']}"
PINS = pins_of(config["dataset"], "{source}")


def code(*rooms, schemas, besides=()):
    """One digest of the folders of code and the schemas that decide what a verb does."""
    paths = [f"workflow/acne04/{room}" for room in rooms]
    paths += [f"schemas/{schema}" for schema in schemas]
    return snakemake_dvc.code(*paths, *besides)


def upstream_of_source(wildcards):
    """The stand-in is drawn here; a real upstream lies outside."""
    return "upstream/standin/README.txt" if config["dataset"] == "standin" else []


def version_of_source(wildcards):
    """What a pin belongs to: for the stand-in also how it is drawn."""
    return version_of(wildcards.source)


def version_of(source):
    """The version of a source's pins by the source's name."""
    return version_here(SOURCES[source], lambda: config)


def is_pinned(source):
    """Whether its pins are a file of git's: what is pinned, no rule makes and no option deletes."""
    file = Path(PINS.format(source=source))
    if not file.exists():
        return bool(git.tracked([str(file)]))
    set_aside = SET_ASIDE if os.environ.get(SET_ASIDE_VARIABLE) == "1" else ""
    return f",{version_of(source)}{set_aside}," in file.read_text(encoding="utf-8")


def delivery_of_source(wildcards):
    """What determines the bytes: a change of title must not fetch again."""
    return dataclasses.asdict(SOURCES[wildcards.source].delivery)


def promises_of_source(wildcards):
    """What a delivery is looked through for: one that lacks too much of it is refused."""
    return promises(wildcards.source)


def folder_of_source(wildcards):
    """The folder that DVC tracks; Snakemake sees its listing."""
    return f"data/raw/{wildcards.source}"


def promises(*sources):
    """What the sources promise: a parameter of the stage that checks it."""
    return {source: SOURCES[source].promises for source in sources}


def parameters_of_stage(rule, wildcards, given):
    """What a DVC stage depends on besides the sections of params.yaml that its rule takes."""
    if "parameters" in given:
        return list(config)
    facts = [f"${{dataset}}.{source}.promises" for source in given.get("promises", ())]
    if "delivery" in given:
        # The promises, since a delivery that lacks too much of them is refused.
        source = f"${{dataset}}.{wildcards['source']}"
        facts += [f"{source}.delivery", f"{source}.promises"]
    return [{"workflow/sources.yaml": sorted(facts)}] if facts else []


def files_of_stages_before(wildcards):
    """All that the ledger answers for; the rules say it, so that no stage can be forgotten."""
    return files_of_stages(
        workflow.rules, SETTINGS, {"source": SOURCES}, besides=["record"]
    )


def files_of_stages_shown(wildcards):
    """All that the page tells of."""
    return files_of_stages(
        workflow.rules, SETTINGS, {"source": SOURCES}, besides=["report", "record"]
    )


def sources_after_failure(said):
    """Where a source was not to be had: how it stands with all of them."""
    # Only here: a run that goes well needs no tables.
    from acne04.sources.checklist import lines_after_failure

    return lines_after_failure(config["dataset"], said)


UNPINNED = [source for source in SOURCES if not is_pinned(source)]

MANIFESTS = [
    "data/splits/published.csv",
    "data/splits/published-clean.csv",
    "data/splits/published-matched.csv",
    "data/splits/paper.csv",
    "data/splits/holdout.csv",
    "data/splits/kfold.csv",
]
MANIFESTS += [
    f"data/splits/{name}.csv"
    for name in with_repeats(("holdout", "kfold"), config["split"]["repeats"])[2:]
]


PAGE = "data/report/index.html"
# Where these lie beside the page they are outputs, too: after a change of their number `dvc.yaml`
# is made anew (`make dvc.yaml`).
THUMBNAILS = [
    f"data/report/thumbnails/{number:03}.js"
    for number in range(config["report"]["thumbnail_files"])
]


def page_if_wanted(wildcards):
    """After a partial pull the page is no more missed than the artifacts it shows."""
    return [PAGE] if bridge.is_wanted(PAGE, "report", MANIFESTS) else []


def ledger_if_wanted(wildcards):
    """After a partial pull the ledger is no more missed than the artifacts it lists."""
    ledger = "data/ledger/ledger.json"
    return [ledger] if bridge.is_wanted(ledger, "record", MANIFESTS) else []


# What `dvc plots show` shows, from the tables as they are; the templates count their rows.
PLOTS = [
    {
        "holdout: images of each part by grade": {
            "x": "split",
            "y": {"data/splits/holdout.csv": "grade"},
            "template": "workflow/plots/counts.json",
        }
    },
    {
        "kfold: images of each fold by grade": {
            "x": "fold",
            "y": {"data/splits/kfold.csv": "grade"},
            "template": "workflow/plots/counts.json",
        }
    },
    {
        "paper: images of each origin by grade": {
            "x": "origin",
            "y": {"data/splits/paper.csv": "grade"},
            "template": "workflow/plots/counts.json",
        }
    },
    {
        "lesions of an image, as ACNE04 counts them": {
            "x": "grade",
            "y": {"data/inventory/images.csv": "lesions_v1"},
            "template": "workflow/plots/histogram.json",
        }
    },
    {
        "lesions of an image, as Acne04-v2 counts them": {
            "x": "grade",
            "y": {"data/splits/paper.csv": "lesions_v2"},
            "template": "workflow/plots/histogram.json",
        }
    },
]


SETTINGS = snakemake_dvc.Settings(
    # The ledger needs every other stage, and is no default target after a partial pull.
    targets=("all", "record"),
    outside=("upstream/",),
    parameters=parameters_of_stage,
    templates={f"{UPSTREAM}/": "upstreams/${dataset}/"},
    folders={f"data/raw/{source}": f"data/raw/{source}.csv" for source in SOURCES},
    packages=PACKAGES,
    # `dvc metrics show` makes a column of every figure: few enough for a terminal.
    metrics=("key_figures.json",),
    plots=tuple(PLOTS),
    namespace="dataset",
    namespace_of=dataset_of,
    summary=functools.partial(summary_lines, config["dataset"]),
    after_failure=sources_after_failure,
    state=Path(".acne04"),
)


# The system that all rules are known to run on. The software itself is requirements.lock, in
# .venv, and not in this image: a container run must bind the checkout and put .venv on PATH.
container: "docker://python:3.12-slim-bookworm"


wildcard_constraints:
    source="|".join(SOURCES),
    reader="[a-z]+",
