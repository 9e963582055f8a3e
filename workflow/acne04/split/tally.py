"""What the variants hold and what leaks in them, counted: findings, metrics, the terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd
from rich.table import Table

from acne04.core.findings import Finding
from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.printing import say_table
from acne04.core.variants import BY_FOLD
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import ALL, ANY, leak_table, sides_in_fold, sides_of
from acne04.split import catalogue
from acne04.split.balance import training_shares
from acne04.split.manifest import SplitParameters, Variant

#: Parts in the order in which they are shown.
_PART_ORDER = ("train", "val", "trainval", "test", "train-only", "all")
#: Leaks are what `published` is; a variant without parts has none.
LEAKY, _WITHOUT_PARTS = "published", "paper"
#: The control leaks on purpose; what it is drawn from says by what.
_CONTROL = "published-matched"
#: Kind of relation to the finding that reports it in `published`, to what may not be on both sides,
#: and to the name of its figure.
_TOLD = {
    "exact": (catalogue.COPIES_STRADDLE, "photograph", "copies"),
    "near": (catalogue.NEAR_DUPLICATES_STRADDLE, "near-duplicate", "near_duplicates"),
    "derived-from": (catalogue.PARENTS_STRADDLE, "parent and its edit", "parents"),
    "retake": (catalogue.RETAKES_STRADDLE, "person, seconds later", "retakes"),
    "subject": (catalogue.PERSONS_STRADDLE, "person", "persons"),
    "chain": (catalogue.RELATIVES_STRADDLE, "images related by a chain", "relatives"),
}


def leaks_of(variants: list[Variant], kinship: Kinship) -> dict[str, pd.DataFrame]:
    """Give the leak table (`relations.leakage.leak_table`) of each variant that has parts."""
    return {
        variant.name: leak_table(sides_of(variant.name, variant.manifest), kinship)
        for variant in variants
        if variant.name != _WITHOUT_PARTS
    }


def leak_findings(leaks: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Warn of what `published` leaks; anything that another variant leaks is an error."""
    for variant, table in leaks.items():
        if variant == _CONTROL:
            continue
        rows = table[(table["grade"] == ALL) & (table["pairs"] > 0)]
        told = rows[rows["kind"] != ANY] if variant == LEAKY else rows[rows["kind"] == ANY]
        for row in told.itertuples():
            yield _straddle(row) if variant == LEAKY else _leak(variant, row)


