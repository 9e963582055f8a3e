"""Count what the variants hold, for ``metrics.json`` and for the terminal."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.split.balancing import training_shares
from acne04.split.leaking import figures as leak_figures
from acne04.split.manifest import BY_FOLD, Options, Variant

#: Parts in the order in which they are shown.
PART_ORDER = ("train", "val", "trainval", "test", "train-only", "all")


def metrics(
    dataset: str,
    images: pd.DataFrame,
    variants: list[Variant],
    leaks: dict[str, pd.DataFrame],
    changes: pd.DataFrame,
    counts: dict[str, int],
) -> dict[str, Any]:
    """Gather the figures of all variants.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.split.images.join_images`.
    leaks : dict of str to pandas.DataFrame
        As of `acne04.split.leaking.leaks_of`.
    changes : pandas.DataFrame
        Table ``churn``.
    counts : dict
        Number of findings of each check.
    """
    return {
        "dataset": dataset,
        "images": {
            origin: by_grade(images[images["origin"] == origin]) for origin in ("real", "synthetic")
        },
        "variants": {variant.name: _figures(variant, leaks) for variant in variants},
        "churn": {
            str(variant): dict(sorted(Counter(map(_kind_of_change, rows["cause"])).items()))
            for variant, rows in changes.groupby("variant")
        },
        "findings": counts,
    }


def _kind_of_change(cause: str) -> str:
    """Leave the names of images out of a cause."""
    return "; ".join(part.partition(":")[0] for part in cause.split("; "))


def by_grade(rows: pd.DataFrame) -> dict[str, int]:
    """Count rows by grade; ``all`` counts those without one, too."""
    counts = rows["grade"].value_counts()
    return {**{str(g): int(counts.get(g, 0)) for g in GRADES}, "all": len(rows)}


def parts_of(variant: Variant) -> dict[str, pd.DataFrame]:
    """Give the placed rows of each part, named ``train`` or, where there are folds, ``test-0``."""
    placed = variant.manifest[variant.manifest["split"] != ""]
    parts = {}
    for split in PART_ORDER:
        rows = placed[placed["split"] == split]
        for fold, of_fold in rows.groupby("fold", dropna=False):
            parts[split if pd.isna(fold) else f"{split}-{fold}"] = of_fold
    return parts


def _figures(variant: Variant, leaks: dict[str, pd.DataFrame]) -> dict[str, Any]:
    manifest = variant.manifest
    reasons = Counter(reason.partition(":")[0] for reason in manifest["excluded"] if reason)
    figures: dict[str, Any] = {
        "rows": len(manifest),
        "placed": int((manifest["split"] != "").sum()),
        "excluded": dict(sorted(reasons.items())),
        "parts": {part: by_grade(rows) for part, rows in parts_of(variant).items()},
    }
    if variant.name in leaks:
        figures |= leak_figures(variant.name, leaks[variant.name])
    if variant.shortfall:
        figures["epoch"] = {grade: round(shown, 3) for grade, shown in _epoch(variant).items()}
        figures["shortfall"] = {str(g): n for g, n in variant.shortfall.items()}
    if variant.certificate:
        unit = variant.certificate.parts.unit
        figures["largest_deviation"] = round(variant.certificate.largest / unit, 6)
        figures["total_deviation"] = round(variant.certificate.total / unit, 6)
    return figures


def _epoch(variant: Variant) -> dict[str, float]:
    """Sum the weights of each grade: what an epoch of training shows (its mean over the folds)."""
    rows = variant.manifest[variant.manifest["weight"].notna()]
    shown = rows["weight"].astype(float)
    if variant.name in BY_FOLD:
        shown /= max(rows["fold"].nunique(), 1)
    else:
        folds = len(variant.certificate.parts.names) if variant.certificate else 1
        shown *= training_shares(rows, folds).astype(float)
    # An exact sum: the same figure whatever the order of the rows.
    return {str(g): math.fsum(shown[rows["grade"] == g]) for g in GRADES}


def print_balance(images: pd.DataFrame, variants: list[Variant], options: Options) -> None:
    """Print the class balance before and after."""
    table = Table(title=f"Images by grade (balance: {options.balance}, target {options.target})")
    table.add_column("variant")
    table.add_column("part", no_wrap=True)
    for name in (*GRADE_NAMES, "all"):
        table.add_column(name, justify="right")
    for origin in ("real", "synthetic"):
        rows = images[images["origin"] == origin]
        table.add_row("before", origin, *map(str, by_grade(rows).values()))
    for variant in variants:
        table.add_section()
        for part, rows in parts_of(variant).items():
            table.add_row(variant.name, part, *map(str, by_grade(rows).values()))
        if variant.shortfall:
            shown = _epoch(variant)
            total = sum(shown.values())
            label = "an epoch" if variant.name == "holdout" else "an epoch, mean"
            table.add_row(variant.name, label, *(f"{n:.0f}" for n in (*shown.values(), total)))
    Console().print(table)
