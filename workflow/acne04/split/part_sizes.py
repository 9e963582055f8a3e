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
from acne04.relations.persons import plain_subject
from acne04.split import catalogue
from acne04.split.manifest import BY_FOLD, GROUPED, SplitParameters, Variant


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
    if variant.name not in GROUPED or variant.certificate is None:
        return
    sizes = {name: len(rows) for name, rows in _photographs(variant, parameters).items()}
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
        remedy += "split.ratios" if variant.name == "holdout" else "split.folds (--fold-count)"
    asked = [f"{name} {share} %" for name, share in parameters.ratios.items()]
    raise SplitError(
        f"{variant.name}.csv",
        f"{', '.join(empty)} would be empty: {why}",
        expected=f"photographs in each part ({', '.join(asked)})"
        if variant.name == "holdout"
        else f"photographs to test on in each of {parameters.fold_count} folds",
        found=", ".join(f"{name}: {size}" for name, size in sizes.items()),
        done="nothing written",
        remedy=remedy,
    )


def part_findings(variant: Variant, parameters: SplitParameters) -> Iterator[Finding]:
    """Report each part without photographs, of a grade or at all, and each of too few persons."""
    is_told = any(f.check == catalogue.GRADE_EMPTY.name for f in variant.findings)
    for part, rows in _photographs(variant, parameters).items():
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


def _photographs(variant: Variant, parameters: SplitParameters) -> dict[str, pd.DataFrame]:
    """Give the placed photographs of each part that there is to be, also of those without any."""
    rows = variant.manifest[variant.manifest["origin"] == "real"]
    if variant.name == "holdout":
        return {part: rows[rows["split"] == part] for part in parameters.ratios}
    tests = rows[rows["split"] == "test"]
    if variant.name == "kfold":
        folds = range(parameters.fold_count)
        return {
            f"fold {fold}": tests[(tests["fold"] == fold).fillna(value=False)] for fold in folds
        }
    if variant.name not in BY_FOLD:
        return {"all": rows[rows["split"] != ""]}
    return {
        f"{part} of fold {fold}": of_fold[of_fold["split"] == part]
        for fold, of_fold in rows.groupby("fold")
        for part in ("trainval", "test")
    }


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
