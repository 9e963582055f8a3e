"""Check that certificates and figures of the splits are those that follow from the manifests.

Counted again: images of each grade in each part, groups, exact quotas by the parameters' ratios,
deviations, the largest and their sum; the rows, parts and reasons that metrics.json tells, what an
epoch shows and what it lacks. Not told by any table: the bounds that the solver has proven, which
are only held against what was reached, and which images kept an earlier release's place.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from acne04.core.grades import GRADES
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.invariants.comparing import Partly, unlike_figures
from acne04.invariants.dataset import (
    BY_FOLD,
    CERTIFICATES,
    FINDINGS,
    GROUPED,
    VARIANTS,
    Dataset,
    findings_of,
    metrics_of,
)
from acne04.invariants.dataset_tables import Tables, tables_of

_CELLS = (*map(str, GRADES), "all")
_UNPROVEN = "quota-not-proven"
#: Variants whose training part is balanced.
_BALANCED = ("published-clean", *GROUPED)


def _quotas(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    file, metrics = dataset.file_of(CERTIFICATES), dataset.file_of(metrics_of("splits"))
    figures = dataset.document_of(metrics_of("splits"))
    told = figures.get("variants") if isinstance(figures, dict) else None
    problems: list[Mismatch] = []
    if set(tables.certificates) != set(GROUPED):
        problems.append(Mismatch(file, f"certificates of {' and '.join(GROUPED)}",
                                 ", ".join(tables.certificates) or "none"))  # fmt: skip
    for variant in GROUPED:
        if certificate := tables.certificates.get(variant):
            problems += _certificate(file, tables, variant, certificate)
    problems += _proven(tables)
    counted = {variant: _figures(tables, variant) for variant in VARIANTS}
    problems += unlike_figures(metrics, told, counted, "/variants")
    problems += unlike_figures(metrics, figures, Partly(images=_images(tables)))
    parts = sum(len(figure["parts"]) for figure in counted.values())
    told_of = f"{len(GROUPED)} certificates; {parts} parts of {len(VARIANTS)} manifests"
    if tables.is_grown:
        told_of += "; not which places an earlier release gave"
    return Evidence(told_of, tuple(problems))


def _photographs(tables: Tables, variant: str) -> pd.DataFrame:
    """Give the placed photographs of a variant of whole groups: columns part, grade, group."""
    rows = tables.manifest(variant)
    rows = rows[(rows["split"] != "") & (rows["origin"] == "real")]
    part = rows["split"] if variant == "holdout" else "fold-" + rows["fold"].astype("str")
    return pd.DataFrame({"part": part, "grade": rows["grade"], "group": rows["group"]})


def _ratios(tables: Tables, variant: str) -> dict[str, int]:
    if variant == "kfold":
        return {f"fold-{number}": 1 for number in range(tables.fold_count)}
    # The test part of an earlier release neither gives nor takes images.
    return {p: r for p, r in tables.parts.items() if not (tables.is_grown and p == "test")}


def _certificate(
    file: str, tables: Tables, variant: str, certificate: Mapping[str, Any]
) -> Iterator[Mismatch]:
    rows, ratios = _photographs(tables, variant), _ratios(tables, variant)
    names = list(tables.parts) if variant == "holdout" else list(ratios)
    placed = {part: _by_grade(rows[rows["part"] == part]["grade"]) for part in (*ratios, *names)}
    whole = sum(ratios.values())
    deviations = []
    parts: dict[str, Any] = {}
    for part in names:
        frozen = part not in ratios
        cells = {}
        for cell in _CELLS:
            images = sum(placed[other][cell] for other in ratios)
            quota = Fraction(placed[part][cell])
            if not frozen:
                quota = Fraction(images * ratios[part], whole)
                deviations.append(abs(placed[part][cell] - quota))
            deviation = placed[part][cell] - quota
            cells[cell] = {"quota": str(quota), "placed": placed[part][cell],
                           "deviation": str(deviation)}  # fmt: skip
            if not tables.is_grown:
                cells[cell]["kept"] = 0
        ratio = Fraction(0) if frozen else Fraction(ratios[part], whole)
        groups = int(rows.loc[rows["part"] == part, "group"].nunique())
        parts[part] = {"ratio": str(ratio), "frozen": frozen, "groups": groups, "grades": cells}
    largest, total = max(deviations), sum(deviations, Fraction(0))
    told = Partly(parts=parts, largest_deviation=str(largest), total_deviation=str(total))
    place = f"/variants/{variant}"
    yield from _unlike(file, certificate, told, place)
    yield from _bounds(file, certificate, largest, total, place)


def _unlike(
    file: str, certificate: Mapping[str, Any], told: dict[str, Any], place: str
) -> Iterator[Mismatch]:
    for part, cells in certificate["parts"].items():
        for cell, figures in cells["grades"].items():
            known = told["parts"].get(part, {}).get("grades", {}).get(cell)
            if known is None or "kept" in known:
                continue
            # How many kept their places only the earlier release says.
            known["kept"] = figures["kept"]
            if figures["kept"] > figures["placed"]:
                expected = f"at most the {figures['placed']} that are placed"
                pointer = f"{place}/parts/{part}/grades/{cell}/kept"
                yield Mismatch(file, expected, str(figures["kept"]), pointer=pointer)
    yield from unlike_figures(file, certificate, told, place)


def _bounds(
    file: str, certificate: Mapping[str, Any], largest: Fraction, total: Fraction, place: str
) -> Iterator[Mismatch]:
    """Hold what is proven against what was reached."""
    bounds = [Fraction(certificate[f"{n}_deviation_bound"]) for n in ("largest", "total")]
    optimal = [largest, total] == bounds
    if bounds[0] > largest or (bounds[0] == largest and bounds[1] > total):
        found = f"bounds {bounds[0]} and {bounds[1]}"
        yield Mismatch(file, f"bounds up to {largest} and {total}", found, pointer=place)
    if certificate["optimal"] != optimal:
        said = str(certificate["optimal"]).lower()
        yield Mismatch(file, str(optimal).lower(), said, pointer=f"{place}/optimal")
    if certificate["method"] == "dealt" and not optimal:
        found = "dealt, which proves its placement, and not optimal"
        yield Mismatch(file, "a method that leaves room", found, pointer=f"{place}/method")


def _proven(tables: Tables) -> Iterator[Mismatch]:
    """Count the certificates without a proof, which findings tell of."""
    unproven = sum(not certificate["optimal"] for certificate in tables.certificates.values())
    counts = tables.dataset.document_of(findings_of("splits"), FINDINGS)["counts"]
    if counts.get(_UNPROVEN, 0) != unproven:
        expected = f"{counts.get(_UNPROVEN, 0)} not optimal, as findings {_UNPROVEN} count"
        yield Mismatch(tables.dataset.file_of(CERTIFICATES), expected, str(unproven))


def _by_grade(grades: pd.Series) -> dict[str, int]:
    counts = grades.value_counts()
    return {**{str(g): int(counts.get(g, 0)) for g in GRADES}, "all": len(grades)}


def _images(tables: Tables) -> dict[str, Any]:
    grade = tables.images["decided_grade"].fillna(tables.images["label"])
    return {
        origin: _by_grade(grade[tables.images["origin"] == origin])
        for origin in ("real", "synthetic")
    }


def _figures(tables: Tables, variant: str) -> Partly:
    """Count what the metrics tell of a variant."""
    manifest = tables.manifest(variant)
    placed = manifest[manifest["split"] != ""]
    reasons = Counter(why.partition(":")[0] for why in manifest["excluded"] if why)
    # In a number's place for folds of rows without one: groups by missing values differ in pandas.
    folds = placed["fold"].fillna(-1).astype("int64")
    parts = {
        f"{split}" if fold < 0 else f"{split}-{fold}": _by_grade(rows["grade"])
        for (split, fold), rows in placed.groupby([placed["split"], folds])
    }
    # What leaks is told elsewhere.
    figures = Partly(rows=len(manifest), placed=len(placed), excluded=dict(reasons), parts=parts)
    if variant in _BALANCED:
        figures.update(_epoch(tables, variant, manifest))
    if certificate := tables.certificates.get(variant):
        for name in ("largest_deviation", "total_deviation"):
            figures[name] = round(float(Fraction(certificate[name])), 6)
    return figures


def _epoch(tables: Tables, variant: str, manifest: pd.DataFrame) -> dict[str, Any]:
    """Sum the weights of each grade, the mean over the folds; and what they lack of the target."""
    rows = manifest[manifest["weight"].notna()]
    shown = rows["weight"].astype(float)
    if variant in BY_FOLD:
        shown = shown / max(rows["fold"].nunique(), 1)
    elif variant == "kfold":
        share = float(Fraction(tables.fold_count - 1, tables.fold_count))
        shown = shown.where(rows["fold"].isna(), shown * share)
    epoch = {
        grade: math.fsum(shown[(rows["grade"] == grade).fillna(value=False)]) for grade in GRADES
    }
    balance, target = tables.parameters["balance"], int(tables.parameters["target"])
    # A sum of rounded weights is as near to a whole number as the weights are.
    lacking = {
        str(grade): max(0, math.ceil(round(target - epoch[grade], 3))) if balance != "none" else 0
        for grade in GRADES
    }
    return {"epoch": {str(g): round(n, 3) for g, n in epoch.items()}, "shortfall": lacking}


CHECKS: tuple[Check[Dataset], ...] = (
    Check(
        "quotas-agree",
        "The parts are of other sizes than they are said to be: a test part that was thinned out, "
        "or a proof of a split that nobody has.",
        True,
        "quick",
        "run `snakemake --cores all`, or ask the publisher for a release of an untouched run",
        _quotas,
    ),
)
