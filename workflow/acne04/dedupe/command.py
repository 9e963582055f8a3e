"""The command line of ``acne04 dedupe``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acne04 import documents, tables
from acne04.dedupe.stage import Grouping, group_images, metrics
from acne04.dedupe.subject_lines import PUBLISHED_SPLITS, SubjectLine, read_subject_files
from acne04.dedupe.subjects import check_promises
from acne04.findings import Finding, NotRun, summary_lines, write_findings
from acne04.outputs import check_outputs
from acne04.sources import load_source


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 dedupe``."""
    parser.add_argument("--dataset", choices=("standin", "acne04"), required=True)
    parser.add_argument(
        "--inventory", type=Path, required=True, metavar="CSV", help="the images, by `acne04 scan`"
    )
    parser.add_argument(
        "--subjects",
        type=Path,
        metavar="FOLDER",
        help="train.jsonl, val.jsonl, test.jsonl; without it every image is a person of its own",
    )
    parser.add_argument("--sources", type=Path, metavar="YAML", help="what the sources promise")
    for name, content in (
        ("names", "canonical names"),
        ("relations", "pairs of images that belong together"),
        ("groups", "the group of each image"),
    ):
        parser.add_argument(
            f"--{name}", type=Path, required=True, metavar="CSV", help=f"write {content} here"
        )
    for name in ("findings", "metrics"):
        parser.add_argument(
            f"--{name}", type=Path, required=True, metavar="JSON", help=f"write {name} here"
        )


def run(arguments: argparse.Namespace) -> int:
    """Group the images, write the tables, and say what was found."""
    _check_paths(arguments)
    dataset = arguments.dataset
    inventory = tables.read(arguments.inventory, "inventory", dataset)
    lines, problems, not_run = _read_subjects(arguments)
    made = group_images(dataset, inventory, lines)
    tables.write(arguments.names, "names", made.names)
    tables.write(arguments.relations, "relations", made.relations)
    tables.write(arguments.groups, "groups", made.groups)
    findings = [*problems, *made.findings]
    document = write_findings(arguments.findings, dataset, "dedupe", findings, not_run)
    documents.write(arguments.metrics, metrics(dataset, made, document["counts"]))
    _report(made, summary_lines(document), not_run, arguments.findings)
    return 0


def _check_paths(arguments: argparse.Namespace) -> None:
    given = {"--inventory": arguments.inventory, "--sources": arguments.sources}
    if arguments.subjects:
        for split in PUBLISHED_SPLITS:
            given[f"{split} of --subjects"] = arguments.subjects / f"{split}.jsonl"
    written = ("names", "relations", "groups", "findings", "metrics")
    check_outputs({f"--{name}": getattr(arguments, name) for name in written}, given)


def _read_subjects(
    arguments: argparse.Namespace,
) -> tuple[list[SubjectLine], list[Finding], list[NotRun]]:
    if not arguments.subjects:
        return [], [], [NotRun("subjects", "no subject table given (--subjects)")]
    lines, problems = read_subject_files(arguments.subjects)
    if not arguments.sources:
        return lines, problems, [NotRun("broken-promise", "no sources given (--sources)")]
    promises = load_source(arguments.sources, arguments.dataset, "subjects").promises
    return lines, [*problems, *check_promises(promises, lines)], []


def _report(made: Grouping, lines: list[str], not_run: list[NotRun], findings: Path) -> None:
    groups = made.groups["group"].value_counts()
    text = [
        f"dedupe: {len(made.groups)} images in {len(groups)} groups, "
        f"the largest of {int(groups.max()) if len(groups) else 0}; "
        f"{len(made.relations)} relations"
    ]
    text += [f"  {line}" for line in lines]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    print("\n".join([*text, f"findings: {findings}"]), file=sys.stderr)
