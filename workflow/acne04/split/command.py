"""The command line of ``acne04 split``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from acne04.core import documents, review, tables
from acne04.core.errors import UsageError
from acne04.core.findings import Finding, NotRun, summary_lines, write_findings
from acne04.core.parameters import declare_flags, read_flags
from acne04.core.printing import remark
from acne04.core.progress import Progress
from acne04.core.sources import load_source
from acne04.core.variants import GROUPED, VARIANTS, base_of, repeat_of, with_repeats
from acne04.relations import decisions
from acne04.relations.kinship import Kinship
from acne04.relations.persons import with_persons
from acne04.split import catalogue
from acne04.split.collection import as_labelled, grade_findings, join_images, standing
from acne04.split.grouped import fold_names, holdout, kfold
from acne04.split.growth import Growth, decision_findings, grow
from acne04.split.junctions import refuse_other_relations
from acne04.split.manifest import (
    SplitParameters,
    Variant,
    refuse_losses,
    refuse_strangers,
)
from acne04.split.matched import MATCHED, published_matched
from acne04.split.paper import paper, paper_findings, paper_leaks, paper_table
from acne04.split.part_sizes import part_findings, refuse_empty_parts
from acne04.split.precision import precision_document
from acne04.split.previous import churn_table, read_previous
from acne04.split.published import published, published_clean
from acne04.split.repeats import repeat_findings
from acne04.split.solver import Limits
from acne04.split.tally import LEAKY, key_figures, leak_findings, leaks_of, metrics, print_balance

CERTIFICATES = "certificates.schema.json"
#: The parameter whose flag has a name of its own: ``--folds`` names the table.
FLAGS = {"folds": "--fold-count"}


@dataclass(frozen=True)
class SplitOptions:
    """What a call of ``acne04 split`` asks for.

    Attributes
    ----------
    dataset : {"standin", "acne04"}
        Which dataset the tables are of.
    variants : tuple of str
        What to make, of `VARIANTS`, with the repeats of those that are repeated.
    inventory, groups : pathlib.Path
        The tables of those names.
    relations, folds, annotated : pathlib.Path or None
        The same, where they are given: with what needs them.
    sources, decisions : pathlib.Path or None
        What the sources promise; what people decided on places.
    previous : pathlib.Path or None
        Folder of an earlier release; not `output`.
    output : pathlib.Path
        Folder for everything that is made.
    review : pathlib.Path
        File for the questions.
    parameters : SplitParameters
        How to place and to balance.
    """

    dataset: str
    variants: tuple[str, ...]
    inventory: Path
    groups: Path
    relations: Path | None
    folds: Path | None
    annotated: Path | None
    sources: Path | None
    decisions: Path | None
    previous: Path | None
    output: Path
    review: Path
    parameters: SplitParameters


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
    declare_flags(parser, "split", FLAGS)


def read_options(arguments: argparse.Namespace) -> SplitOptions:
    """Check the parameters, and what they and the variants need of the other arguments.

    Raises
    ------
    UsageError
        If a parameter is out of range, or needs a table that is not given.
    """
    values = read_flags(vars(arguments), "split", FLAGS)
    previous = values["previous"]
    variants = with_repeats(tuple(arguments.variants), values["repeats"])
    clean = "published-clean" in variants
    matched = MATCHED in variants
    for option, given, needed, by in (
        ("--folds", arguments.folds, "published" in variants, "the variant published"),
        ("--annotated", arguments.annotated, values["restrict"] == "v2", "--restrict v2"),
        ("--folds", arguments.folds, clean, "the variant published-clean"),
        ("--relations", arguments.relations, clean, "the variant published-clean"),
        ("--folds", arguments.folds, matched, f"the variant {MATCHED}"),
        ("--relations", arguments.relations, matched, f"the variant {MATCHED}"),
        ("--relations", arguments.relations, previous, "--previous"),
    ):
        if needed and not given:
            raise UsageError(option, f"needed by {by}", done="nothing written")
    if previous and Path(previous).resolve() == arguments.output.resolve():
        raise UsageError(
            "--previous",
            "the folder that the new manifests are to be written to",
            found=previous,
            done="nothing written",
            remedy="copy the manifests of the earlier release to a folder of their own",
        )
    return SplitOptions(
        dataset=arguments.dataset,
        variants=variants,
        inventory=arguments.inventory,
        groups=arguments.groups,
        relations=arguments.relations,
        folds=arguments.folds,
        annotated=arguments.annotated,
        sources=arguments.sources,
        decisions=arguments.decisions,
        previous=Path(previous) if previous else None,
        output=arguments.output,
        review=arguments.review or arguments.output / "review.csv",
        parameters=SplitParameters(
            ratios=dict(zip(("train", "val", "test"), values["ratios"], strict=True)),
            fold_count=values["folds"],
            restrict=values["restrict"],
            balance=values["balance"],
            target=values["target"],
            unknown_parent=values["unknown_parent"],
            least_persons=values["least_persons"],
            limits=Limits(values["node_limit"], float(values["relative_gap"])),
            repeats=values["repeats"],
            strata=values["strata"],
        ),
    )


def run(options: SplitOptions) -> int:
    """Make the variants, write them, and say what they hold."""
    refuse_strangers(options.output, options.variants)
    dataset = options.dataset
    images, findings = join_images(
        _table(options.inventory, "inventory", dataset),
        _table(options.groups, "groups", dataset),
        _table(options.annotated, "annotated", dataset),
    )
    answers = decisions.load(options.decisions, dataset)
    relations = _table(options.relations, "relations", dataset)
    previous, growths = _growths(options, images, relations, answers)
    promised = _promised_table(options)
    if options.relations:
        refuse_other_relations(images, relations)
    kinship = Kinship(images["image_id"], with_persons(relations, images))
    variants = _make(options, images, growths, kinship, promised)
    leaks = leaks_of(variants, kinship) if options.relations else {}
    findings += [*leak_findings(leaks), *repeat_findings(variants)]
    if set(GROUPED) & set(options.variants):
        findings += grade_findings(images, standing(images, options.parameters.restrict))
        findings += decision_findings(answers, growths.values(), images)
    for variant in variants:
        refuse_losses(variant.name, variant.manifest, images)
        refuse_empty_parts(variant, options.parameters, options.previous)
        findings += [*variant.findings, *part_findings(variant, options.parameters)]
    for variant in variants:
        _write_manifest(options.output, dataset, variant)
    findings += _write_leaks(options, images, variants, leaks)
    changes = churn_table(dataset, previous, variants)
    tables.write(options.output / "churn.csv", "churn", changes)
    # Of what several repeats ask, an answer to the first is one to all.
    asked = [item for growth in reversed(growths.values()) for item in growth.review]
    questions = list({(item.subject, item.target): item for item in asked}.values())
    tables.write(options.review, "review", review.to_table(dataset, questions))
    not_run = _not_run(options, promised)
    # published-clean says of the folds' lines what published says.
    counts = _write_findings(options, variants, list(dict.fromkeys(findings)), not_run)
    figures = metrics(dataset, images, variants, leaks, changes, counts)
    documents.write(options.output / "metrics.json", figures)
    documents.write(options.output / "key_figures.json", key_figures(figures))
    print_balance(images, variants, options.parameters)
    return 0


def _table(path: Path | None, name: str, dataset: str) -> pd.DataFrame:
    return tables.empty(name) if path is None else tables.read(path, name, dataset)


def _growths(
    options: SplitOptions,
    images: pd.DataFrame,
    relations: pd.DataFrame,
    answers: list[decisions.Decision],
) -> tuple[dict[str, pd.DataFrame], dict[str, Growth]]:
    """Give the earlier manifest of each variant that keeps places, and what it leaves open.

    Both are empty for a first release.
    """
    if not options.previous:
        return {}, {}
    count = options.parameters.fold_count
    parts = {"holdout": tuple(options.parameters.ratios), "kfold": fold_names(count)}
    previous = {
        variant: read_previous(options.previous, variant, options.dataset, count)
        for variant in options.variants
        if base_of(variant) in GROUPED
    }
    # What people decided on a variant holds for each of its repeats.
    return previous, {
        variant: grow(images, relations, rows, parts[base_of(variant)], base_of(variant), answers)
        for variant, rows in previous.items()
    }


def _promised_table(options: SplitOptions) -> list[dict[str, Any]] | None:
    if not options.sources:
        return None
    promises = load_source(options.sources, options.dataset, "acnedit").promises
    promised: list[dict[str, Any]] | None = promises.get("paper_table")
    return promised


def _make(
    options: SplitOptions,
    images: pd.DataFrame,
    growths: dict[str, Growth],
    kinship: Kinship,
    promised: list[dict[str, Any]] | None,
) -> list[Variant]:
    def folds() -> pd.DataFrame:
        return _table(options.folds, "folds", options.dataset)

    @cache
    def clean() -> Variant:
        return published_clean(images, folds(), kinship, how)

    how = options.parameters
    makers: dict[str, Callable[[], Variant]] = {
        "published": lambda: published(as_labelled(images), folds()),
        "published-clean": clean,
        MATCHED: lambda: published_matched(images, folds(), clean(), how),
        "paper": lambda: paper(as_labelled(images), promised),
    }
    grouped = {"holdout": holdout, "kfold": kfold}
    made = []
    with Progress("place", len(options.variants), "manifests") as progress:
        for name in with_repeats(VARIANTS, how.repeats):
            if name not in options.variants:
                continue
            if name in makers:
                made.append(makers[name]())
            else:
                place = grouped[base_of(name)]
                made.append(place(images, how, growths.get(name), repeat_of(name)))
            progress.add()
    return made


def _not_run(options: SplitOptions, promised: list[dict[str, Any]] | None) -> list[NotRun]:
    gaps = []
    if "paper" in options.variants and promised is None:
        gaps.append(
            catalogue.PAPER_TABLE_DIFFERS.not_run("no source promises the table (--sources)")
        )
    if not options.relations and set(options.variants) - {"paper"}:
        gaps.append(catalogue.LEAKS.not_run("no relations given (--relations)"))
    if not options.annotated:
        reason = "no annotated images given (--annotated)"
        gaps += [
            catalogue.V2_IMAGE_WITHOUT_PHOTOGRAPH.not_run(reason),
            catalogue.V2_CIRCLES_QUARANTINED.not_run(reason),
            catalogue.V2_COUNTS_DISAGREE.not_run(reason),
        ]
    return gaps


def _write_manifest(folder: Path, dataset: str, variant: Variant) -> None:
    manifest = variant.manifest.assign(dataset=dataset, variant=variant.name)
    tables.write(folder / f"{variant.name}.csv", "splits", manifest)
    if variant.name == "paper":
        counted = paper_table(variant.manifest).assign(dataset=dataset)
        tables.write(folder / "paper_table.csv", "paper_table", counted)


def _write_leaks(
    options: SplitOptions,
    images: pd.DataFrame,
    variants: list[Variant],
    leaks: dict[str, pd.DataFrame],
) -> list[Finding]:
    """Write what `published` leaks, and what of `paper` would leak under the other variants."""
    dataset, folder = options.dataset, options.output
    if LEAKY in leaks:
        table = leaks[LEAKY].assign(dataset=dataset, variant=LEAKY)
        tables.write(folder / f"{LEAKY}_leaks.csv", "leaks", table)
    if "paper" not in options.variants:
        return []
    told = paper_leaks(images, variants)
    tables.write(folder / "paper_leaks.csv", "paper_leaks", told.assign(dataset=dataset))
    return list(paper_findings(told))


def _write_findings(
    options: SplitOptions, variants: list[Variant], findings: list[Finding], not_run: list[NotRun]
) -> dict[str, int]:
    """Write certificates and findings, summarise them, and give the findings of each check."""
    dataset, folder = options.dataset, options.output
    certificates = {
        "dataset": dataset,
        "unit": "images",
        "variants": {v.name: _certified(v) for v in variants if v.certificate},
        "precision": precision_document(variants, options.parameters),
    }
    documents.check(certificates, CERTIFICATES, str(folder / "certificates.json"))
    documents.write(folder / "certificates.json", certificates)
    document = write_findings(folder / "findings.json", dataset, "split", findings, not_run)
    text = [f"split: {', '.join(v.name for v in variants)} in {folder}"]
    text += [f"  {line}" for line in summary_lines(document)]
    text += [f"not run, so not passed: {gap.check}: {gap.reason}" for gap in not_run]
    remark(*text, f"findings: {folder / 'findings.json'}")
    counts: dict[str, int] = document["counts"]
    return counts


def _certified(variant: Variant) -> dict[str, Any]:
    entry = variant.certificate.as_document() if variant.certificate else {}
    if variant.validation:
        entry["validation"] = {
            name: certificate.as_document()
            for name, certificate in zip(
                fold_names(len(variant.validation)), variant.validation, strict=True
            )
        }
    return entry
