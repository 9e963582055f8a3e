"""The command line of ``acne04 near``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pandas as pd

from acne04.core import documents, tables
from acne04.core.errors import UsageError
from acne04.core.findings import Finding, NotRun, summary_lines, write_findings
from acne04.core.outputs import check_outputs
from acne04.core.processors import available_processors
from acne04.near.comparing import Comparer
from acne04.near.contents import distinct_contents
from acne04.near.corpus import Corpus, FrameFile
from acne04.near.frames import frame_name
from acne04.near.labour import Labour
from acne04.near.memory import remember
from acne04.near.stage import Outcome, compare_all
from acne04.near.verifying import VERSION
from acne04.relations.subjects import PUBLISHED_SPLITS, read_subject_files

_WRITTEN = ("verdicts", "parents", "calibration", "findings", "metrics")
CALIBRATION = "calibration.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 near``."""
    add = parser.add_argument
    add("--dataset", choices=("standin", "acne04"), required=True)
    add("--inventory", type=Path, required=True, metavar="CSV", help="images, by `acne04 scan`")
    add(
        "--images",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="the paths of the inventory begin here (data/raw)",
    )
    add(
        "--subjects",
        type=Path,
        metavar="FOLDER",
        help="train.jsonl, val.jsonl, test.jsonl: pairs of different persons set the threshold",
    )
    for name, content in (
        ("verdicts", "pairs of photographs that are, or may be, one"),
        ("parents", "the parent of each synthetic image"),
    ):
        add(f"--{name}", type=Path, required=True, metavar="CSV", help=f"write {content} here")
    for name, content in (
        ("calibration", "the threshold and the scores that it comes from"),
        ("findings", "the findings"),
        ("metrics", "the figures"),
    ):
        add(f"--{name}", type=Path, required=True, metavar="JSON", help=f"write {content} here")
    add(
        "--false-positive-rate",
        type=float,
        default=1e-6,
        metavar="RATE",
        help="pairs of strangers that may be taken for one photograph (default %(default)s)",
    )
    add("--memory", type=Path, metavar="FILE", help="keep here what need not be computed again")
    add("--threads", type=int, default=os.cpu_count() or 1, help="changes the time alone")


def run(arguments: argparse.Namespace) -> int:
    """Compare the pictures, write the tables, and say what was found."""
    _check(arguments)
    dataset = arguments.dataset
    inventory = tables.read(arguments.inventory, "inventory", dataset)
    contents = distinct_contents(inventory, _subjects(arguments))
    method = f"{VERSION}/{frame_name()}"
    files = [(content.path, content.sha256) for content in contents]
    corpus = Corpus(arguments.images, files, FrameFile(len(contents)))
    with (
        remember(arguments.memory, method) as memory,
        Labour(corpus, _processes(arguments.threads)) as labour,
    ):
        comparer = Comparer(contents, labour, memory, arguments.threads)
        outcome = compare_all(comparer, dataset, method, arguments.false_positive_rate)
    findings = [*outcome.findings, *_undecodable(inventory)]
    not_run = [] if arguments.subjects else [NotRun("null", "no subject table (--subjects)")]
    tables.write_records(arguments.verdicts, "verdicts", outcome.verdicts)
    tables.write_records(arguments.parents, "parents", outcome.parents)
    documents.check(outcome.calibration, CALIBRATION, str(arguments.calibration))
    documents.write(arguments.calibration, outcome.calibration)
    document = write_findings(arguments.findings, dataset, "near", findings, not_run)
    documents.write(
        arguments.metrics, {"dataset": dataset, **outcome.figures, "findings": document["counts"]}
    )
    _report(outcome, summary_lines(document), not_run, arguments.findings)
    return 0


def _processes(threads: int) -> int:
    """As many as there are processors: unlike threads, more of them cost memory."""
    return min(threads, available_processors())


def _check(arguments: argparse.Namespace) -> None:
    if not 0 < arguments.false_positive_rate < 1:
        raise UsageError(
            "--false-positive-rate",
            "out of range",
            expected="more than 0, less than 1",
            found=str(arguments.false_positive_rate),
            done="nothing written",
        )
    if arguments.threads < 1:
        raise UsageError("--threads", "at least one is needed", found=str(arguments.threads))
    given: dict[str, Path | None] = {"--inventory": arguments.inventory}
    if arguments.subjects:
        for split in PUBLISHED_SPLITS:
            given[f"{split} of --subjects"] = arguments.subjects / f"{split}.jsonl"
    written = (*_WRITTEN, "memory")
    check_outputs({f"--{name}": getattr(arguments, name) for name in written}, given)


def _subjects(arguments: argparse.Namespace) -> dict[str, str]:
    """Give the subject of each file name; its bad lines are dedupe's to report."""
    if not arguments.subjects:
        return {}
    lines, _ = read_subject_files(arguments.subjects)
    return {line.name: line.subject for line in reversed(lines)}


def _undecodable(inventory: pd.DataFrame) -> list[Finding]:
    broken = inventory[~inventory["decodable"].astype(bool)]
    return [
        Finding(
            check="near-undecidable",
            severity="warning",
            file=path,
            pointer="",
            line=None,
            expected="an image that decodes to its end",
            found="one that does not",
            done="compared with none",
            remedy="see the scan's findings",
        )
        for path in sorted(broken["path"])
    ]


def _report(outcome: Outcome, lines: list[str], not_run: list[NotRun], findings: Path) -> None:
    figures = outcome.figures
    verdicts, parents = figures["verdicts"], figures["parents"]
    calibration = outcome.calibration
    text = [
        f"near: {figures['pairs_compared']} pairs compared, {verdicts['same']} of photographs are "
        f"one, {verdicts['review']} to review; parents of synthetic images: "
        f"{parents['verified']} verified, {parents['review']} to review, "
        f"{parents['unknown']} unknown",
        f"  threshold {figures['threshold']} for a rate of "
        f"{calibration['false_positive_rate']:g} false positives a pair, from "
        f"{figures['null_pairs']} pairs of different subjects (largest score "
        f"{figures['null_largest']})",
    ]
    text += [f"  {line}" for line in lines]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    print("\n".join([*text, f"findings: {findings}"]), file=sys.stderr)
