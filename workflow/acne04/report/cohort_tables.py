"""What the page tells of the cohort: the flow of images and persons, what is missing, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acne04.core.grades import GRADES
from acne04.samples.parts import PARTS
from acne04.samples.place import DatasetPlace

#: Steps of the flow -> what they are called on the page.
STEPS = {
    "promised": "promised by the publishers",
    "delivered": "delivered",
    "decoded": "can be decoded",
    "distinct": "distinct, each copy counted once",
    "known-person": "of a person whom the subject table names",
}
#: What may be missing -> how it is said.
ITEMS = {
    "grade": "no grade",
    "count": "no lesion count by ACNE04",
    "boxes": "no lesion boxes",
    "v2": "not in Acne04-v2",
    "person": "person unknown",
    "camera": "no camera in EXIF",
    "size-of-v2": "another size than Acne04-v2 states",
}
FIGURES = {
    "agreement": "Agreement",
    "kappa": "Kappa",
    "quadratic_kappa": "Kappa, quadratic weights",
    "ceiling": "Ceiling of a model's accuracy",
}
KINDS = {"all": "all copies", "exact": "the same bytes", "near": "other bytes"}


@dataclass(frozen=True)
class FlowCount:
    """A box of the flow: what is counted, images and persons; by grade images and persons."""

    name: str
    images: int
    persons: int | None
    grades: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True)
class CohortTables:
    """All that the section shows.

    Attributes
    ----------
    steps : list of FlowCount
        Of photographs, before anything is placed.
    synthetic : int
        Synthetic images that were delivered.
    excluded, placed : dict of str to list of FlowCount
        Of the photographs of each split without folds of its own, by reason and by part.
    missing : dict of str to list of (int, int)
        What may be missing -> by grade, images that lack it, of how many.
    sensitivity : dict of str to list of mapping
        Split -> rows of table ``sensitivity``.
    agreement : list of (str, mapping)
        Kind of copies, and its figures.
    links : int
        Ties between photographs of two persons.
    """

    steps: list[FlowCount]
    synthetic: int
    excluded: dict[str, list[FlowCount]]
    placed: dict[str, list[FlowCount]]
    missing: dict[str, list[tuple[int, int]]]
    sensitivity: dict[str, list[dict[str, Any]]]
    agreement: list[tuple[str, dict[str, Any]]]
    links: int


def read_cohort(place: DatasetPlace) -> CohortTables:
    """Read what the stage `cohort` has counted."""
    flow = place.table("cohort/flow.csv", "flow")
    real = flow[flow["origin"] == "real"]
    before = real[real["variant"] == ""]
    steps = [
        _count(name, before[before["step"] == step])
        for step, name in STEPS.items()
        if (before["step"] == step).any()
    ]
    arrived = flow[(flow["origin"] == "synthetic") & (flow["step"] == "delivered")]
    excluded, placed = {}, {}
    for variant in PARTS:
        rows = real[real["variant"] == variant]
        excluded[variant] = list(_counts(rows[rows["step"] == "excluded"], variant))
        placed[variant] = list(_counts(rows[rows["step"] == "placed"], variant))
    sensitivity = place.table("cohort/sensitivity.csv", "sensitivity")
    agreement = place.document("cohort/agreement.json", "agreement.schema.json")["kinds"]
    return CohortTables(
        steps,
        int(arrived.loc[arrived["grade"] == "all", "images"].sum()),
        excluded,
        placed,
        _missing(place.table("cohort/missingness.csv", "missingness")),
        {
            variant: sensitivity[sensitivity["variant"] == variant].to_dict("records")
            for variant in PARTS
            if (sensitivity["variant"] == variant).any()
        },
        [(name, agreement[kind]) for kind, name in KINDS.items() if kind in agreement],
        len(place.table("cohort/person_links.csv", "person_links")),
    )


def _counts(rows: pd.DataFrame, variant: str) -> Iterator[FlowCount]:
    """Give the counts of each part (in its order) or reason, and fold."""
    order = {part: number for number, part in enumerate(PARTS[variant])}
    keys = rows[["detail", "fold"]].drop_duplicates()
    keys = keys.assign(
        number=keys["fold"].fillna(-1).astype("int64"),
        turn=keys["detail"].map(order).fillna(len(order)),
    )
    for row in keys.sort_values(["number", "turn", "detail"]).itertuples():
        of = rows[(rows["detail"] == row.detail) & (rows["fold"].fillna(-1) == row.number)]
        fold = "" if row.number < 0 else f", fold {row.number}"
        yield _count(f"{row.detail}{fold}", of)


def _count(name: str, rows: pd.DataFrame) -> FlowCount:
    told = {
        row.grade: (int(row.images), None if pd.isna(row.persons) else int(row.persons))
        for row in rows.itertuples()
    }
    grades = tuple(told.get(str(grade), (0, None)) for grade in GRADES)
    return FlowCount(name, *told["all"], grades)


def _missing(table: pd.DataFrame) -> dict[str, list[tuple[int, int]]]:
    cells = {
        (row.item, row.grade): (int(row.missing), int(row.images)) for row in table.itertuples()
    }
    return {
        name: [cells[item, str(grade)] for grade in (*GRADES, "all")]
        for item, name in ITEMS.items()
    }
