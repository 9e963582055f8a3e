"""The command line of ``acne04 near``."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from acne04.core import documents, tables
from acne04.core.errors import UsageError
from acne04.core.findings import Finding, NotRun, summary_lines, write_findings
from acne04.core.outputs import check_outputs
from acne04.core.parameters import declare_flags, read_flags
from acne04.core.printing import remark
from acne04.core.processes import available_processors
from acne04.near import catalogue
from acne04.near.cache import open_cache
from acne04.near.frames import frame_name
from acne04.near.pictures import distinct_pictures, shared_corpus
from acne04.near.registration import VERSION
from acne04.near.scores import Comparer
from acne04.near.stage import NearOutcome, compare_all
from acne04.relations.subjects import PUBLISHED_SPLITS, read_subject_files

_WRITTEN = ("verdicts", "parents", "calibration", "findings", "metrics", "memory")
#: How pairs are compared: what was computed another way is computed again.
METHOD = f"{VERSION}/{frame_name()}"
CALIBRATION = "calibration.schema.json"


@dataclass(frozen=True)
class NearOptions:
    """What ``acne04 near`` reads and writes, and how it decides.

    Attributes
    ----------
    dataset : {"standin", "acne04"}
        Goes into every row.
    inventory : pathlib.Path
        Table of the images.
    images : pathlib.Path
        Folder in which the paths of the inventory begin.
    subjects : pathlib.Path or None
        Folder of the subject table; None: no threshold can be fitted.
    verdicts, parents, calibration, findings, metrics : pathlib.Path
        Files to write: two tables, three documents.
    false_positive_rate : float
        Share of pairs of strangers that may be taken for one photograph, above 0, below 1.
    memory : pathlib.Path or None
        The cache of what need not be computed again; None: it is not kept.
    threads : int
        From 1; changes the time alone.
    """

    dataset: str
    inventory: Path
    images: Path
    subjects: Path | None
    verdicts: Path
    parents: Path
    calibration: Path
    findings: Path
    metrics: Path
    false_positive_rate: float
    memory: Path | None
    threads: int


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
    declare_flags(parser, "near")
    add("--memory", type=Path, metavar="FILE", help="keep here what need not be computed again")
    add("--threads", type=int, default=os.cpu_count() or 1, help="changes the time alone")


def read_options(arguments: argparse.Namespace) -> NearOptions:
    """Make options of a call, and check them.

    Raises
    ------
    UsageError
        If a value is out of its range, or an output is a folder, another output, or an input.
    """
    values = vars(arguments)
    parameters = read_flags(values, "near")
    if values["threads"] < 1:
        raise UsageError("--threads", "at least one is needed", found=str(values["threads"]))
    options = NearOptions(
        **{field.name: (values | parameters)[field.name] for field in fields(NearOptions)}
    )
    given: dict[str, Path | None] = {"--inventory": options.inventory}
    if options.subjects:
        for split in PUBLISHED_SPLITS:
            given[f"{split} of --subjects"] = options.subjects / f"{split}.jsonl"
    check_outputs({f"--{name}": values[name] for name in _WRITTEN}, given)
    return options


def run(options: NearOptions) -> int:
    """Compare the pictures, write the tables, and say what was found."""
    dataset = options.dataset
    inventory = tables.read(options.inventory, "inventory", dataset)
    pictures = distinct_pictures(inventory, _subjects(options.subjects))
    # As many processes as there are processors: unlike threads, more of them cost memory.
    processes = min(options.threads, available_processors())
    with (
        open_cache(options.memory, METHOD) as cache,
        shared_corpus(options.images, pictures, processes) as pool,
    ):
        comparer = Comparer(pictures, pool, cache, options.threads)
        outcome = compare_all(comparer, dataset, METHOD, options.false_positive_rate)
    findings = [*outcome.findings, *_undecodable(inventory)]
    not_run = [] if options.subjects else [catalogue.NULL.not_run("no subject table (--subjects)")]
    tables.write_records(options.verdicts, "verdicts", outcome.verdicts)
    tables.write_records(options.parents, "parents", outcome.parents)
    documents.check(outcome.calibration, CALIBRATION, str(options.calibration))
    documents.write(options.calibration, outcome.calibration)
    document = write_findings(options.findings, dataset, "near", findings, not_run)
    documents.write(
        options.metrics, {"dataset": dataset, **outcome.figures, "findings": document["counts"]}
    )
    _report(outcome, summary_lines(document), not_run, options.findings)
    return 0


def _subjects(folder: Path | None) -> dict[str, str]:
    """Give the subject of each file name; its bad lines are dedupe's to report."""
    if not folder:
        return {}
    lines, _ = read_subject_files(folder)
    return {line.name: line.subject for line in reversed(lines)}


def _undecodable(inventory: pd.DataFrame) -> list[Finding]:
    broken = inventory[~inventory["decodable"].astype(bool)]
    return [
        catalogue.UNDECIDABLE_BROKEN.at(
            path,
            expected="an image that decodes to its end",
            found="one that does not",
            done="compared with none",
        )
        for path in sorted(broken["path"])
    ]


def _report(outcome: NearOutcome, lines: list[str], not_run: list[NotRun], findings: Path) -> None:
    figures = outcome.figures
    verdicts, parents = figures["verdicts"], figures["parents"]
    calibration = outcome.calibration
    text = [
        f"near: {figures['pairs_compared']} pairs compared, {verdicts['same']} of photographs are "
        f"one, {verdicts['retake']} retakes, {verdicts['review']} to review; parents of synthetic "
        f"images: {parents['verified']} verified, {parents['review']} to review, "
        f"{parents['unknown']} unknown",
        f"  threshold {figures['threshold']} for a rate of "
        f"{calibration['false_positive_rate']:g} false positives a pair, from "
        f"{figures['null_pairs']} pairs of different subjects (largest score "
        f"{figures['null_largest']})",
    ]
    text += [f"  {line}" for line in lines]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    remark(*text, f"findings: {findings}")
