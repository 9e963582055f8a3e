"""The command line of ``acne04 scan``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acne04.core import documents, tables
from acne04.core.errors import SourceError, UsageError
from acne04.core.findings import (
    TOLD_EACH,
    Finding,
    as_document,
    fold,
    listed_rows,
    summary_lines,
)
from acne04.core.outputs import check_outputs
from acne04.core.printing import say, spelt_out
from acne04.scan.inventory import (
    Inventory,
    box_rows,
    feature_rows,
    fold_rows,
    inventory_rows,
    metrics,
)
from acne04.scan.listing_checks import check_against_listing, listing_path, read_listing
from acne04.scan.promises import load_promises
from acne04.scan.source_files import SourceContents, read_files
from acne04.scan.source_tree import ACNEDIT, CLASSIFICATION, DETECTION, SourceTree, find_files
from acne04.scan.stage import checks_not_run, evaluate

#: Findings of severity error that are spelt out; the rest are counted.
NAMED_FINDINGS = 20
_TABLES = {
    "inventory": "one row an image",
    "features": "what a model could cheat with, one row an image",
    "folds": "label lines",
    "boxes": "VOC boxes",
}
_PROBLEMS = "each place of what is found more than {number} times, which then is one finding"


@dataclass(frozen=True)
class ScanOptions:
    """What a call of ``acne04 scan`` asks for.

    Attributes
    ----------
    folders : dict of str to pathlib.Path
        Source to its folder, at least one: classification, detection, acnedit.
    dataset : {"standin", "acne04"} or None
        None leaves it to the listings beside the folders.
    sources : pathlib.Path or None
        Facts about the sources; without them no promise is checked.
    tables : dict of str to pathlib.Path
        Table to the file to write: inventory, features, folds, boxes; those not asked for are
        missing.
    problems, findings, metrics : pathlib.Path or None
        Where to write them; without a file for the problems every finding is told by itself.
    threads : int
        Threads at most, at least 1; they change the time alone.
    """

    folders: dict[str, Path]
    dataset: str | None
    sources: Path | None
    tables: dict[str, Path]
    problems: Path | None
    findings: Path | None
    metrics: Path | None
    threads: int


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 scan``."""
    for source, content in (
        (CLASSIFICATION, "ACNE04's images and label files, or any folder of images"),
        (DETECTION, "ACNE04's VOC files"),
        (ACNEDIT, "the synthetic images"),
    ):
        parser.add_argument(f"--{source}", type=Path, metavar="FOLDER", help=content)
    parser.add_argument(
        "--dataset", choices=("standin", "acne04"), help="needed for a table without a listing"
    )
    parser.add_argument("--sources", type=Path, metavar="YAML", help="what the sources promise")
    for name, content in _TABLES.items():
        parser.add_argument(f"--{name}", type=Path, metavar="CSV", help=f"write {content} here")
    parser.add_argument(
        "--problems", type=Path, metavar="CSV", help=_PROBLEMS.format(number=TOLD_EACH)
    )
    parser.add_argument("--findings", type=Path, metavar="JSON", help="write the findings here")
    parser.add_argument("--metrics", type=Path, metavar="JSON", help="write the figures here")
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, help="changes the time alone"
    )
    parser.epilog = (
        "Exits 1 if there is a finding of severity error; with --inventory only if no table can "
        "be made: then bad lines and boxes are left out, an image that does not decode stays in "
        "the inventory, marked decodable=false, and the findings name them all."
    )


def read_options(arguments: argparse.Namespace) -> ScanOptions:
    """Check what the call says, before anything is read.

    Raises
    ------
    UsageError
        If no folder is given, `threads` is below 1, or an output would overwrite another file.
    """
    if arguments.threads < 1:
        raise UsageError("--threads", "at least one is needed", found=str(arguments.threads))
    folders = {
        CLASSIFICATION: arguments.classification,
        DETECTION: arguments.detection,
        ACNEDIT: arguments.acnedit,
    }
    asked = {
        "inventory": arguments.inventory,
        "features": arguments.features,
        "folds": arguments.folds,
        "boxes": arguments.boxes,
    }
    options = ScanOptions(
        folders={source: folder for source, folder in folders.items() if folder},
        dataset=arguments.dataset,
        sources=arguments.sources,
        tables={name: path for name, path in asked.items() if path},
        problems=arguments.problems,
        findings=arguments.findings,
        metrics=arguments.metrics,
        threads=arguments.threads,
    )
    _check_paths(options)
    if not options.folders:
        raise UsageError(
            "nothing to scan",
            "no folder is given",
            expected="one or more of --classification, --detection, --acnedit",
            remedy="acne04 scan --classification FOLDER reads any folder of images",
        )
    return options


