"""Where each manifest has each image: in words, and as parts that the gallery filters by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.core.printing import shown_in_line


@dataclass(frozen=True)
class Place:
    """Where one manifest has one image.

    Attributes
    ----------
    text : str
        In words: ``train``, or ``test: fold 0; trainval: folds 1, 2, 3, 4``.
    parts : tuple of str
        What the gallery filters by: ``holdout: train``, ``kfold: test of fold 0``.
    """

    text: str
    parts: tuple[str, ...]


def places_of(variant: str, manifest: pd.DataFrame) -> dict[str, Place]:
    """Give the place of each image of a manifest by its path below the folder of images."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in manifest.itertuples():
        rows[row.path].append(row)
    make = {"holdout": _whole, "paper": _whole, "kfold": _dealt}.get(variant, _by_fold)
    return {path: make(variant, of) for path, of in rows.items()}


def _whole(variant: str, rows: list[Any]) -> Place:
    (row,) = rows
    if row.excluded:
        return Place(_left_out(row), (f"{variant}: left out",))
    return Place(_with_remarks(row.split, row), (f"{variant}: {row.split}",))


def _dealt(variant: str, rows: list[Any]) -> Place:
    """Place it in a manifest whose row names the fold that tests on the image, or on its parent."""
    (row,) = rows
    if row.excluded:
        return Place(_left_out(row), (f"{variant}: left out",))
    if row.split == "test":
        validates = [int(fold) for fold in row.validates.split("/") if fold]
        also = f", validates in {_listed(validates)}" if validates else ""
        text = _with_remarks(f"tests in fold {row.fold}{also}, trains in the others", row)
        return Place(text, (f"{variant}: test of fold {row.fold}",))
    held_out = sorted(
        {*row.validates.split("/"), "" if pd.isna(row.fold) else str(row.fold)} - {""}
    )
    besides = f" but {', '.join(held_out)}" if held_out else ""
    text = _with_remarks(f"trains in all folds{besides}, tests in none", row)
    return Place(text, (f"{variant}: training only",))


def _by_fold(variant: str, rows: list[Any]) -> Place:
    folds: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        folds[_left_out(row) if row.excluded else row.split].append(int(row.fold))
    told = [f"{what}: {_listed(numbers)}" for what, numbers in folds.items()]
    tested = [f"{variant}: test of fold {number}" for number in folds.get("test", ())]
    return Place("; ".join(told), tuple(tested or [f"{variant}: in no test part"]))


def _listed(folds: Iterable[int]) -> str:
    numbers = [str(number) for number in sorted(folds)]
    return f"fold{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"


def _left_out(row: Any) -> str:
    return f"left out ({shown_in_line(row.excluded)})"


def _with_remarks(text: str, row: Any) -> str:
    if not pd.isna(row.weight) and row.weight != 1:
        text += f", weight {row.weight:g}"
    return f"{text} ({shown_in_line(row.mark)})" if row.mark else text
