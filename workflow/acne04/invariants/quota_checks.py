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
from acne04.core.variants import BY_FOLD, GROUPED, base_of
from acne04.inspection.checks import Check, Evidence, Mismatch
from acne04.invariants.comparing import Partly, unlike_figures
from acne04.invariants.dataset import (
    CERTIFICATES,
    FINDINGS,
    MATCHED,
    Dataset,
    findings_of,
    manifest_of,
    metrics_of,
)
from acne04.invariants.dataset_tables import Tables, tables_of

_SIZES = ("smaller", "larger")
_UNPROVEN = "quota-not-proven"
#: Variants whose training part is balanced.
_BALANCED = ("published-clean", "published-matched", *GROUPED)


def _quotas(dataset: Dataset) -> Evidence:
    tables = tables_of(dataset)
    file, metrics = dataset.file_of(CERTIFICATES), dataset.file_of(metrics_of("splits"))
    figures = dataset.document_of(metrics_of("splits"))
    told = figures.get("variants") if isinstance(figures, dict) else None
    problems: list[Mismatch] = []
    if set(tables.certificates) != set(tables.grouped):
        problems.append(Mismatch(file, f"certificates of {' and '.join(tables.grouped)}",
                                 ", ".join(tables.certificates) or "none"))  # fmt: skip
    for variant in tables.grouped:
        if certificate := tables.certificates.get(variant):
            problems += _of_variant(file, tables, variant, certificate)
    problems += _proven(tables)
    problems += _matched(tables)
    counted = {variant: _figures(tables, variant) for variant in tables.variants}
    problems += unlike_figures(metrics, told, counted, "/variants")
    problems += unlike_figures(metrics, figures, Partly(images=_images(tables)))
    parts = sum(len(figure["parts"]) for figure in counted.values())
    told_of = (
        f"{len(tables.grouped)} certificates; {parts} parts of {len(tables.variants)} manifests"
    )
    if tables.is_grown:
        told_of += "; not which places an earlier release gave"
    return Evidence(told_of, tuple(problems))


def _matched(tables: Tables) -> Iterator[Mismatch]:
    """Hold the control of published-clean against it: as many of each grade and fold, as drawn."""
    if MATCHED not in tables.variants:
        return
    file = tables.dataset.file_of(manifest_of(MATCHED))
    counts = {}
    for variant in ("published-clean", MATCHED):
        rows = tables.manifest(variant)
        rows = rows[rows["split"] != ""]
        counts[variant] = rows.groupby(["fold", "split", "origin", "grade"]).size()
    both = pd.DataFrame(counts).fillna(0).astype("int64")
    for place, row in both[both["published-clean"] != both[MATCHED]].iterrows():
        fold, split, origin, grade = place
        expected = f"{row['published-clean']} {origin} images of grade {grade} in {split}, as clean"
        yield Mismatch(file, expected, str(row[MATCHED]), pointer=f"fold {fold}")
    key = ["fold", "image_id"]
    published = tables.manifest("published").set_index(key)["split"]
    rows = tables.manifest(MATCHED)
    rows = rows[(rows["split"] != "") & (rows["origin"] == "real")]
    before = published.reindex(pd.MultiIndex.from_frame(rows[key])).fillna("").to_numpy()
    for row in rows[rows["split"].to_numpy() != before].itertuples():
        expected = f"photographs of that part of the published fold {row.fold}"
        yield Mismatch(file, expected, "another", int(row.Index) + 2, row.image_id)


def _of_variant(
    file: str, tables: Tables, variant: str, certificate: Mapping[str, Any]
) -> Iterator[Mismatch]:
    """Count the certificate of a variant again, and in ``kfold`` those of its validation parts."""
    rows = tables.manifest(variant)
    rows = rows[(rows["split"] != "") & (rows["origin"] == "real")]
    rows = rows.assign(cell=_cell_of(tables, rows))
    place = f"/variants/{variant}"
    if base_of(variant) == "holdout":
        names = list(tables.parts)
        yield from _certificate(file, tables, rows["split"], rows, names, certificate, place)
        return
    names = [f"fold-{number}" for number in range(tables.fold_count)]
    fold = "fold-" + rows["fold"].astype("str")
    yield from _certificate(file, tables, fold, rows, names, certificate, place)
    told = certificate.get("validation", {})
    if set(told) != set(names):
        found = ", ".join(told) or "none"
        yield Mismatch(file, f"validation parts of {', '.join(names)}", found, pointer=place)
    for number, name in enumerate(names):
        if name in told:
            free = rows[(rows["fold"] != number).fillna(value=True)]
            is_val = [str(number) in folds.split("/") for folds in free["validates"]]
            part = pd.Series("train", index=free.index).mask(pd.Series(is_val, free.index), "val")
            pointer = f"{place}/validation/{name}"
            both = ["train", "val"]
            yield from _certificate(file, tables, part, free, both, told[name], pointer)


