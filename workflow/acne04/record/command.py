"""The command line of ``acne04 record``."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from acne04.core import documents
from acne04.core.errors import SchemaError, UnavailableError, UsageError
from acne04.core.outputs import check_outputs
from acne04.core.printing import remark, say_aside
from acne04.core.progress import Progress
from acne04.core.rows import read_rows
from acne04.core.sources import Source, load_sources
from acne04.provenance.ledger import (
    SCHEMA,
    Ledger,
    RecordedFile,
    RecordedSource,
    RecordedStage,
    to_document,
)
from acne04.record.environment import installed, unlike_lock
from acne04.record.graph import resolved_stages


@dataclass(frozen=True)
class RecordOptions:
    """What a call of ``acne04 record`` asks for.

    Attributes
    ----------
    dataset : {"standin", "acne04"}
        Which dataset was made.
    parameters : dict
        The configuration of the run; it is of the same dataset.
    versions : dict
        Source to the version of its pins.
    sources, graph, lock : pathlib.Path
        Facts about the sources, ``dvc.yaml``, ``requirements.lock``; below the project's root.
    ledger : pathlib.Path
        Where to write the ledger.
    """

    dataset: str
    parameters: dict[str, Any]
    versions: dict[str, Any]
    sources: Path
    graph: Path
    lock: Path
    ledger: Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 record``; it is called in the project's root."""
    parser.add_argument("--dataset", choices=("standin", "acne04"), required=True)
    for name, what in (
        ("parameters", "the configuration of the run"),
        ("versions", "source -> version of its pins"),
    ):
        parser.add_argument(f"--{name}", type=_mapping, required=True, metavar="JSON", help=what)
    for name, form, what in (
        ("sources", "YAML", "facts about the sources"),
        ("graph", "YAML", "the stages: dvc.yaml"),
        ("lock", "FILE", "the pinned packages: requirements.lock"),
        ("ledger", "JSON", "write the ledger here"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar=form, help=what)


def read_options(arguments: argparse.Namespace) -> RecordOptions:
    """Check what the call says, before anything is read.

    Raises
    ------
    UsageError
        If the ledger would overwrite an input, or the parameters are of another dataset.
    """
    options = RecordOptions(
        dataset=arguments.dataset,
        parameters=arguments.parameters,
        versions=arguments.versions,
        sources=arguments.sources,
        graph=arguments.graph,
        lock=arguments.lock,
        ledger=arguments.ledger,
    )
    inputs = {"--sources": options.sources, "--graph": options.graph, "--lock": options.lock}
    check_outputs({"--ledger": options.ledger}, inputs)
    if options.parameters.get("dataset") != options.dataset:
        raise UsageError(
            "--parameters",
            "they are of another dataset than --dataset says",
            expected=options.dataset,
            found=str(options.parameters.get("dataset")),
            done="nothing written",
        )
    return options


def run(options: RecordOptions) -> int:
    """Write the ledger, and say how much it holds."""
    sources = load_sources(options.sources, options.dataset)
    _check_versions(options.versions, sources)
    stages = resolved_stages(_graph(options.graph), options.parameters, sources)
    pins = {key: f"upstreams/{options.dataset}/pins/{key}.csv" for key in sources}
    around = [options.lock.as_posix(), options.sources.as_posix(), *pins.values()]
    files = _hashed(around, stages)
    environment = installed(options.lock, options.lock.as_posix())
    ledger = Ledger(
        dataset=options.dataset,
        parameters=options.parameters,
        environment=environment,
        sources=tuple(
            _source(source, pins[key], options.versions[key]) for key, source in sources.items()
        ),
        stages=stages,
        files=files,
    )
    document = to_document(ledger)
    documents.check(document, SCHEMA, str(options.ledger))
    documents.write(options.ledger, document)
    for line in unlike_lock(environment, options.lock):
        say_aside(f"warning: installed is {line}")
    artifacts = sum(path.startswith("data/") for path in files)
    remark(
        f"{len(stages)} stages, {artifacts} artifacts, {len(files) - artifacts} files of code, "
        f"schemas, pins and decisions: {options.ledger}"
    )
    return 0


def _mapping(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _check_versions(versions: Mapping[str, Any], sources: Mapping[str, Source]) -> None:
    if set(versions) != set(sources):
        raise UsageError(
            "--versions",
            "not one version for each source",
            expected=", ".join(sorted(sources)),
            found=", ".join(sorted(versions)),
            done="nothing written",
        )


def _graph(path: Path) -> dict[str, Any]:
    try:
        graph = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file", remedy="`make dvc.yaml`") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise SchemaError(str(path), f"not YAML in UTF-8 ({error})") from None
    return dict(graph) if isinstance(graph, dict) else {}


def _hashed(around: Iterable[str], stages: Iterable[RecordedStage]) -> dict[str, RecordedFile]:
    """Hash each file that a stage names once, and those beside them."""
    named = {path for stage in stages for path in (*stage.code, *stage.inputs, *stage.outputs)}
    named |= set(around)
    if missing := sorted(path for path in named if not Path(path).is_file()):
        raise UnavailableError(
            "dvc.yaml",
            "it names files that are not there",
            found=", ".join(missing),
            done="no ledger written",
            remedy="`make dvc.yaml` after files of code came or went; `dvc pull` for data",
        )
    hashed = {}
    with Progress("hash", len(named), "files") as progress:
        for path in sorted(named):
            hashed[path] = _recorded(Path(path))
            progress.add()
    return hashed


def _recorded(path: Path) -> RecordedFile:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return RecordedFile(stream.tell(), digest.hexdigest())


def _source(source: Source, pins: str, pins_version: str) -> RecordedSource:
    listing = Path(f"data/raw/{source.key}.csv")
    sizes = [int(row["size"]) for row in read_rows(listing, "listing")]
    return RecordedSource.of(source, sizes, pins=pins, pins_version=pins_version)
