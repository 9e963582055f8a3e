"""What all rules share: the sources, the code of a verb, and the bridge to DVC.

Params: dataset.
"""

import dataclasses
import json
from pathlib import Path

from snakemake_dvc import needed
from snakemake_dvc import run as bridge
from snakemake_dvc.code import code_files as code
from snakemake_dvc.tracked import files_of_stages
from acne04.core.sources import load_sources

SOURCES = load_sources(Path("workflow/sources.yaml"), config["dataset"])


PINS = f"upstreams/{config['dataset']}/pins/{{source}}.csv"


def upstream_of_source(wildcards):
    """The stand-in is drawn here; a real upstream lies outside."""
    return "upstream/standin/README.txt" if config["dataset"] == "standin" else []


def version_of_source(wildcards):
    """What a pin belongs to: for the stand-in also how it is drawn."""
    return version_of(wildcards.source)


def version_of(source):
    """The version of a source's pins by the source's name."""
    version = SOURCES[source].delivery.version
    knobs = " ".join(f"{name}={value}" for name, value in config["standin"].items())
    return f"{version} {knobs}" if config["dataset"] == "standin" else version


def delivery_of_source(wildcards):
    """What determines the bytes: a change of title must not fetch again."""
    return dataclasses.asdict(SOURCES[wildcards.source].delivery)


def folder_of_source(wildcards):
    """The folder that DVC tracks; Snakemake sees its listing."""
    return f"data/raw/{wildcards.source}"


def promises(*sources):
    """What the sources promise: a parameter of the stage that checks it."""
    return {source: SOURCES[source].promises for source in sources}


def files_of_stages_before(wildcards):
    """All that the ledger answers for; the rules say it, so that no stage can be forgotten."""
    return files_of_stages(workflow.rules, SOURCES, besides="record")


MANIFESTS = [
    "data/splits/published.csv",
    "data/splits/published-clean.csv",
    "data/splits/paper.csv",
    "data/splits/holdout.csv",
    "data/splits/kfold.csv",
]


def ledger_if_wanted(wildcards):
    """After a partial pull the ledger is no more missed than the artifacts it lists."""
    return [str(needed.LEDGER)] if needed.ledger_wanted(MANIFESTS) else []


# The system that all rules are known to run on. The software itself is requirements.lock, in
# .venv, and not in this image: a container run must bind the checkout and put .venv on PATH.
container: "docker://python:3.12-slim-bookworm"


wildcard_constraints:
    source="|".join(SOURCES),
    reader="[a-z]+",


bridge.start(workflow, config["dataset"], list(SOURCES))


onstart:
    bridge.started(workflow)


onsuccess:
    bridge.succeeded(workflow, config["dataset"])


onerror:
    bridge.failed(workflow)
