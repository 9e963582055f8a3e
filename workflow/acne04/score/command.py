"""The command line of ``acne04 score``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from acne04.core import documents
from acne04.core.errors import UnavailableError
from acne04.core.findings import Finding
from acne04.core.outputs import declare_json, give_document, read_json
from acne04.inference.intervals import differences, drawn_weights, estimates
from acne04.inference.measures import PersonTallies, tally
from acne04.samples.parts import VARIANTS_TOLD, check_variant
from acne04.samples.place import find_dataset
from acne04.score.predictions import Predictions, ScoredPart, read_predictions, scored_part
from acne04.score.presentation import (
    as_document,
    figure_entries,
    print_findings,
    print_scores,
)

SCHEMA = "score.schema.json"


@dataclass(frozen=True)
class ScoreOptions:
    """What is scored, and by which split.

    Attributes
    ----------
    predictions : pathlib.Path
        CSV file, a row an image (and fold, and repeat).
    against : pathlib.Path or None
        Predictions of another model for the same images.
    variant, part : str
        Of the split.
    data : pathlib.Path or None
        A checkout, its ``data`` folder or a release; None for the checkout here.
    seed : int
        Of the draws.
    json : pathlib.Path or None
        Where the document goes (`acne04.core.outputs.read_json`).
    """

    predictions: Path
    against: Path | None
    variant: str
    part: str
    data: Path | None
    seed: int
    json: Path | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``acne04 score``."""
    parser.epilog = "Exit code: 0 scored, 1 these are not predictions of the part, 2 not possible."
    add = parser.add_argument
    add(
        "predictions",
        type=Path,
        metavar="PREDICTIONS",
        help="CSV: images, and `predicted` (0 to 3 or a grade's name) or `p0` to `p3`; where there "
        "are such, `count` (lesions), `fold`, `repeat`",
    )
    add(
        "--against", type=Path, metavar="OTHER", help="predictions of another model, for comparison"
    )
    told = f"of the split: {VARIANTS_TOLD} (default holdout)"
    add("--variant", default="holdout", metavar="VARIANT", help=told)
    add("--part", default="test", metavar="PART", help="of the variant (default test)")
    add("--data", type=Path, metavar="FOLDER", help="a checkout or a release (default: this one)")
    add("--seed", type=int, default=0, metavar="N", help="of the bootstrap (default 0)")
    declare_json(parser, "every figure")


def read_options(arguments: argparse.Namespace) -> ScoreOptions:
    """Give the options of a call."""
    return ScoreOptions(
        predictions=arguments.predictions,
        against=arguments.against,
        variant=check_variant(arguments.variant),
        part=arguments.part,
        data=arguments.data,
        seed=arguments.seed,
        json=read_json(arguments),
    )


def run(options: ScoreOptions) -> int:
    """Score one model, or two: 0, or 1 where the predictions are not those of the part."""
    manifest = find_dataset(options.data).manifest(options.variant)
    if manifest.empty:
        raise UnavailableError(f"{options.variant}.csv", "the manifest has no row")
    dataset = str(manifest["dataset"].iloc[0])
    scored = scored_part(manifest, options.variant, options.part)
    if scored.truth.empty:
        raise UnavailableError(
            f"{options.variant}.csv", f"part {options.part} has no graded image to score"
        )
    given, findings = _read([options.predictions, options.against], scored)
    document = as_document(dataset, scored, given, findings)
    if not findings:
        document["figures"] = _figures(given, options.seed)
    documents.check(document, SCHEMA, "the document")
    if give_document(options.json, document):
        if findings:
            print_findings(findings)
        else:
            print_scores(document)
    return 1 if findings else 0


def _read(paths: list[Path | None], scored: ScoredPart) -> tuple[list[Predictions], list[Finding]]:
    given, findings = [], []
    for path in paths:
        if path is not None:
            predictions, found = read_predictions(path, scored)
            given.append(predictions)
            findings += found
    return given, findings


def _figures(given: list[Predictions], seed: int) -> list[dict[str, Any]]:
    """Compute all figures; the same draws of persons for both models."""
    persons = sorted({*given[0].table["person"]})
    weights = drawn_weights(len(persons), seed)
    tallies = [_tally(predictions.table, persons) for predictions in given]
    models = [estimates(of_model, weights) for of_model in tallies]
    compared = None
    if len(tallies) == 2:
        compared = differences(tallies[0], tallies[1], weights)
    return figure_entries(models, compared)


def _tally(table: pd.DataFrame, persons: list[str]) -> PersonTallies:
    codes = pd.Categorical(table["person"], categories=persons).codes.astype(np.int64)
    truth = table["count"].to_numpy(dtype=np.float64, na_value=np.nan)
    errors = np.abs(table["predicted_count"].to_numpy(dtype=np.float64) - truth)
    grades, predicted = (table[name].to_numpy(dtype=np.int64) for name in ("grade", "predicted"))
    return tally(codes, grades, predicted, errors)
