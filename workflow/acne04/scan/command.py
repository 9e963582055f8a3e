"""The command line of ``acne04 scan``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from acne04.core import documents, tables
from acne04.core.errors import SourceError, UsageError
from acne04.core.findings import as_document
from acne04.core.outputs import check_outputs
from acne04.scan.gaps import checks_not_run
from acne04.scan.listings import check_against_listing, listing_path, read_listing
from acne04.scan.promises import load_promises
from acne04.scan.reading import Contents, read_files
from acne04.scan.rows import Joined, box_rows, fold_rows, inventory_rows, metrics
from acne04.scan.stage import evaluate
from acne04.scan.summary import lines
from acne04.scan.tree import ACNEDIT, CLASSIFICATION, DETECTION, Tree, find_files

SOURCES = (CLASSIFICATION, DETECTION, ACNEDIT)
_TABLES = {"inventory": "one row an image", "folds": "label lines", "boxes": "VOC boxes"}


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


def run(arguments: argparse.Namespace) -> int:
    """Scan the folders, write what was asked for, and say what was found."""
    if arguments.threads < 1:
        raise UsageError("--threads", "at least one is needed", found=str(arguments.threads))
    _check_paths(arguments)
    trees = _find(arguments)
    dataset, contents = _read(trees, arguments)
    promises = load_promises(arguments.sources, dataset or "") if arguments.sources else None
    joined, findings = evaluate(trees, contents, promises or {})
    not_run = checks_not_run(trees, promises is not None)
    document = as_document(dataset or "unknown", "scan", findings, not_run)
    _write(arguments, document, joined, contents)
    stream = sys.stderr if arguments.inventory else sys.stdout
    print("\n".join(lines(document, joined, arguments.findings)), file=stream)
    return 1 if document["severities"]["error"] and not arguments.inventory else 0


def _check_paths(arguments: argparse.Namespace) -> None:
    given: dict[str, Path | None] = {"--sources": arguments.sources}
    for source in SOURCES:
        folder = getattr(arguments, source)
        given[f"--{source}"] = folder
        given[f"the listing of --{source}"] = listing_path(folder) if folder else None
    written = (*_TABLES, "findings", "metrics")
    check_outputs({f"--{name}": getattr(arguments, name) for name in written}, given)


def _find(arguments: argparse.Namespace) -> dict[str, Tree]:
    folders = {source: getattr(arguments, source) for source in SOURCES}
    trees = {source: find_files(source, folder) for source, folder in folders.items() if folder}
    if not trees:
        raise UsageError(
            "nothing to scan",
            "no folder is given",
            expected="one or more of --classification, --detection, --acnedit",
            remedy="acne04 scan --classification FOLDER reads any folder of images",
        )
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


def _read(trees: dict[str, Tree], arguments: argparse.Namespace) -> tuple[str | None, Contents]:
    """Read the files, check them against the listings, and say which dataset they are."""
    dataset: str | None = arguments.dataset
    listings = {}
    for source, tree in trees.items():
        listing = read_listing(tree, dataset)
        if listing:
            dataset, listings[source] = listing
    needing = [f"--{name}" for name in (*_TABLES, "sources") if getattr(arguments, name)]
    if needing and not dataset:
        raise UsageError(
            "--dataset",
            f"needed by {', '.join(needing)}, since no listing lies beside the folder",
            expected="standin or acne04",
            done="nothing read, nothing written",
        )
    contents = read_files(list(trees.values()), arguments.threads, frozenset(listings))
    for source, expected in listings.items():
        check_against_listing(trees[source], expected, contents.digests)
    return dataset, contents


def _write(
    arguments: argparse.Namespace,
    document: dict[str, Any],
    joined: Joined,
    contents: Contents,
) -> None:
    dataset = document["dataset"]
    if arguments.inventory:
        tables.write_records(
            arguments.inventory, "inventory", inventory_rows(dataset, joined, contents.images)
        )
    if arguments.folds:
        tables.write_records(arguments.folds, "folds", fold_rows(dataset, joined))
    if arguments.boxes:
        tables.write_records(arguments.boxes, "boxes", box_rows(dataset, joined))
    if arguments.findings:
        documents.write(arguments.findings, document)
    if arguments.metrics:
        figures = metrics(dataset, joined, contents.images, document["counts"])
        documents.write(arguments.metrics, figures)
