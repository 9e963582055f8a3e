"""The command ``acne04 validate``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import documents, review, tables
from acne04.core.errors import SchemaError, UnavailableError, UsageError
from acne04.core.findings import Finding, as_document, fold, in_order, listed_rows
from acne04.core.outputs import (
    STANDARD_OUTPUT,
    check_outputs,
    declare_json,
    give_document,
    read_json,
)
from acne04.core.printing import say
from acne04.core.sources import load_source
from acne04.relations import decisions
from acne04.validate.annotation_tables import (
    echo_table,
    image_table,
    lesion_table,
    metrics,
    quarantine_document,
    summary,
)
from acne04.validate.examination import SOURCE, Examination, examine, place_of
from acne04.validate.problems import printable
from acne04.validate.questions import circle_questions, echo_questions, photographs
from acne04.validate.resizing import resizing_questions

STAGE = "validate"
DATASETS = ("standin", "acne04")


@dataclass(frozen=True)
class AnnotationFiles:
    """Where the tables and documents of the stage are written."""

    lesions: Path
    images: Path
    echoes: Path
    review: Path
    problems: Path
    findings: Path
    quarantine: Path
    metrics: Path


OUTPUTS = tuple(field.name for field in fields(AnnotationFiles))


@dataclass(frozen=True)
class ValidateOptions:
    """What a call asks for.

    Attributes
    ----------
    file : pathlib.Path
        Annotation file, JSON.
    json : pathlib.Path or None
        Where the findings go as a JSON document (`acne04.core.outputs.read_json`).
    inventory, sources, decisions : pathlib.Path or None
        What to compare with; None where these checks are not to be run.
    dataset : str or None
        Whose entry of the sources and whose decisions; known where there are sources or outputs.
    outputs : AnnotationFiles or None
        None where nothing is to be written.
    as_stage : bool
        Whether a bad record that is quarantined is no reason to fail.
    """

    file: Path
    json: Path | None
    inventory: Path | None
    sources: Path | None
    decisions: Path | None
    dataset: str | None
    outputs: AnnotationFiles | None
    as_stage: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="annotation file, JSON")
    declare_json(parser, "the findings")
    given = parser.add_argument_group("to compare with (without them these checks are not run)")
    given.add_argument("--inventory", type=Path, metavar="CSV", help="table of the images")
    given.add_argument("--sources", type=Path, metavar="YAML", help="what the source promises")
    given.add_argument("--decisions", type=Path, metavar="CSV", help="what people decided")
    given.add_argument(
        "--dataset", choices=DATASETS, help="which entry of the sources, which decisions"
    )
    written = parser.add_argument_group("to write (all of them, together with --dataset)")
    written.add_argument("--lesions", type=Path, metavar="CSV", help="table of sound circles")
    written.add_argument("--images", type=Path, metavar="CSV", help="table of sound images")
    written.add_argument("--echoes", type=Path, metavar="CSV", help="images whose circles coincide")
    written.add_argument("--review", type=Path, metavar="CSV", help="questions to be decided")
    written.add_argument(
        "--problems", type=Path, metavar="CSV", help="list of what one finding tells of many"
    )
    written.add_argument("--findings", type=Path, metavar="JSON", help="all findings")
    written.add_argument("--quarantine", type=Path, metavar="JSON", help="the bad records")
    written.add_argument("--metrics", type=Path, metavar="JSON", help="counts")
    parser.add_argument(
        "--as-stage",
        action="store_true",
        help="exit 0 when every bad record is quarantined; 1 only when no table can be made",
    )


def read_options(arguments: argparse.Namespace) -> ValidateOptions:
    """Read the arguments.

    Raises
    ------
    UsageError
        If outputs or --dataset are missing, or an output would overwrite another file of the call.
    """
    given = vars(arguments)
    outputs = {name: given[name] for name in OUTPUTS}
    writing = arguments.as_stage or any(outputs.values())
    if writing:
        _refuse_missing(outputs, arguments.dataset)
    json = read_json(arguments)
    check_outputs(
        {
            "--output": None if json == STANDARD_OUTPUT else json,
            **{f"--{name}": path for name, path in outputs.items()},
        },
        {
            "FILE": arguments.file,
            "--inventory": arguments.inventory,
            "--sources": arguments.sources,
            "--decisions": arguments.decisions,
        },
    )
    if arguments.sources and not arguments.dataset:
        raise UsageError("--sources", "needs --dataset", remedy="add --dataset standin or acne04")
    return ValidateOptions(
        file=arguments.file,
        json=json,
        inventory=arguments.inventory,
        sources=arguments.sources,
        decisions=arguments.decisions,
        dataset=arguments.dataset,
        outputs=AnnotationFiles(**outputs) if writing else None,
        as_stage=arguments.as_stage,
    )


def _refuse_missing(outputs: dict[str, Path | None], dataset: str | None) -> None:
    """Refuse a call that names only some of the files."""
    missing = [f"--{name}" for name, path in outputs.items() if not path]
    missing += [] if dataset else ["--dataset"]
    if missing:
        what = "the tables, findings, quarantine and metrics are written together or not at all"
        given = ", ".join(f"--{name}" for name, path in outputs.items() if path) or "--as-stage"
        raise UsageError(given, what, remedy=f"add {', '.join(missing)}")


def run(options: ValidateOptions) -> int:
    """Validate one file: 0 no error (as a stage: tables made), 1 the data is wrong."""
    name = printable(options.file.name)
    inventory = None
    if options.inventory:
        inventory = tables.read(options.inventory, "inventory", options.dataset)
    examination = examine(
        _bytes(options.file),
        name,
        tables_wanted=options.outputs is not None,
        inventory=inventory,
        promises=_promises(options),
        decisions=_decisions(options),
        decisions_file=decisions.shown(options.decisions) if options.decisions else "",
    )
    dataset = options.dataset or "unknown"
    told, listed = examination.findings, list(examination.listed)
    if options.outputs is not None:
        told, folded = fold(told, options.outputs.problems.name)
        listed = in_order(listed + folded)
    findings = as_document(dataset, STAGE, told, examination.not_run)
    if options.outputs is not None:
        _write(options.file, options.outputs, examination, inventory, findings, listed)
    if give_document(options.json, findings):
        say(*summary(findings, name, examination.verdict).split("\n"))
    return 0 if options.as_stage or not findings["severities"]["error"] else 1


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None
    except OSError as error:
        raise UnavailableError(str(path), f"cannot be read ({error.strerror})") from None


def _promises(options: ValidateOptions) -> dict[str, Any] | None:
    if not (options.sources and options.dataset):
        return None
    return load_source(options.sources, options.dataset, SOURCE).promises


def _decisions(options: ValidateOptions) -> list[decisions.Decision]:
    if options.decisions and not options.dataset:
        # The bytes tell whose decisions hold.
        return decisions.every(options.decisions)
    return decisions.load(options.decisions, options.dataset or "")


def _write(
    file: Path,
    outputs: AnnotationFiles,
    examination: Examination,
    inventory: pd.DataFrame | None,
    findings: dict[str, Any],
    listed: list[Finding],
) -> None:
    verdict, echoes, dataset = examination.verdict, examination.echoes, findings["dataset"]
    if verdict is None or echoes is None:
        raise _no_table(file, examination)
    # Everything is made before the first file is written.
    name, known = printable(file.name), photographs(inventory)
    place = place_of(name)
    questions = [
        *resizing_questions(verdict.resizing, verdict.on_sizes, examination.sha256, place),
        *circle_questions(verdict, examination.sha256, place),
    ]
    questions += echo_questions(echoes, known)
    quarantine = quarantine_document(examination.quarantine, dataset, name)
    documents.check(quarantine, "quarantine.schema.json", str(outputs.quarantine))
    made = [
        (outputs.lesions, "lesions", lesion_table(verdict, dataset)),
        (outputs.images, "annotated", image_table(verdict, dataset)),
        (outputs.echoes, "echoes", echo_table(echoes, known, dataset)),
        (outputs.review, "review", review.to_table(dataset, questions)),
    ]
    for path, schema, table in made:
        tables.write(path, schema, table)
    tables.write_records(outputs.problems, "problems", listed_rows(dataset, listed))
    documents.write(outputs.findings, findings)
    documents.write(outputs.quarantine, quarantine)
    documents.write(outputs.metrics, metrics(examination, verdict, dataset))


def _no_table(path: Path, examination: Examination) -> SchemaError:
    errors = [finding for finding in examination.findings if finding.severity == "error"]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return SchemaError(
        f"{path}{'#' if first.pointer else ''}{first.pointer} (line {first.line})",
        "no table can be made of this file",
        expected=first.expected,
        found=first.found + more,
        done="nothing written; what was there before is untouched",
        remedy=f"{first.remedy}; `acne04 validate {path}` lists all findings",
    )
