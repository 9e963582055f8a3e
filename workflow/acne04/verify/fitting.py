"""Check that the manifests speak of the images and groups that the tables beside them know."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from acne04.inspection.check import Check, Evidence, Problem
from acne04.verify.subject import GROUPS, INVENTORY, RELATIONS, Release

VARIANTS = ("holdout", "kfold", "published-clean", "published", "paper")
_BYTES = "sha256"


def _tables(release: Release) -> Evidence:
    every = _images(release)
    known = every.dropna()
    problems = [*_alone(every), *_groups(known, release.table(RELATIONS, "relations"))]
    for variant in VARIANTS:
        file = f"manifests/{variant}.csv"
        manifest = release.table(file, "splits")
        problems += [*_placed(file, manifest, known), *_variants(file, manifest, variant)]
    told = f"{len(VARIANTS)} manifests against inventory and groups of {len(known):,} images"
    return Evidence(told, tuple(problems))


def _images(release: Release) -> pd.DataFrame:
    """Give path, group and bytes of every image, by image_id."""
    inventory = release.table(INVENTORY, "inventory")[["path", _BYTES, "size"]]
    groups = release.table(GROUPS, "groups")[["image_id", "path", "group"]]
    return groups.merge(inventory, on="path", how="outer").set_index("image_id")


def _alone(every: pd.DataFrame) -> Iterator[Problem]:
    for path in every.loc[every.index.isna(), "path"]:
        yield Problem(GROUPS, "each image of the inventory", "no row", pointer=str(path))
    for image_id in every.index[every[_BYTES].isna()]:
        yield Problem(INVENTORY, "each image of the groups", "no row", pointer=str(image_id))


def _groups(known: pd.DataFrame, relations: pd.DataFrame) -> Iterator[Problem]:
    """Yield what is related, by its bytes or by a row, and is not in one group."""
    apart = known.groupby(_BYTES)["group"].nunique()
    for sha256 in apart[apart > 1].index:
        yield Problem(GROUPS, "one group for the same bytes", "several", pointer=f"sha256 {sha256}")
    a, b = (known["group"].reindex(relations[side]).to_numpy() for side in "ab")
    for edge in relations[a != b].itertuples():
        found = f"{edge.a} and {edge.b} are not in one"
        yield Problem(RELATIONS, "one group for related images", found, pointer=str(edge.kind))


def _placed(file: str, manifest: pd.DataFrame, known: pd.DataFrame) -> Iterator[Problem]:
    """Yield images without a row, and rows that say something else of their image."""
    for image_id in sorted(set(known.index) - set(manifest["image_id"])):
        expected = "every image, placed or left out with the reason"
        yield Problem(file, expected, "no row", pointer=image_id)
    told = known.reindex(manifest["image_id"])
    for column in ("path", "group", _BYTES, "size"):
        wanted, found = (t[column].astype("str").to_numpy() for t in (told, manifest))
        for row in (wanted != found).nonzero()[0].tolist():
            image_id = str(manifest["image_id"].iloc[row])
            expected, instead = f"{column} {wanted[row]}", f"{column} {found[row]}"
            yield Problem(file, expected, instead, line=row + 2, pointer=image_id)


def _variants(file: str, manifest: pd.DataFrame, variant: str) -> Iterator[Problem]:
    for name in sorted(set(manifest["variant"]) - {variant}):
        yield Problem(file, f"rows of variant {variant}", f"rows of {name}")


CHECKS: tuple[Check[Release], ...] = (
    Check(
        "tables-agree",
        "A manifest speaks of other images, bytes or groups than the tables that it is judged by.",
        True,
        "quick",
        "ask the publisher for a release made with `acne04 release` from an untouched run",
        _tables,
    ),
)