def _cell_of(tables: Tables, rows: pd.DataFrame) -> pd.Series:
    """Give the stratum of each placed photograph of a variant."""
    pixels = (rows["width"] * rows["height"]).astype("float64")
    # Half of the photographs at least are the smaller ones.
    middle = pixels.sort_values(ignore_index=True)[(len(pixels) - 1) // 2] if len(pixels) else 0.0
    larger = pixels > middle
    size = larger.map({False: f" {_SIZES[0]}", True: f" {_SIZES[1]}"})
    by_size = tables.parameters.get("strata") == "grade+size" and len(rows)
    return rows["grade"].astype("str") + (size if by_size else "")


def _cells(tables: Tables) -> tuple[str, ...]:
    """Name the strata that have quotas."""
    names = tuple(map(str, GRADES))
    if tables.parameters.get("strata") == "grade+size":
        names = tuple(f"{grade} {size}" for grade in names for size in _SIZES)
    return names


def _by_cell(tables: Tables, cells: pd.Series) -> dict[str, int]:
    counts = cells.value_counts()
    return {**{name: int(counts.get(name, 0)) for name in _cells(tables)}, "all": len(cells)}


def _ratios(tables: Tables, names: list[str]) -> dict[str, int]:
    """Give the shares of the parts that take images; the test part of an earlier release does not.

    Folds are alike.
    """
    shares = {name: tables.parts.get(name, 1) for name in names}
    return {p: r for p, r in shares.items() if not (tables.is_grown and p == "test")}


def _certificate(
    file: str,
    tables: Tables,
    part_of: pd.Series,
    photographs: pd.DataFrame,
    names: list[str],
    certificate: Mapping[str, Any],
    place: str,
) -> Iterator[Mismatch]:
    rows = photographs.assign(part=part_of)
    ratios = _ratios(tables, names)
    placed = {
        part: _by_cell(tables, rows[rows["part"] == part]["cell"]) for part in (*ratios, *names)
    }
    whole = sum(ratios.values())
    deviations = []
    parts: dict[str, Any] = {}
    for part in names:
        frozen = part not in ratios
        cells = {}
        for cell in (*_cells(tables), "all"):
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
    unproven = sum(
        not entry["optimal"]
        for certificate in tables.certificates.values()
        for entry in (certificate, *certificate.get("validation", {}).values())
    )
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
    if base_of(variant) == "kfold":
        parts |= {f"val-{n}": _by_grade(rows) for n, rows in _validating(tables, placed)}
    figures = Partly(rows=len(manifest), placed=len(placed), excluded=dict(reasons), parts=parts)
    if base_of(variant) in _BALANCED:
        figures.update(_epoch(tables, variant, manifest))
    if certificate := tables.certificates.get(variant):
        for name in ("largest_deviation", "total_deviation"):
            figures[name] = round(float(Fraction(certificate[name])), 6)
        if of_folds := certificate.get("validation"):
            largest = max(Fraction(entry["largest_deviation"]) for entry in of_folds.values())
            figures["validation_deviation"] = round(float(largest), 6)
    return figures


def _validating(tables: Tables, placed: pd.DataFrame) -> Iterator[tuple[int, pd.Series]]:
    """Give the grades of the photographs that validate each fold."""
    tested = placed[placed["split"] == "test"]
    for number in range(tables.fold_count):
        is_val = [str(number) in folds.split("/") for folds in tested["validates"]]
        yield number, tested.loc[is_val, "grade"]


def _epoch(tables: Tables, variant: str, manifest: pd.DataFrame) -> dict[str, Any]:
    """Sum the weights of each grade, the mean over the folds; and what they lack of the target."""
    rows = manifest[manifest["weight"].notna()]
    shown = rows["weight"].astype(float)
    if variant in BY_FOLD:
        shown = shown / max(rows["fold"].nunique(), 1)
    elif base_of(variant) == "kfold":
        validated = [len(folds.split("/")) if folds else 0 for folds in rows["validates"]]
        held_out = rows["fold"].notna().to_numpy() + pd.Series(validated, rows.index, dtype=int)
        shown = shown * (1 - held_out / tables.fold_count)
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
