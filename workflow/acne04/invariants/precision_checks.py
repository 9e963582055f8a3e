"""Check that what the certificates say of the precision of each part follows from the manifests.

Counted again: images, persons, effective numbers, intervals, least differences, by the formulas of
``docs/statistics.md``, in tables where `acne04.split` goes image by image. The assumptions are
taken as they are told: they are no property of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from acne04.core.grades import GRADES
from acne04.core.variants import BY_FOLD, base_of
from acne04.inspection.checks import Check, Evidence
from acne04.invariants.comparing import unlike_figures
from acne04.invariants.dataset import CERTIFICATES, Dataset
from acne04.invariants.dataset_tables import Tables, tables_of
from acne04.relations.leakage import sides_of
from acne04.relations.persons import plain_subject

#: Assumptions that a reader is told; another one would make other figures of the same split.
_ASSUMED = {"recall": 0.6, "within_person": 0.2, "agreement": 0.5, "confidence": 0.95, "power": 0.8}
_HELD_OUT = ("val", "test")


def _precision(dataset: Dataset) -> Evidence:
    tables, file = tables_of(dataset), dataset.file_of(CERTIFICATES)
    told = tables.precision
    counted = {variant: dict(_of_variant(tables, variant)) for variant in tables.variants}
    problems = tuple(unlike_figures(file, told, {**_ASSUMED, "variants": counted}, "/precision"))
    parts = sum(map(len, counted.values()))
    return Evidence(f"the precision of {parts} parts of {len(counted)} manifests", problems)


def _of_variant(tables: Tables, variant: str) -> Iterator[tuple[str, dict[str, Any]]]:
    manifest = tables.manifest(variant)
    real = manifest[(manifest["origin"] == "real") & manifest["grade"].notna()]
    known = real["subject"].map(plain_subject)
    person = ("person " + known).where(real["subject"] != "", "group " + real["group"])
    person_of = dict(zip(real["image_id"], person, strict=True))
    sides = sides_of(variant, real)
    sides = sides.assign(person=sides["image_id"].map(person_of))
    folds = _folds(tables, variant)
    for fold in folds:
        of_fold = sides if fold is None else sides[(sides["fold"] == fold).fillna(value=False)]
        for part in _parts(tables, variant):
            name = part if fold is None else f"{part}-{fold}"
            yield name, _entry(of_fold[of_fold["part"] == part], part in _HELD_OUT)
    if folds != [None] and folds:
        yield "test", _entry(sides[sides["part"] == "test"], is_held_out=True)


def _folds(tables: Tables, variant: str) -> list[int | None]:
    if base_of(variant) == "kfold":
        return list(range(tables.fold_count))
    return [*sorted(tables.folds["fold"].unique().tolist())] if variant in BY_FOLD else [None]


def _parts(tables: Tables, variant: str) -> tuple[str, ...]:
    if variant == "paper":
        return ("all",)
    return ("trainval", "test") if variant in BY_FOLD else tuple(tables.parts)


def _entry(rows: pd.DataFrame, is_held_out: bool) -> dict[str, Any]:
    """Count a part from the numbers of images of each person and grade."""
    images = pd.crosstab(rows["person"], rows["grade"].astype("int64")).reindex(
        columns=list(GRADES), fill_value=0
    )
    counts = images.to_numpy(dtype=float)
    by_grade = {str(g): _cell(counts[:, [place]], is_held_out) for place, g in enumerate(GRADES)}
    entry = {**_numbers(counts), "grades": by_grade}
    if is_held_out:
        there = counts.sum(axis=0) > 0
        few = bool((np.count_nonzero(counts[:, there], axis=0) < 2).any())
        effective = None if few or not there.any() else _effective(counts[:, there])
        entry["balanced_accuracy"] = {
            "grades": int(there.sum()),
            "half_width": None if effective is None else round(_normal(effective), 4),
            "least_difference": None if effective is None else round(_apart(effective), 4),
        }
    return entry


def _cell(counts: Any, is_held_out: bool) -> dict[str, Any]:
    cell = _numbers(counts)
    if not is_held_out:
        return cell
    if cell["persons"] < 2:
        return {**cell, "recall": None, "least_difference": None}
    effective = _effective(counts)
    # The roots of (p - x)² n = z² x (1 - x): the score interval.
    z, p = _z(), _ASSUMED["recall"]
    roots = np.roots([effective + z * z, -(2 * effective * p + z * z), effective * p * p])
    low, high = sorted(float(root.real) for root in roots)
    borders = {"low": low, "high": high, "half_width": (high - low) / 2}
    return {
        **cell,
        "recall": {name: round(border, 4) for name, border in borders.items()},
        "least_difference": round(_apart(effective), 4),
    }


def _numbers(counts: Any) -> dict[str, Any]:
    images = int(counts.sum())
    whole = counts.sum(axis=1, keepdims=True)
    return {
        "images": images,
        "persons": int((whole > 0).sum()),
        "effective_images": round(_effective(whole), 1) if images else 0.0,
    }


def _effective(counts: Any) -> float:
    """Give the effective number, each column weighing the same: shape (persons, grades)."""
    sizes, grades = counts.sum(axis=0), counts.shape[1]
    rho = _ASSUMED["within_person"]
    alone = float((1 / sizes).sum()) / grades**2
    together = float(((counts / sizes).sum(axis=1) ** 2).sum()) / grades**2
    return float(1 / ((1 - rho) * alone + rho * together))


def _normal(effective: float) -> float:
    p = _ASSUMED["recall"]
    return float(_z() * np.sqrt(p * (1 - p) / effective))


def _apart(effective: float) -> float:
    reach = (_z() + float(norm.ppf(_ASSUMED["power"]))) / _z()
    return reach * _normal(effective) * float(np.sqrt(2 * (1 - _ASSUMED["agreement"])))


def _z() -> float:
    return float(norm.ppf((1 + _ASSUMED["confidence"]) / 2))


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "precision-agrees",
        "A part is said to hold more persons, or to tell smaller differences, than it does: a "
        "result on it would look surer than it is.",
        True,
        "quick",
        "run `snakemake --cores all`, or ask the publisher for a release of an untouched run",
        _precision,
    ),
)
