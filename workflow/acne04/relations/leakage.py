"""Which images leak: two that are related (`kinship`) and lie on two sides of a split.

Two sides are any two different parts of one fold. What is trained on, tuned on and tested on are
three things, so a relation between train and test, train and val, or val and test is a leak. One
image placed in two parts is a copy of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acne04.core.variants import base_of
from acne04.relations.kinship import KINDS, Integers, Kinship

Flags = NDArray[np.bool_]

#: All kinds together, each pair once.
ANY = "any"
#: All grades together, and images without one.
ALL = "all"
COLUMNS = (
    "fold",
    "held_out",
    "against",
    "grade",
    "kind",
    "images",
    "of",
    "pairs",
    "images_first",
    "pairs_first",
    "example_a",
    "example_b",
    "via",
)
#: Sides where each fold is held out in turn, and a table does not say what the parts are called.
THIS_FOLD, OTHER_FOLDS = "this fold", "other folds"
#: Names of parts, the most held out first. A part of another name lies before the last ones.
_RANKS = (
    ("test", "testing", "eval", "evaluation", "holdout"),
    ("val", "valid", "validation", "dev", "tune", "tuning", THIS_FOLD),
    (),
    ("train", "training", "trainval", "train-only", OTHER_FOLDS),
)


def held_out_order(part: str) -> tuple[int, str]:
    """Sort parts, the most held out first: test, val, others by name, train.

    >>> sorted(["trainval", "b", "val", "Test", "a"], key=held_out_order)
    ['Test', 'val', 'a', 'b', 'trainval']
    """
    plain = part.casefold()
    rank = next((n for n, names in enumerate(_RANKS) if plain in names), _RANKS.index(()))
    return rank, part


def sides_of(variant: str, manifest: pd.DataFrame) -> pd.DataFrame:
    """Say on which side each placed image is, in each fold.

    Parameters
    ----------
    variant : str
        Which manifest it is.
    manifest : pandas.DataFrame
        Table ``splits``, or at least its columns image_id, grade, fold, split; of ``kfold`` also
        validates.

    Returns
    -------
    pandas.DataFrame
        Columns fold (missing where there are none), part, image_id, grade. In ``kfold`` each fold
        has a row for every image that is on one of its sides, see `sides_in_fold`.
    """
    placed = manifest[manifest["split"] != ""]
    columns = ["fold", "part", "image_id", "grade"]
    if base_of(variant) != "kfold":
        return placed.rename(columns={"split": "part"})[columns]
    folds = sorted(placed.loc[placed["split"] == "test", "fold"].dropna().unique())
    each = [placed.assign(fold=fold, part=sides_in_fold(placed, fold)) for fold in folds]
    rows = pd.concat(each, ignore_index=True) if each else placed.iloc[:0].assign(part="")
    return rows.loc[rows["part"] != "", columns]


def sides_in_fold(placed: pd.DataFrame, fold: int) -> pd.Series:
    """Say on which side of a fold each placed row of ``kfold`` is.

    Parameters
    ----------
    placed : pandas.DataFrame
        Columns fold, split, and validates: the folds that the image, or the group of a synthetic
        one, validates, joined by ``/``.

    Returns
    -------
    pandas.Series of str
        ``test``, ``val`` or ``train``; empty for a synthetic image whose group is held out.

    Examples
    --------
    >>> rows = pd.DataFrame({"fold": [0, 1, 1, 1, None], "validates": ["", "0/2", "0", "", ""],
    ...                      "split": ["test", "test", "train-only", "test", "train-only"]})
    >>> sides_in_fold(rows, 0).tolist()
    ['test', 'val', '', 'train', 'train']
    """
    is_photograph = placed["split"] == "test"
    tested = (placed["fold"] == fold).fillna(value=False).astype(bool)
    validates = pd.Series(
        [str(fold) in folds.split("/") for folds in placed["validates"]],
        index=placed.index,
        dtype=bool,
    )
    side = pd.Series("train", index=placed.index, dtype="str").mask(validates, "val")
    return side.mask(tested, "test").mask((tested | validates) & ~is_photograph, "")


def leak_table(sides: pd.DataFrame, kinship: Kinship) -> pd.DataFrame:
    """Count what leaks, per fold, pair of parts, grade and kind.

    Parameters
    ----------
    sides : pandas.DataFrame
        Columns fold, part, image_id, grade; in any order. An image may be in several parts.

    Returns
    -------
    pandas.DataFrame
        Columns as in table ``leaks``, from fold on; all combinations, also those of no leak.
        The more held-out part of two is ``held_out``, and the grade is that of its image, so each
        leaking pair is counted in one of the combinations of parts and grades.
    """
    rows = sides.drop_duplicates(["fold", "part", "image_id"])
    rows = rows.assign(position=kinship.positions(rows["image_id"])).sort_values("position")
    records: list[dict[str, Any]] = []
    for fold, of_fold in rows.groupby("fold", dropna=False):
        parts = dict(list(of_fold.groupby("part")))
        for held_out, against in combinations(sorted(parts, key=held_out_order), 2):
            about = {"fold": fold, "held_out": held_out, "against": against}
            counted = _count(parts[held_out], parts[against]["position"].to_numpy(), kinship)
            records += [about | row for row in counted]
    return pd.DataFrame(records, columns=list(COLUMNS))


def _count(held_out: pd.DataFrame, against: Integers, kinship: Kinship) -> Iterator[dict[str, Any]]:
    """Give the rows of one pair of parts; both by position, each image once."""
    images = held_out["position"].to_numpy()
    every, first = kinship.counts(images, against)
    leaks_by = first > 0
    nearest = np.where(leaks_by.any(axis=1), leaks_by.argmax(axis=1), -1)
    # Under `any` each pair counts once.
    every = np.column_stack([every, first.sum(axis=1)])
    first = np.column_stack([first, first.sum(axis=1)])
    grades = pd.to_numeric(held_out["grade"]).fillna(-1).to_numpy(dtype=np.int64)
    for grade in (*sorted(set(grades.tolist()) - {-1}), ALL):
        mine = np.ones(len(images), dtype=bool) if grade == ALL else grades == grade
        for number, kind in enumerate((*KINDS, ANY)):
            leaks = mine & (every[:, number] > 0)
            strongest = leaks & ((nearest == number) | (kind == ANY))
            yield {
                "grade": str(grade),
                "kind": kind,
                "images": int(leaks.sum()),
                "of": int(mine.sum()),
                "pairs": int(every[mine, number].sum()),
                "images_first": int(strongest.sum()),
                "pairs_first": int(first[mine, number].sum()),
                **_example(images, leaks, first[:, number] > 0, against, kind, kinship),
            }


def _example(
    images: Integers, leaks: Flags, first: Flags, against: Integers, kind: str, kinship: Kinship
) -> dict[str, str]:
    """Name the first leaking pair by image_id; one of no earlier kind where there is one."""
    if not np.any(leaks):
        return {"example_a": "", "example_b": "", "via": ""}
    plain = leaks & first
    image = int(images[np.argmax(plain if np.any(plain) else leaks)])
    kinds = kinship.kinds(image, against)
    number = KINDS.index(kind) if kind in KINDS else 0
    related = kinds[number] if kind in KINDS else np.any(kinds, axis=0)
    plain = related & ~np.any(kinds[:number], axis=0)
    other = int(against[np.argmax(plain if np.any(plain) else related)])
    via = kinship.path(image, other, kind if kind in KINDS else KINDS[-1])
    return {"example_a": kinship.images[image], "example_b": kinship.images[other], "via": via}