def leak_figures(variant: str, table: pd.DataFrame) -> dict[str, Any]:
    """Count leaks for ``metrics.json``: of `published` by fold and kind, of others all pairs."""
    rows = table[table["grade"] == ALL]
    if variant not in (LEAKY, _CONTROL):
        return {"leaking_pairs": int(rows.loc[rows["kind"] == ANY, "pairs"].sum())}
    by_fold: dict[str, dict[str, Any]] = {}
    for row in rows.itertuples():
        counted = by_fold.setdefault(str(row.fold), {})
        if row.kind == ANY:
            counted |= {"images": row.images, "images_percent": _percent(row.images, row.of)}
        elif row.kind == "exact":
            # Copies come in pairs, and are known by them.
            counted["copies"] = row.pairs
        else:
            counted[_TOLD[row.kind][2]] = row.images
            if row.kind == "subject":
                counted["persons_percent"] = _percent(row.images, row.of)
    return {"leaks": by_fold}


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
        As of `acne04.split.collection.join_images`.
    leaks : dict of str to pandas.DataFrame
        As of `leaks_of`.
    changes : pandas.DataFrame
        Table ``churn``.
    counts : dict
        Number of findings of each check.
    """
    return {
        "dataset": dataset,
        "images": {
            origin: _by_grade(images[images["origin"] == origin])
            for origin in ("real", "synthetic")
        },
        "variants": {variant.name: _figures(variant, leaks) for variant in variants},
        "churn": {
            str(variant): dict(sorted(Counter(map(_kind_of_change, rows["cause"])).items()))
            for variant, rows in changes.groupby("variant")
        },
        "findings": counts,
    }


def key_figures(figures: dict[str, Any]) -> dict[str, Any]:
    """Choose of the metrics what a person compares first, few enough for one line of a terminal.

    Parameters
    ----------
    figures : dict
        As of `metrics`.

    Returns
    -------
    dict
        ``train``, ``val`` and ``test``: images of each part of holdout; ``deviation``: the largest
        from a quota in holdout and kfold, in images; ``leaking_pairs``: of related images on two
        sides in all variants that promise none; ``published_leaks``: percent of the published test
        images that share something with training, over all folds. What was not made is not there.
    """
    variants = figures["variants"]
    parts = variants.get("holdout", {}).get("parts", {})
    chosen = {"dataset": figures["dataset"]}
    chosen |= {part: parts[part]["all"] for part in ("train", "val", "test") if part in parts}
    for name, figure, combine in (
        ("deviation", "largest_deviation", max),
        ("leaking_pairs", "leaking_pairs", sum),
    ):
        told = [variant[figure] for variant in variants.values() if figure in variant]
        if told:
            chosen[name] = combine(told)
    published = variants.get(LEAKY, {})
    if "leaks" in published:
        tested = {f"test-{fold}": leak["images"] for fold, leak in published["leaks"].items()}
        images = sum(published["parts"][part]["all"] for part in tested)
        chosen["published_leaks"] = _percent(sum(tested.values()), images)
    return chosen


def print_balance(
    images: pd.DataFrame, variants: list[Variant], parameters: SplitParameters
) -> None:
    """Print the class balance before and after."""
    table = Table(
        title=f"Images by grade (balance: {parameters.balance}, target {parameters.target})"
    )
    table.add_column("variant", no_wrap=True)
    table.add_column("part", no_wrap=True)
    for name in (*GRADE_NAMES, "all"):
        table.add_column(name, justify="right")
    for origin in ("real", "synthetic"):
        rows = images[images["origin"] == origin]
        table.add_row("before", origin, *map(str, _by_grade(rows).values()))
    for variant in variants:
        table.add_section()
        for part, rows in _parts_of(variant).items():
            table.add_row(variant.name, part, *map(str, _by_grade(rows).values()))
        if variant.shortfall:
            shown = _epoch(variant)
            total = sum(shown.values())
            label = "an epoch" if variant.base == "holdout" else "an epoch, mean"
            table.add_row(variant.name, label, *(f"{n:.0f}" for n in (*shown.values(), total)))
    say_table(table)


def _by_grade(rows: pd.DataFrame) -> dict[str, int]:
    """Count rows by grade; ``all`` counts those without one, too."""
    counts = rows["grade"].value_counts()
    return {**{str(g): int(counts.get(g, 0)) for g in GRADES}, "all": len(rows)}


def _parts_of(variant: Variant) -> dict[str, pd.DataFrame]:
    """Give the placed rows of each part, named ``train`` or, where there are folds, ``test-0``.

    In ``kfold`` those that test, and again those of them that validate.
    """
    placed = variant.manifest[variant.manifest["split"] != ""]
    parts = {}
    for split in _PART_ORDER:
        rows = placed[placed["split"] == split]
        for fold, of_fold in rows.groupby("fold", dropna=False):
            parts[split if pd.isna(fold) else f"{split}-{fold}"] = of_fold
    for fold in range(len(variant.validation)):
        parts[f"val-{fold}"] = placed[sides_in_fold(placed, fold) == "val"]
    return parts


def _percent(share: int, whole: int) -> float:
    """Give a share of a whole in percent, to one decimal.

    >>> _percent(1, 8)
    12.5
    """
    return round(100 * share / whole, 1) if whole else 0.0


def _kind_of_change(cause: str) -> str:
    """Leave the names of images out of a cause."""
    return "; ".join(part.partition(":")[0] for part in cause.split("; "))


def _figures(variant: Variant, leaks: dict[str, pd.DataFrame]) -> dict[str, Any]:
    manifest = variant.manifest
    reasons = Counter(reason.partition(":")[0] for reason in manifest["excluded"] if reason)
    figures: dict[str, Any] = {
        "rows": len(manifest),
        "placed": int((manifest["split"] != "").sum()),
        "excluded": dict(sorted(reasons.items())),
        "parts": {part: _by_grade(rows) for part, rows in _parts_of(variant).items()},
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
    if variant.validation:
        largest = max(Fraction(c.largest, c.parts.unit) for c in variant.validation)
        figures["validation_deviation"] = round(float(largest), 6)
    return figures


def _epoch(variant: Variant) -> dict[str, float]:
    """Sum the weights of each grade: what an epoch of training shows (its mean over the folds)."""
    rows = variant.manifest[variant.manifest["weight"].notna()]
    shown = rows["weight"].astype(float)
    if variant.name in BY_FOLD:
        shown /= max(rows["fold"].nunique(), 1)
    else:
        folds = len(variant.validation) or 1
        shown *= training_shares(rows, folds).astype(float)
    # An exact sum: the same figure whatever the order of the rows.
    return {str(g): math.fsum(shown[rows["grade"] == g]) for g in GRADES}


def _straddle(row: Any) -> Finding:
    kind, what, _ = _TOLD[row.kind]
    return kind.at(
        f"{LEAKY}.csv",
        f"fold {row.fold}",
        expected=f"no {what} in both {row.against} and {row.held_out}",
        found=f"{row.images} of {row.of} {row.held_out} images ({_percent(row.images, row.of)} %), "
        f"{row.pairs} pairs; the first {row.example_a} and {row.example_b}",
        done="placed as published",
    )


def _leak(variant: str, row: Any) -> Finding:
    fold = "" if pd.isna(row.fold) else f"fold {row.fold}"
    return catalogue.RELATED_ACROSS_PARTS.at(
        f"{variant}.csv",
        fold,
        expected=f"no two related images in {row.held_out} and {row.against}",
        found=f"{row.pairs} pairs; the first {row.example_a} and {row.example_b}, by {row.via}",
        done="placed all the same",
    )
