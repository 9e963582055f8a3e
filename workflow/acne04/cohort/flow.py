"""The flow of images and persons, from what was promised to every part of every split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from acne04.cohort.people import by_grade

#: Steps before anything is placed, in their order.
STEPS = ("promised", "delivered", "decoded", "distinct", "known-person")
EXCLUDED, PLACED = "excluded", "placed"


def flow_table(
    images: pd.DataFrame, manifests: Mapping[str, pd.DataFrame], promises: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Count images and persons at each step.

    Parameters
    ----------
    images : pandas.DataFrame
        As of `acne04.cohort.people.join_cohort`.
    manifests : mapping of str to pandas.DataFrame
        Variant to its table ``splits``.
    promises : mapping of str to mapping
        Origin to what its source promises; empty where nothing is promised.

    Returns
    -------
    list of dict
        Rows of table ``flow``, without the column dataset.
    """
    rows = []
    for origin in ("real", "synthetic"):
        rows += list(_promised(origin, promises.get(origin, {})))
        of = images[images["origin"] == origin]
        decoded = of[of["decodable"].fillna(value=False).astype(bool)]
        distinct = decoded[decoded["image_id"] == decoded["canonical"]]
        steps = {"delivered": of, "decoded": decoded, "distinct": distinct}
        if origin == "real":
            steps["known-person"] = distinct[distinct["subject"] != ""]
        for step, some in steps.items():
            rows += _counted("", step, "", None, origin, some)
    person_of = images.set_index("image_id")["person"]
    for variant, manifest in manifests.items():
        placed = manifest["split"] != ""
        reason = manifest["excluded"].str.partition(":")[0]
        told = manifest.assign(
            step=placed.map({True: PLACED, False: EXCLUDED}),
            detail=manifest["split"].where(placed, reason),
            person=manifest["image_id"].map(person_of),
            number=manifest["fold"].fillna(-1).astype("int64"),
        )
        for (step, detail, number, origin), some in told.groupby(
            ["step", "detail", "number", "origin"]
        ):
            fold = None if number < 0 else int(number)
            rows += _counted(variant, step, detail, fold, origin, some)
    return rows


def _promised(origin: str, promises: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "images" not in promises:
        return
    folders = promises.get("folders", {}).values()
    grades = promises.get("grades") or {of["grade"]: of["images"] for of in folders}
    told = {str(grade): number for grade, number in grades.items()} | {"all": promises["images"]}
    for grade, number in told.items():
        persons = promises.get("subjects") if grade == "all" else None
        yield _row("", "promised", "", None, origin, grade, number, persons)


def _counted(
    variant: str, step: str, detail: str, fold: int | None, origin: str, rows: pd.DataFrame
) -> list[dict[str, Any]]:
    """Count one step, by grade and in all."""
    return [
        _row(
            variant, step, detail, fold, origin, grade, len(some),
            some["person"].nunique() if origin == "real" else None,
        )
        for grade, some in by_grade(rows).items()
    ]  # fmt: skip


def _row(
    variant: str, step: str, detail: str, fold: int | None, origin: str, grade: str,
    images: int, persons: int | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "variant": variant,
        "step": step,
        "detail": detail,
        "fold": fold,
        "origin": origin,
        "grade": grade,
        "images": images,
        "persons": persons,
    }
