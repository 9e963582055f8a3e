"""What leaks in the variants that were made: tables, findings, and figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.core.findings import Finding
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import ALL, ANY, leak_table, sides_of
from acne04.split.manifest import Variant

#: Leaks are what `published` is; a variant without parts has none.
LEAKY, WITHOUT_PARTS = "published", "paper"
#: Kind of relation to the check that reports it in `published`, to what may not be on both sides,
#: and to the name of its figure.
_TOLD = {
    "exact": ("copies-straddle", "photograph", "copies"),
    "near": ("near-duplicates-straddle", "near-duplicate", "near_duplicates"),
    "derived-from": ("parents-straddle", "parent and its edit", "parents"),
    "subject": ("persons-straddle", "person", "persons"),
    "chain": ("relatives-straddle", "images related by a chain", "relatives"),
}


def leaks_of(variants: list[Variant], kinship: Kinship) -> dict[str, pd.DataFrame]:
    """Give the leak table (`relations.leakage.leak_table`) of each variant that has parts."""
    return {
        variant.name: leak_table(sides_of(variant.name, variant.manifest), kinship)
        for variant in variants
        if variant.name != WITHOUT_PARTS
    }


def leak_findings(leaks: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Warn of what `published` leaks; anything that another variant leaks is an error."""
    for variant, table in leaks.items():
        rows = table[(table["grade"] == ALL) & (table["pairs"] > 0)]
        told = rows[rows["kind"] != ANY] if variant == LEAKY else rows[rows["kind"] == ANY]
        for row in told.itertuples():
            yield _straddle(row) if variant == LEAKY else _leak(variant, row)


def figures(variant: str, table: pd.DataFrame) -> dict[str, Any]:
    """Count leaks for ``metrics.json``: of `published` by fold and kind, of others all pairs."""
    rows = table[table["grade"] == ALL]
    if variant != LEAKY:
        return {"leaking_pairs": int(rows.loc[rows["kind"] == ANY, "pairs"].sum())}
    by_fold: dict[str, dict[str, Any]] = {}
    for row in rows.itertuples():
        counted = by_fold.setdefault(str(row.fold), {})
        if row.kind == ANY:
            counted |= {"images": row.images, "images_percent": percent(row.images, row.of)}
        elif row.kind == "exact":
            # Copies come in pairs, and are known by them.
            counted["copies"] = row.pairs
        else:
            counted[_TOLD[row.kind][2]] = row.images
            if row.kind == "subject":
                counted["persons_percent"] = percent(row.images, row.of)
    return {"leaks": by_fold}


def percent(share: int, whole: int) -> float:
    """Give a share of a whole in percent, to one decimal.

    >>> percent(1, 8)
    12.5
    """
    return round(100 * share / whole, 1) if whole else 0.0


def _straddle(row: Any) -> Finding:
    check, what, _ = _TOLD[row.kind]
    return Finding(
        check=check,
        severity="warning",
        file=f"{LEAKY}.csv",
        pointer=f"fold {row.fold}",
        line=None,
        expected=f"no {what} in both {row.against} and {row.held_out}",
        found=f"{row.images} of {row.of} {row.held_out} images ({percent(row.images, row.of)} %), "
        f"{row.pairs} pairs; the first {row.example_a} and {row.example_b}",
        done="placed as published",
        remedy="compare with published results only; report from holdout, kfold or published-clean",
    )


def _leak(variant: str, row: Any) -> Finding:
    fold = "" if pd.isna(row.fold) else f"fold {row.fold}"
    return Finding(
        check="related-across-parts",
        severity="error",
        file=f"{variant}.csv",
        pointer=fold,
        line=None,
        expected=f"no two related images in {row.held_out} and {row.against}",
        found=f"{row.pairs} pairs; the first {row.example_a} and {row.example_b}, by {row.via}",
        done="placed all the same",
        remedy="see whether an image waits for a decision (`acne04 decide`); else make groups and "
        "relations in one run of `acne04 dedupe`",
    )
