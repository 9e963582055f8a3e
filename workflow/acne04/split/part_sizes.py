"""Parts that are empty, or too small to say anything: each is told, and no asked-for one is made.

A part is judged by the persons whose photographs it holds, not by its images: ten photographs of
one face are one observation. A photograph of nobody known counts as of the person of its group.
Synthetic images are no photographs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from acne04.core.errors import SplitError
from acne04.core.findings import Finding, FindingKind
from acne04.core.grades import GRADE_NAMES, GRADES
from acne04.core.variants import BY_FOLD, GROUPED
from acne04.relations.leakage import sides_in_fold
from acne04.relations.persons import plain_subject
from acne04.split import catalogue
from acne04.split.manifest import SplitParameters, Variant


def refuse_empty_parts(
    variant: Variant, parameters: SplitParameters, previous: Path | None
) -> None:
    """Refuse a split of whole groups that leaves a part empty which params.yaml asks for.

    Parameters
    ----------
    previous : pathlib.Path or None
        Folder of the earlier release whose places are kept.

    Raises
    ------
    SplitError
        If there is one: which, how large the others are, and why.
    """
    if variant.base not in GROUPED or variant.certificate is None:
        return
    # That too few groups leave a fold nothing to validate with is told, and no reason to end.
    sizes = {
        _named(variant, *place): len(rows)
        for place, rows in _judged(variant, parameters).items()
        if place[0] != "val" or variant.base == "holdout"
    }
    empty = [name for name, size in sizes.items() if not size]
    if not empty:
        return
    frozen = variant.certificate.frozen
    if frozen and frozen.name in empty:
        why = f"{previous}/{variant.name}.csv has no photograph of this collection in test, and "
        why += "nothing new joins the test part of an earlier release"
        remedy = "set split.previous (--previous) to a release that has a test part, or to none"
    else:
        why = f"there are {sum(variant.certificate.groups)} groups, and none may be torn"
        remedy = "add photographs, set split.restrict (--restrict) to none, or change "
        remedy += "split.ratios" if variant.base == "holdout" else "split.folds (--fold-count)"
    asked = [f"{name} {share} %" for name, share in parameters.ratios.items()]
    raise SplitError(
        f"{variant.name}.csv",
        f"{', '.join(empty)} would be empty: {why}",
        expected=f"photographs in each part ({', '.join(asked)})"
        if variant.base == "holdout"
        else f"photographs to test on in each of {parameters.fold_count} folds",
        found=", ".join(f"{name}: {size}" for name, size in sizes.items()),
        done="nothing written",
        remedy=remedy,
    )


def part_findings(variant: Variant, parameters: SplitParameters) -> Iterator[Finding]:
    """Report each part without photographs, of a grade or at all, and each of too few persons."""
    is_told = any(f.check == catalogue.GRADE_EMPTY.name for f in variant.findings)
    for place, rows in _judged(variant, parameters).items():
        part = _named(variant, *place)
        persons = rows["subject"].map(plain_subject).where(rows["subject"] != "", rows["group"])
        counts = {
            f"grade {grade} ({GRADE_NAMES[grade]})": persons[rows["grade"] == grade]
            for grade in GRADES
        }
        empty = [name for name, some in counts.items() if some.empty]
        small = [
            f"{name}: {_count(some.nunique(), 'person')} ({_count(len(some), 'photograph')})"
            for name, some in {"all grades": persons, **counts}.items()
            if 0 < some.nunique() < parameters.least_persons
        ]
        if len(empty) == len(GRADES):
            yield _finding(catalogue.PART_EMPTY, variant, part, "photographs", "none")
        elif empty and not (is_told and part.startswith("train")):
            expected = "photographs of each grade"
            found = f"none of {', '.join(empty)}"
            yield _finding(catalogue.PART_EMPTY, variant, part, expected, found)
        if small:
            expected = f"at least {_count(parameters.least_persons, 'person')}, in each grade"
            yield _finding(catalogue.PART_TOO_SMALL, variant, part, expected, "; ".join(small))


def photographs_of_parts(
    variant: Variant, parameters: SplitParameters
) -> dict[tuple[str, int | None], pd.DataFrame]:
    """Give the placed photographs of each part that there is to be, also of those without any.

    Returns
    -------
    dict of (str, int or None) to pandas.DataFrame
        Part and fold (None without folds) to the rows of the manifest.
    """
    rows = variant.manifest[variant.manifest["origin"] == "real"]
    if variant.base == "holdout":
        return {(part, None): rows[rows["split"] == part] for part in parameters.ratios}
    if variant.base == "kfold":
        placed = rows[rows["split"] == "test"]
        return {
            (part, fold): placed[sides_in_fold(placed, fold) == part]
            for fold in range(parameters.fold_count)
            for part in parameters.ratios
        }
    if variant.name not in BY_FOLD:
        return {("all", None): rows[rows["split"] != ""]}
    return {
        (part, int(fold)): of_fold[of_fold["split"] == part]
        for fold, of_fold in rows.groupby("fold")
        for part in ("trainval", "test")
    }


def _judged(
    variant: Variant, parameters: SplitParameters
) -> dict[tuple[str, int | None], pd.DataFrame]:
    """Leave out the training parts of folds that are dealt: each is what the others test on."""
    parts = photographs_of_parts(variant, parameters)
    is_dealt = variant.base == "kfold"
    return {place: rows for place, rows in parts.items() if not (is_dealt and place[0] == "train")}


def _named(variant: Variant, part: str, fold: int | None) -> str:
    if fold is None:
        return part
    return f"fold {fold}" if (variant.base, part) == ("kfold", "test") else f"{part} of fold {fold}"


def _finding(kind: FindingKind, variant: Variant, part: str, expected: str, found: str) -> Finding:
    return kind.at(
        f"{variant.name}.csv",
        part,
        expected=expected,
        found=found,
        done="kept as it is",
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
