"""Check that nothing leaks, and that the table of leaks is true, from the relations alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.inspection.check import Check, Evidence, Impossible, Problem
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import ALL, ANY, COLUMNS, leak_table, sides_of
from acne04.verify.subject import GROUPS, RELATIONS, Release

#: Variants that promise that no two related images lie in two parts.
CLEAN = ("holdout", "kfold", "published-clean")
LEAKY = "published"
LEAKS = "manifests/published_leaks.csv"


def _leaks(release: Release) -> Evidence:
    images = release.table(GROUPS, "groups")["image_id"]
    kinship = Kinship(images, release.table(RELATIONS, "relations"))
    problems, pairs = [], 0
    for variant in CLEAN:
        file = f"manifests/{variant}.csv"
        rows = _whole(leak_table(_sides(release, variant, kinship), kinship))
        pairs += len(rows)
        if rows.empty:
            problems.append(Problem(file, "at least two parts", "nothing that could leak"))
        problems += [_leak(file, row) for row in rows[rows["pairs"] > 0].itertuples()]
    problems += _told(release, kinship)
    return Evidence(
        f"{len(CLEAN)} manifests, {pairs} pairs of parts, every relation", tuple(problems)
    )


def _leak(file: str, row: Any) -> Problem:
    fold = "" if pd.isna(row.fold) else f"fold {row.fold}: "
    found = (
        f"{fold}{row.pairs} pairs in {row.held_out} and {row.against}; the first {row.example_a} "
        f"and {row.example_b}, by {row.via}"
    )
    return Problem(file, "no two related images in two parts", found)


def _sides(release: Release, variant: str, kinship: Kinship) -> pd.DataFrame:
    sides = sides_of(variant, release.table(f"manifests/{variant}.csv", "splits"))
    if set(sides["image_id"]) - set(kinship.images):
        raise Impossible(f"manifests/{variant}.csv places images that no table knows")
    return sides


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["grade"] == ALL) & (table["kind"] == ANY)]


def _told(release: Release, kinship: Kinship) -> Iterator[Problem]:
    """Compare the table of what `published` leaks with what it does leak."""
    key = ["fold", "held_out", "against", "grade", "kind"]
    told = release.table(LEAKS, "leaks")
    counted = leak_table(_sides(release, LEAKY, kinship), kinship)
    columns = [name for name in COLUMNS if name not in key]
    one, other = (t.astype("str").set_index(key)[columns].sort_index() for t in (counted, told))
    for where in sorted({*one.index, *other.index}):
        mine = one.loc[[where]].to_numpy().tolist() if where in one.index else []
        theirs = other.loc[[where]].to_numpy().tolist() if where in other.index else []
        if mine != theirs:
            yield Problem(LEAKS, _row(mine), _row(theirs), pointer=" ".join(where))


def _row(rows: list[list[str]]) -> str:
    return "; ".join(", ".join(row) for row in rows) or "no row"


CHECKS: tuple[Check[Release], ...] = (
    Check(
        "leaks",
        "A test image, its copy, its person or its synthetic child is trained on.",
        True,
        "quick",
        "do not report figures on these manifests; tell the publisher",
        _leaks,
    ),
)
