"""Read the manifests of an earlier release: the places that a growing collection keeps.

A place belongs to the bytes, not to a name: an image keeps it when it is renamed, and a copy that
stands for the others takes it over.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.errors import SchemaError, UsageError

#: Places that a row of each variant may have.
_SPLITS = {"holdout": {"train", "val", "test"}, "kfold": {"test", "train-only"}}


def read_previous(folder: Path, variant: str, dataset: str, fold_count: int) -> pd.DataFrame:
    """Read the earlier manifest of one variant.

    Returns
    -------
    pandas.DataFrame
        As of `by_bytes`.

    Raises
    ------
    UnavailableError
        If there is none.
    SchemaError
        If it is none of this variant, or has the same bytes in two places.
    UsageError
        If it is of another dataset, or has more folds than are to be made.
    """
    path = folder / f"{variant}.csv"
    rows = tables.read(path, "splits", dataset)
    _refuse_others(path, rows, variant)
    if variant == "kfold" and rows["fold"].max() >= fold_count:
        raise UsageError(
            "--fold-count",
            "fewer folds than the earlier release has, whose images are to keep theirs",
            expected=f"at least {rows['fold'].max() + 1}, as in {path}",
            found=str(fold_count),
            done="nothing written",
            remedy="set split.folds in params.yaml (--fold-count), or split anew, without previous",
        )
    return by_bytes(rows)


def by_bytes(manifest: pd.DataFrame) -> pd.DataFrame:
    """Give the standing of the bytes of each image.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Table ``splits``, of ``holdout`` or ``kfold``.

    Returns
    -------
    pandas.DataFrame
        Columns image_id, origin, grade, excluded, and place as of `places`; by sha256. Of
        byte-identical images the row that was placed, else the first by image_id.
    """
    rows = manifest.assign(place=places(manifest), out=manifest["excluded"] != "")
    rows = rows.sort_values(["out", "image_id"]).drop_duplicates("sha256")
    columns = ["sha256", "image_id", "origin", "grade", "excluded", "place"]
    return rows[columns].set_index("sha256").sort_index()


def places(rows: pd.DataFrame) -> pd.Series:
    """Name the place of each row of a manifest: a part, a fold, or why it is left out.

    Returns
    -------
    pandas.Series of str
        ``train``, ``val``, ``test``; ``fold-3`` for an image that fold 3 tests; ``train-only``, or
        ``train-only-3`` for one that is in training but where fold 3 tests; else the reason.
    """
    part = rows["split"].mask(rows["split"].eq("test") & rows["fold"].notna(), "fold")
    number = "-" + rows["fold"].astype("str")
    return (part + number.where(rows["fold"].notna(), "")).mask(part == "", rows["excluded"])


def _refuse_others(path: Path, rows: pd.DataFrame, variant: str) -> None:
    strangers = rows[rows["variant"] != variant]
    if not strangers.empty:
        raise SchemaError(
            str(path),
            "a manifest of another variant",
            expected=variant,
            found=", ".join(sorted(set(strangers["variant"]))),
            done="nothing written",
        )
    # Placed in a part of this variant, or left out; a fold says which fold tests, in kfold alone.
    sound = rows["split"].isin(_SPLITS[variant]) != (rows["excluded"] != "")
    sound &= (
        rows["fold"].isna()
        if variant == "holdout"
        else rows["fold"].notna() | (rows["split"] != "test")
    )
    wrong, placed = rows[~sound], rows[rows["split"] != ""]
    twice = placed[placed.duplicated(["sha256"], keep=False)]
    for what, found in (
        (f"places that {variant} does not have", wrong),
        ("the same bytes are placed twice", twice),
    ):
        if not found.empty:
            raise SchemaError(
                str(path),
                what,
                expected="the manifest of an earlier release, as this program wrote it",
                found=", ".join(sorted(found["image_id"])),
                done="nothing written",
            )
