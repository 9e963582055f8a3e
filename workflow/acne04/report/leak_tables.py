"""What the splits share between their parts: the published folds first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.report.image_records import Images
from acne04.samples.place import DatasetPlace

#: Kinds of relations in the order of the table -> what they are called there.
KINDS = {
    "exact": "the same bytes",
    "near": "one photograph, other bytes",
    "derived-from": "one made from the other",
    "retake": "one moment",
    "subject": "one person",
    "chain": "tied by a chain of these",
    "any": "any of these",
}
#: Those of which nothing is said where there is nothing.
_RARE = ("derived-from", "chain")


@dataclass(frozen=True)
class LeakCell:
    """How many held-out images share something with what is trained on."""

    images: int
    of: int

    @property
    def percent(self) -> float:
        """Share of the held-out images."""
        return 100 * self.images / self.of if self.of else 0.0


@dataclass(frozen=True)
class LeakExample:
    """The first pair of a kind: what it is, and the numbers of its images."""

    kind: str
    fold: int
    a: int
    b: int


@dataclass(frozen=True)
class LeakTables:
    """What is shared, by split.

    Attributes
    ----------
    folds : dict of int to dict of str to LeakCell
        Of the published folds: fold, then kind of `KINDS`.
    examples : list of LeakExample
        One pair of each kind that there is.
    own : list of (str, int)
        Split of this project, and the pairs between its parts.
    paper : list of (str, LeakCell)
        Test part, and the synthetic images whose parent is in it: what leaks where all of them
        are trained on, as ACNEDIT's paper counts them.
    """

    folds: dict[int, dict[str, LeakCell]]
    examples: list[LeakExample]
    own: list[tuple[str, int]]
    paper: list[tuple[str, LeakCell]]

    @staticmethod
    def name_of(kind: str) -> str:
        """Give what a kind is called on the page."""
        return KINDS[kind]


def read_leaks(place: DatasetPlace, images: Images, metrics: dict[str, Any]) -> LeakTables:
    """Read what the stage `split` has found to be shared."""
    table = place.table("splits/published_leaks.csv", "leaks")
    folds: dict[int, dict[str, LeakCell]] = {}
    examples: dict[str, LeakExample] = {}
    for row in table.itertuples():
        if row.kind not in KINDS:
            continue
        if row.grade == "all":
            fold = folds.setdefault(int(row.fold), {})
            fold[row.kind] = LeakCell(int(row.images), int(row.of))
        elif row.kind != "any" and row.kind not in examples and row.example_a:
            a, b = images.by_id[row.example_a], images.by_id[row.example_b]
            examples[row.kind] = LeakExample(KINDS[row.kind], int(row.fold), a, b)
    own = [
        (variant, of["leaking_pairs"])
        for variant, of in metrics["variants"].items()
        if "leaking_pairs" in of
    ]
    absent = [kind for kind in _RARE if not any(fold[kind].images for fold in folds.values())]
    shown = {
        number: {kind: fold[kind] for kind in KINDS if kind in fold and kind not in absent}
        for number, fold in sorted(folds.items())
    }
    ordered = [examples[kind] for kind in KINDS if kind in examples]
    return LeakTables(shown, ordered, own, list(_paper(place)))


def _paper(place: DatasetPlace) -> Iterable[tuple[str, LeakCell]]:
    table = place.table("splits/paper_leaks.csv", "paper_leaks")
    for variant, rows in table.groupby("variant", sort=True):
        for fold, of in rows.groupby("fold", dropna=False, sort=True):
            name = str(variant) if pd.isna(fold) else f"{variant}, fold {int(fold)}"
            yield name, LeakCell(int(of["leaks"].sum()), len(of))
