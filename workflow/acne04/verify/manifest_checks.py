"""Checks of the manifests against the tables beside them: images, groups, relations, leaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch
from acne04.relations.kinship import Kinship
from acne04.relations.leakage import ALL, ANY, COLUMNS, leak_table, sides_of
from acne04.relations.persons import with_persons
from acne04.verify.published_release import GROUPS, INVENTORY, RELATIONS, PublishedRelease

VARIANTS = ("holdout", "kfold", "published-clean", "published", "paper")
#: Variants that promise that no two related images lie in two parts.
CLEAN = ("holdout", "kfold", "published-clean")
LEAKY = "published"
LEAKS = "manifests/published_leaks.csv"
_BYTES = "sha256"


def _tables(release: PublishedRelease) -> Evidence:
    every = _images(release)
    known = every.dropna()
    problems = [*_alone(every), *_groups(known, _relations(release))]
    for variant in VARIANTS:
        file = f"manifests/{variant}.csv"
        manifest = release.table(file, "splits")
        problems += [*_placed(file, manifest, known), *_variants(file, manifest, variant)]
    told = f"{len(VARIANTS)} manifests against inventory and groups of {len(known):,} images"
    return Evidence(told, tuple(problems))


def _images(release: PublishedRelease) -> pd.DataFrame:
    """Give path, group, person and bytes of every image, by image_id."""
    inventory = release.table(INVENTORY, "inventory")[["path", _BYTES, "size"]]
    groups = release.table(GROUPS, "groups")[["image_id", "path", "group", "subject"]]
    return groups.merge(inventory, on="path", how="outer").set_index("image_id")


def _relations(release: PublishedRelease) -> pd.DataFrame:
    """Give columns kind, a, b of the relations, and of the persons that the groups name."""
    groups = release.table(GROUPS, "groups")
    return with_persons(release.table(RELATIONS, "relations"), groups)


def _alone(every: pd.DataFrame) -> Iterator[Mismatch]:
    for path in every.loc[every.index.isna(), "path"]:
        yield Mismatch(GROUPS, "each image of the inventory", "no row", pointer=str(path))
    for image_id in every.index[every[_BYTES].isna()]:
        yield Mismatch(INVENTORY, "each image of the groups", "no row", pointer=str(image_id))


def _groups(known: pd.DataFrame, relations: pd.DataFrame) -> Iterator[Mismatch]:
    """Yield what is related, by its bytes or by a row, and is not in one group."""
    apart = known.groupby(_BYTES)["group"].nunique()
    for sha256 in apart[apart > 1].index:
        yield Mismatch(
            GROUPS, "one group for the same bytes", "several", pointer=f"sha256 {sha256}"
        )
    a, b = (known["group"].reindex(relations[side]).to_numpy() for side in "ab")
    for edge in relations[a != b].itertuples():
        found = f"{edge.a} and {edge.b} are not in one"
        yield Mismatch(RELATIONS, "one group for related images", found, pointer=str(edge.kind))


def _placed(file: str, manifest: pd.DataFrame, known: pd.DataFrame) -> Iterator[Mismatch]:
    """Yield images without a row, and rows that say something else of their image."""
    for image_id in sorted(set(known.index) - set(manifest["image_id"])):
        expected = "every image, placed or left out with the reason"
        yield Mismatch(file, expected, "no row", pointer=image_id)
    told = known.reindex(manifest["image_id"])
    for column in ("path", "group", "subject", _BYTES, "size"):
        wanted, found = (t[column].astype("str").to_numpy() for t in (told, manifest))
        for row in (wanted != found).nonzero()[0].tolist():
            image_id = str(manifest["image_id"].iloc[row])
            expected, instead = f"{column} {wanted[row]}", f"{column} {found[row]}"
            yield Mismatch(file, expected, instead, line=row + 2, pointer=image_id)


def _variants(file: str, manifest: pd.DataFrame, variant: str) -> Iterator[Mismatch]:
    for name in sorted(set(manifest["variant"]) - {variant}):
        yield Mismatch(file, f"rows of variant {variant}", f"rows of {name}")


def _leaks(release: PublishedRelease) -> Evidence:
    images = release.table(GROUPS, "groups")["image_id"]
    kinship = Kinship(images, _relations(release))
    problems, pairs = [], 0
    for variant in CLEAN:
        file = f"manifests/{variant}.csv"
        rows = _whole(leak_table(_sides(release, variant, kinship), kinship))
        pairs += len(rows)
        if rows.empty:
            problems.append(Mismatch(file, "at least two parts", "nothing that could leak"))
        problems += [_leak(file, row) for row in rows[rows["pairs"] > 0].itertuples()]
    problems += _told(release, kinship)
    return Evidence(
        f"{len(CLEAN)} manifests, {pairs} pairs of parts, every relation", tuple(problems)
    )


def _leak(file: str, row: Any) -> Mismatch:
    fold = "" if pd.isna(row.fold) else f"fold {row.fold}: "
    found = (
        f"{fold}{row.pairs} pairs in {row.held_out} and {row.against}; the first {row.example_a} "
        f"and {row.example_b}, by {row.via}"
    )
    return Mismatch(file, "no two related images in two parts", found)


def _sides(release: PublishedRelease, variant: str, kinship: Kinship) -> pd.DataFrame:
    sides = sides_of(variant, release.table(f"manifests/{variant}.csv", "splits"))
    if set(sides["image_id"]) - set(kinship.images):
        raise Impossible(f"manifests/{variant}.csv places images that no table knows")
    return sides


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["grade"] == ALL) & (table["kind"] == ANY)]


def _told(release: PublishedRelease, kinship: Kinship) -> Iterator[Mismatch]:
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
            yield Mismatch(LEAKS, _row(mine), _row(theirs), pointer=" ".join(where))


def _row(rows: list[list[str]]) -> str:
    return "; ".join(", ".join(row) for row in rows) or "no row"


CHECKS: tuple[Check[PublishedRelease], ...] = (
    Check(
        "tables-agree",
        "A manifest speaks of other images, bytes or groups than the tables that it is judged by.",
        True,
        "quick",
        "ask the publisher for a release made with `acne04 release` from an untouched run",
        _tables,
    ),
    Check(
        "leaks",
        "A test image, its copy, its person or its synthetic child is trained on.",
        True,
        "quick",
        "do not report figures on these manifests; tell the publisher",
        _leaks,
    ),
)
