"""What a model could grade by without looking at the skin: a row a variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.samples.place import DatasetPlace

_TOGETHER = "together"


@dataclass(frozen=True)
class ShortcutRow:
    """The shortcuts of one variant.

    Attributes
    ----------
    variant : str
        Of the split.
    images, persons : int
        That it was graded by.
    chance : str
        What guessing gives.
    together : str
        Balanced accuracy of all features, with its interval.
    over : list of (str, str)
        Features that alone exceed chance, with their figures, the best first.
    told : list of (int, str, str)
        Grade, area under the curve of all features within it, and the best single one.
    """

    variant: str
    images: int
    persons: int
    chance: str
    together: str
    over: list[tuple[str, str]]
    told: list[tuple[int, str, str]]


def read_shortcuts(place: DatasetPlace, variants: tuple[str, ...]) -> list[ShortcutRow]:
    """Read the table of shortcuts, for variants in this order; without those that it has not."""
    table = place.table("splits/shortcuts.csv", "shortcuts")
    return [
        _row(variant, table[table["variant"] == variant])
        for variant in variants
        if (table["variant"] == variant).any()
    ]


def _row(variant: str, rows: pd.DataFrame) -> ShortcutRow:
    graded = rows[rows["task"] == "grade"].sort_values("value", ascending=False, kind="stable")
    whole = graded[graded["feature"] == _TOGETHER]
    single = graded[(graded["feature"] != _TOGETHER) & graded["exceeds_chance"]]
    one = next(whole.itertuples(), None)
    return ShortcutRow(
        variant,
        0 if one is None else int(one.images),
        0 if one is None else int(one.persons),
        "" if one is None else _text(one.chance),
        "" if one is None else _interval(one),
        [(row.feature, _text(row.value)) for row in single.itertuples()],
        list(_told(rows[rows["task"] == "synthetic"])),
    )


def _told(rows: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    for grade, of_grade in rows.groupby("grade"):
        ranked = of_grade.sort_values("value", ascending=False, kind="stable")
        whole = next(ranked[ranked["feature"] == _TOGETHER].itertuples(), None)
        best = next(ranked[ranked["feature"] != _TOGETHER].itertuples(), None)
        if whole is not None and best is not None:
            yield int(grade), _interval(whole), f"{best.feature} {_text(best.value)}"


def _interval(row: Any) -> str:
    if pd.isna(row.low):
        return _text(row.value)
    return f"{_text(row.value)} ({_text(row.low)} to {_text(row.high)})"


def _text(value: Any) -> str:
    return "not known" if pd.isna(value) else f"{value:.3f}"
