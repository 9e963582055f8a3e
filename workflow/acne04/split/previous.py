"""An earlier release: the places that its images keep, and what changed since.

A place belongs to the bytes, not to a name: an image keeps it when it is renamed, and a copy that
stands for the others takes it over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from acne04.core import tables
from acne04.core.errors import SchemaError, UsageError
from acne04.core.variants import base_of
from acne04.split.manifest import Variant

#: Places that a row of each variant may have.
_SPLITS = {"holdout": {"train", "val", "test"}, "kfold": {"test", "train-only"}}
#: Why something changed; a change of grade, and a reason, are told in words of their own.
ADDED, GONE, FOLLOWS = "added", "gone", "follows its group"


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
    numbers = rows["fold"].dropna()
    if base_of(variant) == "kfold" and (numbers >= fold_count).any():
        raise UsageError(
            "--fold-count",
            "fewer folds than the earlier release has, whose images are to keep theirs",
            expected=f"at least {numbers.max() + 1}, as in {path}",
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
        Columns image_id, origin, grade, excluded, validates, and place as of `places`; by sha256.
        Of byte-identical images the row that was placed, else the first by image_id.
    """
    rows = manifest.assign(place=places(manifest), out=manifest["excluded"] != "")
    rows = rows.sort_values(["out", "image_id"]).drop_duplicates("sha256")
    columns = ["sha256", "image_id", "origin", "grade", "excluded", "place", "validates"]
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


def churn(variant: str, previous: pd.DataFrame, manifest: pd.DataFrame) -> pd.DataFrame:
    """Compare a manifest with that of an earlier release, by the bytes of the images.

    Parameters
    ----------
    variant : str
        Goes into every row.
    previous : pandas.DataFrame
        As of `read_previous`.
    manifest : pandas.DataFrame
        The new one: table ``splits``. Of byte-identical images the one that is placed counts.

    Returns
    -------
    pandas.DataFrame
        Table ``churn`` without its dataset; no row for an image that stands as it stood.
    """
    changes = _changes(previous.to_dict("index"), by_bytes(manifest).to_dict("index"))
    rows = [{"sha256": sha256, **change} for sha256, change in changes]
    table = pd.DataFrame(rows, columns=["sha256", "image_id", "before", "after", "cause"])
    return table.assign(variant=variant)


def churn_table(
    dataset: str, previous: Mapping[str, pd.DataFrame], variants: Sequence[Variant]
) -> pd.DataFrame:
    """Give table ``churn`` of all variants that keep places; empty for a first release.

    Parameters
    ----------
    previous : mapping of str to pandas.DataFrame
        Variant to its earlier manifest, as of `read_previous`.
    """
    reports = [
        churn(variant.name, previous[variant.name], variant.manifest)
        for variant in variants
        if variant.name in previous
    ]
    if not reports:
        return tables.empty("churn")
    return pd.concat(reports, ignore_index=True).assign(dataset=dataset)


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
    sound = rows["split"].isin(_SPLITS[base_of(variant)]) != (rows["excluded"] != "")
    sound &= (
        rows["fold"].isna()
        if base_of(variant) == "holdout"
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


def _changes(
    old: dict[str, dict[str, object]], new: dict[str, dict[str, object]]
) -> Iterator[tuple[str, dict[str, object]]]:
    for sha256 in sorted(old.keys() | new.keys()):
        before, after = old.get(sha256), new.get(sha256)
        if before is None or after is None:
            image, cause = (after, ADDED) if before is None else (before, GONE)
        else:
            image, cause = after, "; ".join(_causes(before, after))
        if image and cause:
            yield (
                sha256,
                {
                    "image_id": image["image_id"],
                    "before": before["place"] if before else "",
                    "after": after["place"] if after else "",
                    "cause": cause,
                },
            )


def _causes(before: dict[str, object], after: dict[str, object]) -> Iterator[str]:
    grades = [image["grade"] for image in (before, after)]
    known = ["none" if pd.isna(grade) else str(grade) for grade in grades]
    if known[0] != known[1]:
        yield f"grade {known[0]} to {known[1]}"
    if before["place"] == after["place"]:
        return
    if after["excluded"]:
        yield f"now {after['excluded']}"
    elif before["excluded"]:
        yield f"no longer {before['excluded']}"
    else:
        yield FOLLOWS
