"""What an earlier release means for the variants of this one: places kept, and a churn report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.findings import Finding
from acne04.relations.decisions import Decision, applied, unapplied
from acne04.split.churn import churn
from acne04.split.grouped import fold_names
from acne04.split.growing import Growth, grow
from acne04.split.manifest import GROUPED, Options, Variant
from acne04.split.previous import read_previous

#: What findings call the file of decisions that this stage applies.
PLACES = "decisions/places.csv"


@dataclass(frozen=True)
class Releases:
    """The earlier manifests, and what they leave open, by variant; empty for a first release."""

    previous: dict[str, pd.DataFrame]
    growths: dict[str, Growth]


def read_releases(
    folder: Path | None,
    variants: Sequence[str],
    images: pd.DataFrame,
    relations: pd.DataFrame,
    options: Options,
    decisions: Sequence[Decision],
    dataset: str,
) -> Releases:
    """Read the earlier manifest of each variant that keeps places.

    Parameters
    ----------
    folder : pathlib.Path or None
        Where they are; None for a first release.
    variants : sequence of str
        Variants that are made.
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.

    Raises
    ------
    UnavailableError, SchemaError, UsageError
        As of `acne04.split.previous.read_previous`.
    """
    made = [variant for variant in GROUPED if variant in variants] if folder else []
    count = options.fold_count
    parts = {"holdout": tuple(options.ratios), "kfold": fold_names(count)}
    previous = {v: read_previous(Path(folder or ""), v, dataset, count) for v in made}
    growths = {
        v: grow(images, relations, rows, parts[v], v, decisions) for v, rows in previous.items()
    }
    return Releases(previous, growths)


def churn_table(dataset: str, releases: Releases, variants: Sequence[Variant]) -> pd.DataFrame:
    """Give table ``churn`` of all variants that keep places; empty for a first release."""
    reports = [
        churn(variant.name, releases.previous[variant.name], variant.manifest)
        for variant in variants
        if variant.name in releases.previous
    ]
    if not reports:
        return tables.empty("churn")
    return pd.concat(reports, ignore_index=True).assign(dataset=dataset)


def decision_findings(
    decisions: Sequence[Decision], releases: Releases, images: pd.DataFrame
) -> list[Finding]:
    """Report each decision: what it did, or that it found nothing to do."""
    done = [event for growth in releases.growths.values() for event in growth.applied]
    used = {decision for decision, _, _ in done}
    known = images.groupby("path")["sha256"].agg(set).to_dict()
    there = set(images["sha256"])
    return [
        *(applied(decision, PLACES, found, what) for decision, found, what in done),
        *unapplied(decisions, known, PLACES),
        *(_idle(d) for d in decisions if d not in used and d.holds(there)),
    ]


def _idle(decision: Decision) -> Finding:
    return Finding(
        check="decision-not-applicable",
        severity="warning",
        file=PLACES,
        pointer="",
        line=decision.line,
        expected=f"{decision.path} between two parts of an earlier release",
        found="no such conflict in the variants that were made",
        done=f"nothing to apply it to (place: {decision.decision})",
        remedy="nothing, or remove the row where it will never be needed again",
    )
