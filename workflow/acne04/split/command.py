"""The command line of ``acne04 split``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from acne04 import documents, tables
from acne04.errors import UsageError
from acne04.findings import Finding, NotRun, summary_lines, write_findings
from acne04.sources import load_source
from acne04.split.balancing import METHODS
from acne04.split.grouped import holdout, kfold
from acne04.split.images import conflict_findings, join_images, standing
from acne04.split.manifest import VARIANTS, Options, Variant, refuse_losses, refuse_strangers
from acne04.split.paper import paper, paper_table
from acne04.split.published import published
from acne04.split.report import metrics, print_balance
from acne04.split.solver import Limits

#: As many folds as schemas/params.schema.json allows.
MOST_FOLDS = 20
PARTS = ("train", "val", "test")
CERTIFICATES = "certificates.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 split``."""
    add = parser.add_argument
    add("--dataset", choices=("standin", "acne04"), required=True)
    add("--inventory", type=Path, required=True, metavar="CSV", help="images, by `acne04 scan`")
    add("--groups", type=Path, required=True, metavar="CSV", help="groups, by `acne04 dedupe`")
    add("--folds", type=Path, metavar="CSV", help="label lines, for `published`")
    add("--annotated", type=Path, metavar="CSV", help="images of Acne04-v2, by `acne04 validate`")
    add("--sources", type=Path, metavar="YAML", help="what the sources promise, for `paper`")
    add("--output", type=Path, required=True, metavar="FOLDER", help="write everything here")
    add(
        "--variants",
        nargs="+",
        choices=VARIANTS,
        default=VARIANTS,
        help="what to make (default all)",
    )
    _configure_knobs(parser)


def _configure_knobs(parser: argparse.ArgumentParser) -> None:
    """Declare the knobs; their defaults are those of ``split`` in the shipped ``params.yaml``."""

    def add(name: str, default: object, text: str, **more: Any) -> None:
        parser.add_argument(name, default=default, help=f"{text} (default %(default)s)", **more)

    parser.add_argument(
        "--ratios",
        nargs=3,
        type=int,
        default=[65, 15, 20],
        metavar=("TRAIN", "VAL", "TEST"),
        help="parts of holdout in percent, together 100 (default 65 15 20)",
    )
    add("--fold-count", 5, f"folds of kfold, 2 to {MOST_FOLDS}", type=int)
    add("--restrict", "none", "v2: only the images it annotates", choices=("none", "v2"))
    add("--balance", "synthetic", "how to balance training", choices=METHODS)
    add("--target", 400, "training images a grade", type=int)
    add("--node-limit", 100_000, "the solver stops after so many nodes", type=int)
    add("--relative-gap", 0.0, "the solver may stop at such a gap, 0 to 1", type=float)


def run(arguments: argparse.Namespace) -> int:
    """Make the variants, write them, and say what they hold."""
    options = _options(arguments)
    refuse_strangers(arguments.output, arguments.variants)
    dataset = arguments.dataset
    images, findings = join_images(
        _table(arguments, "inventory"), _table(arguments, "groups"), _table(arguments, "annotated")
    )
    promised = _promised_table(arguments)
    variants = _make(images, arguments, options, promised)
    if {"holdout", "kfold"} & set(arguments.variants):
        findings += conflict_findings(images, standing(images, options.restrict))
    for variant in variants:
        refuse_losses(variant.name, variant.manifest, images)
        findings += variant.findings
    for variant in variants:
        _write_manifest(arguments.output, dataset, variant)
    _write_documents(arguments, images, variants, findings, _not_run(arguments, promised))
    print_balance(images, variants, options)
    return 0


def _options(arguments: argparse.Namespace) -> Options:
    for option, least in (("fold_count", 2), ("target", 1), ("node_limit", 1)):
        if getattr(arguments, option) < least:
            raise _wrong(f"--{option.replace('_', '-')}", f"at least {least}", arguments, option)
    if arguments.fold_count > MOST_FOLDS:
        raise _wrong("--fold-count", f"at most {MOST_FOLDS}", arguments, "fold_count")
    if min(arguments.ratios) < 1 or sum(arguments.ratios) != 100:
        expected = "three positive integers, together 100"
        raise _wrong("--ratios", expected, arguments, "ratios")
    if not 0 <= arguments.relative_gap <= 1:
        raise _wrong("--relative-gap", "a fraction, 0 to 1", arguments, "relative_gap")
    if "published" in arguments.variants and not arguments.folds:
        raise UsageError("--folds", "needed by the variant published", done="nothing written")
    if arguments.restrict == "v2" and not arguments.annotated:
        raise UsageError("--annotated", "needed by --restrict v2", done="nothing written")
    return Options(
        ratios=dict(zip(PARTS, arguments.ratios, strict=True)),
        fold_count=arguments.fold_count,
        restrict=arguments.restrict,
        balance=arguments.balance,
        target=arguments.target,
        limits=Limits(arguments.node_limit, arguments.relative_gap),
    )


def _wrong(where: str, expected: str, arguments: argparse.Namespace, name: str) -> UsageError:
    found = str(getattr(arguments, name))
    return UsageError(where, "out of range", expected=expected, found=found, done="nothing written")


def _table(arguments: argparse.Namespace, name: str) -> pd.DataFrame:
    path: Path | None = getattr(arguments, name)
    if path is None:
        return tables.empty(name)
    return tables.read(path, name, arguments.dataset)


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
    promised: list[dict[str, Any]] | None,
) -> list[Variant]:
    makers: dict[str, Callable[[], Variant]] = {
        "published": lambda: published(images, _table(arguments, "folds")),
        "paper": lambda: paper(images, promised),
        "holdout": lambda: holdout(images, options),
        "kfold": lambda: kfold(images, options),
    }
    return [make() for name, make in makers.items() if name in arguments.variants]


def _not_run(arguments: argparse.Namespace, promised: list[dict[str, Any]] | None) -> list[NotRun]:
    gaps = []
    if "paper" in arguments.variants and promised is None:
        gaps.append(NotRun("paper-table-differs", "no source promises the table (--sources)"))
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


def _write_documents(
    arguments: argparse.Namespace,
    images: pd.DataFrame,
    variants: list[Variant],
    findings: list[Finding],
    not_run: list[NotRun],
) -> None:
    dataset, folder = arguments.dataset, arguments.output
    certified = {v.name: v.certificate.as_document() for v in variants if v.certificate}
    certificates = {"dataset": dataset, "unit": "images", "variants": certified}
    documents.check(certificates, CERTIFICATES, str(folder / "certificates.json"))
    documents.write(folder / "certificates.json", certificates)
    document = write_findings(folder / "findings.json", dataset, "split", findings, not_run)
    documents.write(folder / "metrics.json", metrics(dataset, images, variants, document["counts"]))
    text = [f"split: {', '.join(v.name for v in variants)} in {folder}"]
    text += [f"  {line}" for line in summary_lines(document)]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    print("\n".join([*text, f"findings: {folder / 'findings.json'}"]), file=sys.stderr)
