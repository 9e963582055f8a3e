"""The command ``acne04 validate``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import documents, review, tables
from acne04.core.errors import SchemaError, UnavailableError, UsageError
from acne04.core.findings import as_document
from acne04.core.outputs import check_outputs
from acne04.core.sources import load_source
from acne04.relations import decisions
from acne04.validate.examining import SOURCE, Examination, examine, place_of
from acne04.validate.outcome import (
    echo_table,
    image_table,
    lesion_table,
    metrics,
    quarantine_document,
)
from acne04.validate.problems import printable
from acne04.validate.questions import circle_questions, echo_questions, photographs
from acne04.validate.summary import summary

STAGE = "validate"
DATASETS = ("standin", "acne04")
OUTPUTS = ("lesions", "images", "echoes", "review", "findings", "quarantine", "metrics")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="annotation file, JSON")
    parser.add_argument(
        "--json", action="store_true", help="give the findings as a JSON document on stdout"
    )
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
    written.add_argument("--findings", type=Path, metavar="JSON", help="all findings")
    written.add_argument("--quarantine", type=Path, metavar="JSON", help="the bad records")
    written.add_argument("--metrics", type=Path, metavar="JSON", help="counts")
    parser.add_argument(
        "--as-stage",
        action="store_true",
        help="exit 0 when every bad record is quarantined; 1 only when no table can be made",
    )


def run(arguments: argparse.Namespace) -> int:
    """Validate one file: 0 no error (as a stage: tables made), 1 the data is wrong."""
    writing = _writing(arguments)
    check_outputs(
        {f"--{output}": getattr(arguments, output) for output in OUTPUTS},
        {
            "FILE": arguments.file,
            "--inventory": arguments.inventory,
            "--sources": arguments.sources,
            "--decisions": arguments.decisions,
        },
    )
    name = printable(arguments.file.name)
    inventory = _inventory(arguments)
    examination = examine(
        _bytes(arguments.file),
        name,
        tables_wanted=writing,
        inventory=inventory,
        promises=_promises(arguments),
        decisions=_decisions(arguments),
        decisions_file=decisions.shown(arguments.decisions) if arguments.decisions else "",
    )
    dataset = arguments.dataset or "unknown"
    findings = as_document(dataset, STAGE, examination.findings, examination.not_run)
    if writing:
        _write(arguments, examination, inventory, findings, name)
    if arguments.json:
        sys.stdout.write(documents.to_text(findings))
    else:
        print(summary(findings, name, examination.verdict))
    return 0 if arguments.as_stage or not findings["severities"]["error"] else 1


def _writing(arguments: argparse.Namespace) -> bool:
    """Tell whether files are to be written; refuse a call that names only some of them."""
    named = [output for output in OUTPUTS if getattr(arguments, output)]
    if not named and not arguments.as_stage:
        return False
    missing = [f"--{output}" for output in OUTPUTS if output not in named]
    missing += [] if arguments.dataset else ["--dataset"]
    if missing:
        what = "the tables, findings, quarantine and metrics are written together or not at all"
        given = ", ".join(f"--{output}" for output in named) or "--as-stage"
        raise UsageError(given, what, remedy=f"add {', '.join(missing)}")
    return True


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None
    except OSError as error:
        raise UnavailableError(str(path), f"cannot be read ({error.strerror})") from None


def _inventory(arguments: argparse.Namespace) -> pd.DataFrame | None:
    if not arguments.inventory:
        return None
    return tables.read(arguments.inventory, "inventory", arguments.dataset)


def _decisions(arguments: argparse.Namespace) -> list[decisions.Decision]:
    if arguments.decisions and not arguments.dataset:
        # The bytes tell whose decisions hold.
        return decisions.every(arguments.decisions)
    return decisions.load(arguments.decisions, arguments.dataset)


def _promises(arguments: argparse.Namespace) -> dict[str, Any] | None:
    if not arguments.sources:
        return None
    if not arguments.dataset:
        raise UsageError("--sources", "needs --dataset", remedy="add --dataset standin or acne04")
    return load_source(arguments.sources, arguments.dataset, SOURCE).promises


def _write(
    arguments: argparse.Namespace,
    examination: Examination,
    inventory: pd.DataFrame | None,
    findings: dict[str, Any],
    name: str,
) -> None:
    verdict, echoes, dataset = examination.verdict, examination.echoes, arguments.dataset
    if verdict is None or echoes is None:
        raise _no_table(arguments.file, examination)
    # Everything is made before the first file is written.
    known = photographs(inventory)
    questions = [*circle_questions(verdict, examination.sha256, place_of(name))]
    questions += echo_questions(echoes, known)
    quarantine = quarantine_document(examination.quarantine, dataset, name)
    documents.check(quarantine, "quarantine.schema.json", str(arguments.quarantine))
    made = [
        (arguments.lesions, "lesions", lesion_table(verdict, dataset)),
        (arguments.images, "annotated", image_table(verdict, dataset)),
        (arguments.echoes, "echoes", echo_table(echoes, known, dataset)),
        (arguments.review, "review", review.to_table(dataset, questions)),
    ]
    for path, schema, table in made:
        tables.write(path, schema, table)
    documents.write(arguments.findings, findings)
    documents.write(arguments.quarantine, quarantine)
    documents.write(arguments.metrics, metrics(examination, verdict, dataset))


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
