"""The command line of ``acne04 split``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import documents, review, tables
from acne04.core.findings import Finding, NotRun, summary_lines, write_findings
from acne04.core.sources import load_source
from acne04.relations import decisions
from acne04.relations.kinship import Kinship
from acne04.split.grouped import holdout, kfold
from acne04.split.images import as_labelled, grade_findings, join_images, standing
from acne04.split.joining import refuse_other_relations
from acne04.split.knobs import configure_knobs, read_knobs
from acne04.split.leaking import LEAKY, leak_findings, leaks_of
from acne04.split.manifest import (
    GROUPED,
    VARIANTS,
    Options,
    Variant,
    refuse_losses,
    refuse_strangers,
)
from acne04.split.paper import paper, paper_findings, paper_leaks, paper_table
from acne04.split.published import published
from acne04.split.published_clean import published_clean
from acne04.split.releases import Releases, churn_table, decision_findings, read_releases
from acne04.split.report import metrics, print_balance

CERTIFICATES = "certificates.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 split``."""
    add = parser.add_argument
    add("--dataset", choices=("standin", "acne04"), required=True)
    add("--inventory", type=Path, required=True, metavar="CSV", help="images, by `acne04 scan`")
    add("--groups", type=Path, required=True, metavar="CSV", help="groups, by `acne04 dedupe`")
    add("--relations", type=Path, metavar="CSV", help="what made the groups: for leaks")
    add("--folds", type=Path, metavar="CSV", help="label lines, for `published`")
    add("--annotated", type=Path, metavar="CSV", help="images of Acne04-v2, by `acne04 validate`")
    add("--sources", type=Path, metavar="YAML", help="what the sources promise, for `paper`")
    add("--decisions", type=Path, metavar="CSV", help="what people decided on places")
    add("--output", type=Path, required=True, metavar="FOLDER", help="write everything here")
    add("--review", type=Path, metavar="CSV", help="write questions here (default in --output)")
    add(
        "--variants",
        nargs="+",
        choices=VARIANTS,
        default=VARIANTS,
        help="what to make (default all)",
    )
    configure_knobs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the variants, write them, and say what they hold."""
    options = read_knobs(arguments)
    refuse_strangers(arguments.output, arguments.variants)
    dataset = arguments.dataset
    images, findings = join_images(
        _table(arguments, "inventory"), _table(arguments, "groups"), _table(arguments, "annotated")
    )
    answers = decisions.load(arguments.decisions, dataset)
    releases = read_releases(
        Path(arguments.previous) if arguments.previous else None,
        arguments.variants,
        images,
        _table(arguments, "relations"),
        options,
        answers,
        dataset,
    )
    promised = _promised_table(arguments)
    kinship = _kinship(arguments, images)
    variants = _make(images, arguments, options, releases, kinship, promised)
    leaks = leaks_of(variants, kinship) if arguments.relations else {}
    findings += leak_findings(leaks)
    if set(GROUPED) & set(arguments.variants):
        findings += grade_findings(images, standing(images, options.restrict))
        findings += decision_findings(answers, releases, images)
    for variant in variants:
        refuse_losses(variant.name, variant.manifest, images)
        findings += variant.findings
    for variant in variants:
        _write_manifest(arguments.output, dataset, variant)
    findings += _write_leaks(arguments, images, variants, leaks)
    changes = churn_table(dataset, releases, variants)
    tables.write(arguments.output / "churn.csv", "churn", changes)
    questions = [item for growth in releases.growths.values() for item in growth.review]
    queue = arguments.review or arguments.output / "review.csv"
    tables.write(queue, "review", review.to_table(dataset, questions))
    not_run = _not_run(arguments, promised)
    # published-clean says of the folds' lines what published says.
    findings = list(dict.fromkeys(findings))
    _write_documents(arguments, images, variants, leaks, changes, findings, not_run)
    print_balance(images, variants, options)
    return 0


def _table(arguments: argparse.Namespace, name: str) -> pd.DataFrame:
    path: Path | None = getattr(arguments, name)
    if path is None:
        return tables.empty(name)
    return tables.read(path, name, arguments.dataset)


def _kinship(arguments: argparse.Namespace, images: pd.DataFrame) -> Kinship:
    relations = _table(arguments, "relations")
    if arguments.relations:
        refuse_other_relations(images, relations)
    return Kinship(images["image_id"], relations)


def _promised_table(arguments: argparse.Namespace) -> list[dict[str, Any]] | None:
    if not arguments.sources:
        return None
    promises = load_source(arguments.sources, arguments.dataset, "acnedit").promises
    promised: list[dict[str, Any]] | None = promises.get("paper_table")
    return promised


def _make(
    images: pd.DataFrame,
    arguments: argparse.Namespace,
    options: Options,
    releases: Releases,
    kinship: Kinship,
    promised: list[dict[str, Any]] | None,
) -> list[Variant]:
    growths = releases.growths
    makers: dict[str, Callable[[], Variant]] = {
        "published": lambda: published(as_labelled(images), _table(arguments, "folds")),
        "published-clean": lambda: published_clean(
            images, _table(arguments, "folds"), kinship, options
        ),
        "paper": lambda: paper(as_labelled(images), promised),
        "holdout": lambda: holdout(images, options, growths.get("holdout")),
        "kfold": lambda: kfold(images, options, growths.get("kfold")),
    }
    return [make() for name, make in makers.items() if name in arguments.variants]


def _not_run(arguments: argparse.Namespace, promised: list[dict[str, Any]] | None) -> list[NotRun]:
    gaps = []
    if "paper" in arguments.variants and promised is None:
        gaps.append(NotRun("paper-table-differs", "no source promises the table (--sources)"))
    if not arguments.relations and set(arguments.variants) - {"paper"}:
        gaps.append(NotRun("leaks", "no relations given (--relations)"))
    if not arguments.annotated:
        reason = "no annotated images given (--annotated)"
        gaps += [NotRun("v2-image-without-photograph", reason)]
        gaps += [NotRun("v2-circles-quarantined", reason)]
        gaps += [NotRun("v2-counts-disagree", reason)]
    return gaps


def _write_manifest(folder: Path, dataset: str, variant: Variant) -> None:
    manifest = variant.manifest.assign(dataset=dataset, variant=variant.name)
    tables.write(folder / f"{variant.name}.csv", "splits", manifest)
    if variant.name == "paper":
        counted = paper_table(variant.manifest).assign(dataset=dataset)
        tables.write(folder / "paper_table.csv", "paper_table", counted)


def _write_leaks(
    arguments: argparse.Namespace,
    images: pd.DataFrame,
    variants: list[Variant],
    leaks: dict[str, pd.DataFrame],
) -> list[Finding]:
    """Write what `published` leaks, and what of `paper` would leak under the other variants."""
    dataset, folder = arguments.dataset, arguments.output
    if LEAKY in leaks:
        table = leaks[LEAKY].assign(dataset=dataset, variant=LEAKY)
        tables.write(folder / f"{LEAKY}_leaks.csv", "leaks", table)
    if "paper" not in arguments.variants:
        return []
    told = paper_leaks(images, variants)
    tables.write(folder / "paper_leaks.csv", "paper_leaks", told.assign(dataset=dataset))
    return list(paper_findings(told))


def _write_documents(
    arguments: argparse.Namespace,
    images: pd.DataFrame,
    variants: list[Variant],
    leaks: dict[str, pd.DataFrame],
    changes: pd.DataFrame,
    findings: list[Finding],
    not_run: list[NotRun],
) -> None:
    dataset, folder = arguments.dataset, arguments.output
    certified = {v.name: v.certificate.as_document() for v in variants if v.certificate}
    certificates = {"dataset": dataset, "unit": "images", "variants": certified}
    documents.check(certificates, CERTIFICATES, str(folder / "certificates.json"))
    documents.write(folder / "certificates.json", certificates)
    document = write_findings(folder / "findings.json", dataset, "split", findings, not_run)
    figures = metrics(dataset, images, variants, leaks, changes, document["counts"])
    documents.write(folder / "metrics.json", figures)
    text = [f"split: {', '.join(v.name for v in variants)} in {folder}"]
    text += [f"  {line}" for line in summary_lines(document)]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    print("\n".join([*text, f"findings: {folder / 'findings.json'}"]), file=sys.stderr)
