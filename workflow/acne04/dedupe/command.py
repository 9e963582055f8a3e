"""The command line of ``acne04 dedupe``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from acne04.core import documents, tables
from acne04.core.catalogue import BROKEN_PROMISE
from acne04.core.errors import SchemaError
from acne04.core.findings import Finding, NotRun, summary_lines, write_findings
from acne04.core.outputs import check_outputs
from acne04.core.printing import remark
from acne04.core.sources import load_source
from acne04.dedupe import catalogue
from acne04.dedupe.answers import FILE_OF_KIND, IMAGES, RELATIONS
from acne04.dedupe.image_subjects import check_promises, unsure_subjects
from acne04.dedupe.results import metrics, report_lines
from acne04.dedupe.stage import Evidence, group_images
from acne04.relations.catalogue import DERIVED_FROM, NEAR
from acne04.relations.decisions import Decision, load
from acne04.relations.subjects import PUBLISHED_SPLITS, SubjectLine, read_subject_files

#: Option -> what it names; each is optional, and read where it is given.
_READ = {
    "verdicts": "near-duplicates, by `acne04 near`",
    "parents": "parents of synthetic images, by `acne04 near`",
    "image-decisions": "what people decided on grades and copies (decisions/images.csv)",
    "relation-decisions": "what people decided on relations (decisions/relations.csv)",
}
#: Option, which is the name of the table, too, and what it holds.
_WRITTEN = (
    ("names", "canonical names"),
    ("relations", "pairs of images that belong together"),
    ("groups", "the group of each image"),
    ("review", "questions that a person has to answer"),
)


@dataclass(frozen=True)
class DedupeOptions:
    """What ``acne04 dedupe`` reads and writes.

    Attributes
    ----------
    dataset : {"standin", "acne04"}
        Goes into every row.
    inventory : pathlib.Path
        Table of the images.
    subjects : pathlib.Path or None
        Folder of the subject table; None: every image is a person of its own.
    verdicts, parents, image_decisions, relation_decisions : pathlib.Path or None
        Tables of what was found out, and of what was decided.
    sources : pathlib.Path or None
        What the sources promise; None: nothing is held against it.
    names, relations, groups, review, findings, metrics : pathlib.Path
        Files to write: four tables, two documents.
    """

    dataset: str
    inventory: Path
    subjects: Path | None
    verdicts: Path | None
    parents: Path | None
    image_decisions: Path | None
    relation_decisions: Path | None
    sources: Path | None
    names: Path
    relations: Path
    groups: Path
    review: Path
    findings: Path
    metrics: Path


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
    for name, content in _READ.items():
        parser.add_argument(f"--{name}", type=Path, metavar="CSV", help=content)
    parser.add_argument("--sources", type=Path, metavar="YAML", help="what the sources promise")
    for name, content in _WRITTEN:
        parser.add_argument(
            f"--{name}", type=Path, required=True, metavar="CSV", help=f"write {content} here"
        )
    for name in ("findings", "metrics"):
        parser.add_argument(
            f"--{name}", type=Path, required=True, metavar="JSON", help=f"write {name} here"
        )


def read_options(arguments: argparse.Namespace) -> DedupeOptions:
    """Make options of a call, and check their paths.

    Raises
    ------
    UsageError
        If an output is a folder, another output, or an input.
    """
    values = vars(arguments)
    options = DedupeOptions(**{field.name: values[field.name] for field in fields(DedupeOptions)})
    given = {"--inventory": options.inventory, "--sources": options.sources}
    given |= {f"--{name}": values[name.replace("-", "_")] for name in _READ}
    if options.subjects:
        for split in PUBLISHED_SPLITS:
            given[f"{split} of --subjects"] = options.subjects / f"{split}.jsonl"
    written = (*(name for name, _ in _WRITTEN), "findings", "metrics")
    check_outputs({f"--{name}": values[name] for name in written}, given)
    return options


def run(options: DedupeOptions) -> int:
    """Group the images, write the tables, and say what was found."""
    dataset = options.dataset
    inventory = tables.read(options.inventory, "inventory", dataset)
    lines, problems, not_run = _read_subjects(options)
    evidence = Evidence(
        lines,
        _read_verdicts(options.verdicts, dataset, not_run),
        _read_parents(options.parents, dataset, not_run),
        _read_decisions(options.image_decisions, dataset, IMAGES)
        + _read_decisions(options.relation_decisions, dataset, RELATIONS),
    )
    made = group_images(dataset, inventory, evidence)
    tables.write(options.names, "names", made.names)
    tables.write(options.relations, "relations", made.relations)
    tables.write(options.groups, "groups", made.groups)
    tables.write(options.review, "review", made.review)
    findings = [*problems, *made.findings]
    document = write_findings(options.findings, dataset, "dedupe", findings, not_run)
    counted = metrics(dataset, made, document["counts"])
    documents.write(options.metrics, counted)
    text = [*report_lines(counted), *(f"  {line}" for line in summary_lines(document))]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    remark(*text, f"findings: {options.findings}")
    return 0


def _read_subjects(
    options: DedupeOptions,
) -> tuple[list[SubjectLine], list[Finding], list[NotRun]]:
    if not options.subjects:
        return [], [], [catalogue.SUBJECTS.not_run("no subject table given (--subjects)")]
    lines, problems = read_subject_files(options.subjects)
    if not options.sources:
        unsure = list(unsure_subjects({}, lines))
        return lines, [*problems, *unsure], [BROKEN_PROMISE.not_run("no sources given (--sources)")]
    promises = load_source(options.sources, options.dataset, "subjects").promises
    told = [*check_promises(promises, lines), *unsure_subjects(promises, lines)]
    return lines, [*problems, *told], []


def _read_verdicts(path: Path | None, dataset: str, not_run: list[NotRun]) -> pd.DataFrame | None:
    if path is None:
        not_run.append(NEAR.not_run("no verdicts given (--verdicts)"))
        return None
    verdicts = tables.read(path, "verdicts", dataset)
    unordered = verdicts.index[verdicts["sha256_a"] >= verdicts["sha256_b"]]
    if len(unordered):
        raise SchemaError(
            str(path),
            "pairs whose first SHA-256 is not the smaller one",
            found=", ".join(f"line {row + 2}" for row in unordered),
            done="nothing written",
            remedy="run `acne04 near` on this inventory",
        )
    return verdicts


def _read_parents(path: Path | None, dataset: str, not_run: list[NotRun]) -> pd.DataFrame | None:
    if path is None:
        not_run.append(DERIVED_FROM.not_run("no parents given (--parents)"))
        return None
    return tables.read(path, "parents", dataset)


def _read_decisions(path: Path | None, dataset: str, file: str) -> list[Decision]:
    decisions = load(path, dataset)
    foreign = [d for d in decisions if FILE_OF_KIND.get(d.kind) != file]
    if foreign:
        raise SchemaError(
            str(path),
            f"decisions that {file} does not hold",
            expected=" or ".join(kind for kind, own in FILE_OF_KIND.items() if own == file),
            found=", ".join(f"{d.kind} (line {d.line})" for d in foreign),
            done="nothing written",
        )
    return decisions
