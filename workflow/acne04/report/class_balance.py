"""How many images of each grade every part of every split has: photographs, and as balanced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from acne04.core.grades import GRADES
from acne04.samples.parts import is_of_folds, parts_of, rows_of_part, training_part


@dataclass(frozen=True)
class BalanceRow:
    """One part of a split.

    Attributes
    ----------
    part : str
        ``train``, or ``test of fold 0``.
    state : str
        ``photographs``: real ones, each once. ``as balanced``: with synthetic ones and weights, as
        a training part is used. ``with synthetic``: those too, where nothing is trained on.
    grades : tuple of float
        Images of grade 0 to 3, or how many an epoch shows.
    """

    part: str
    state: str
    grades: tuple[float, ...]

    @property
    def total(self) -> float:
        """Images of all grades."""
        return sum(self.grades)


def balance_of(variant: str, manifest: pd.DataFrame) -> list[BalanceRow]:
    """Give the rows of a split, in the order of its parts and folds."""
    folds: list[int | None] = [None]
    if is_of_folds(variant):
        folds = [*sorted(int(number) for number in manifest["fold"].dropna().unique())]
    parts = [(part, fold) for fold in folds for part in parts_of(variant)]
    return [row for part, fold in parts for row in _rows(variant, manifest, part, fold)]


def _rows(
    variant: str, manifest: pd.DataFrame, part: str, fold: int | None
) -> Iterator[BalanceRow]:
    rows = rows_of_part(manifest, variant, part, fold)
    name = part if fold is None else f"fold {fold}, {part}"
    yield BalanceRow(name, "photographs", _counted(rows[rows["origin"] == "real"], {}))
    weights = dict(zip(rows["image_id"], rows["weight"], strict=True))
    if part == training_part(variant):
        yield BalanceRow(name, "as balanced", _counted(rows, weights))
    elif training_part(variant) is None:
        yield BalanceRow(name, "with synthetic", _counted(rows, {}))


def _counted(rows: pd.DataFrame, weights: Mapping[str, float]) -> tuple[float, ...]:
    shown = [1.0 if pd.isna(weights.get(name, 1.0)) else float(weights.get(name, 1.0))
             for name in rows["image_id"]]  # fmt: skip
    sums = dict.fromkeys(GRADES, 0.0)
    for grade, weight in zip(rows["grade"], shown, strict=True):
        if not pd.isna(grade):
            sums[int(grade)] += weight
    return tuple(round(number, 1) for number in sums.values())