def run(options: ScanOptions) -> int:
    """Scan the folders, write what was asked for, and say what was found."""
    trees = _find(options.folders)
    dataset, contents = _read(trees, options)
    promises = load_promises(options.sources, dataset or "") if options.sources else None
    inventory, findings = evaluate(trees, contents, promises or {})
    not_run = checks_not_run(trees, promises is not None)
    listed: list[Finding] = []
    if options.problems:
        findings, listed = fold(findings, options.problems.name)
    document = as_document(dataset or "unknown", "scan", findings, not_run)
    _write(options, document, inventory, contents)
    if options.problems:
        rows = listed_rows(document["dataset"], listed)
        tables.write_records(options.problems, "problems", rows)
    tabled = "inventory" in options.tables
    stream = sys.stderr if tabled else sys.stdout
    say(*_summary(document, inventory, options.findings), stream=stream)
    return 1 if document["severities"]["error"] and not tabled else 0


def _check_paths(options: ScanOptions) -> None:
    given = {"--sources": options.sources}
    for source, folder in options.folders.items():
        given[f"--{source}"] = folder
        given[f"the listing of --{source}"] = listing_path(folder)
    written = {
        **options.tables,
        "problems": options.problems,
        "findings": options.findings,
        "metrics": options.metrics,
    }
    check_outputs({f"--{name}": path for name, path in written.items()}, given)


def _find(folders: dict[str, Path]) -> dict[str, SourceTree]:
    trees = {source: find_files(source, folder) for source, folder in folders.items()}
    for source, tree in trees.items():
        if source != DETECTION and not tree.images:
            raise SourceError(
                str(tree.folder),
                f"no image file anywhere below it, so there is nothing of {source} to scan",
                found=f"{len(tree.paths)} other files",
                done="nothing written",
                remedy="name another folder, or fetch the source again",
            )
    return trees


def _read(trees: dict[str, SourceTree], options: ScanOptions) -> tuple[str | None, SourceContents]:
    """Read the files, check them against the listings, and say which dataset they are."""
    dataset = options.dataset
    listings = {}
    for source, tree in trees.items():
        listing = read_listing(tree, dataset)
        if listing:
            dataset, listings[source] = listing
    needing = [f"--{name}" for name in options.tables]
    needing += ["--problems"] if options.problems else []
    needing += ["--sources"] if options.sources else []
    if needing and not dataset:
        raise UsageError(
            "--dataset",
            f"needed by {', '.join(needing)}, since no listing lies beside the folder",
            expected="standin or acne04",
            done="nothing read, nothing written",
        )
    contents = read_files(list(trees.values()), options.threads, frozenset(listings))
    for source, expected in listings.items():
        check_against_listing(trees[source], expected, contents.digests)
    return dataset, contents


def _write(
    options: ScanOptions,
    document: dict[str, Any],
    inventory: Inventory,
    contents: SourceContents,
) -> None:
    dataset = document["dataset"]
    for name, path in options.tables.items():
        if name in ("inventory", "features"):
            of_images = inventory_rows if name == "inventory" else feature_rows
            rows = of_images(dataset, inventory, contents.images)
        else:
            rows = (fold_rows if name == "folds" else box_rows)(dataset, inventory)
        tables.write_records(path, name, rows)
    if options.findings:
        documents.write(options.findings, document)
    if options.metrics:
        figures = metrics(dataset, inventory, contents.images, document["counts"])
        documents.write(options.metrics, figures)


def _summary(document: dict[str, Any], inventory: Inventory, findings: Path | None) -> list[str]:
    """Say in a few lines what was found; the errors too, where no file has the findings."""
    text = [
        f"scan: {len(inventory.real)} real and {len(inventory.synthetic)} synthetic images, "
        f"{len(inventory.lines)} label lines, {inventory.boxes.objects} boxes "
        f"({document['dataset']})"
    ]
    text += [f"  {line}" for line in summary_lines(document)]
    if document["not_run"]:
        text.append("not run, so not passed:")
        reasons = sorted({gap["reason"] for gap in document["not_run"]})
        text += [f"  {reason}: {_checks(document, reason)}" for reason in reasons]
    if findings:
        return [*text, f"findings: {findings}"]
    errors = [entry for entry in document["findings"] if entry["severity"] == "error"]
    text += [_spelt_out(entry) for entry in errors[:NAMED_FINDINGS]]
    if len(errors) > NAMED_FINDINGS:
        text.append(f"... and {len(errors) - NAMED_FINDINGS} more errors")
    if document["findings"]:
        text.append("--findings FILE writes all of them, with what to do next")
    return text


def _checks(document: dict[str, Any], reason: str) -> str:
    return ", ".join(gap["check"] for gap in document["not_run"] if gap["reason"] == reason)


def _spelt_out(entry: dict[str, Any]) -> str:
    place = f" (line {entry['line']})" if entry["line"] else entry["pointer"] and " "
    return spelt_out(
        f"{entry['file']}{place}{entry['pointer']}: {entry['check']}; "
        f"expected {entry['expected']}, found {entry['found']}"
    )
