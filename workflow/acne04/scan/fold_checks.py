"""Check the published folds against one another, as parts of all images."""

from __future__ import annotations

from collections import Counter, defaultdict

from acne04.core.findings import Finding
from acne04.scan import catalogue
from acne04.scan.labels import LabelLine
from acne04.scan.source_tree import CLASSIFICATION

PARTS = ("trainval", "test")
#: Names in one finding; the rest are counted.
NAMED_IMAGES = 5
_Parts = dict[str, dict[str, LabelLine]]


def check_folds(lines: list[LabelLine], images: set[str]) -> list[Finding]:
    """Check the folds against one another and against the images there are.

    Parameters
    ----------
    lines : list of LabelLine
        No name twice in a part of a fold.
    images : set of str
        File names of all real images.
    """
    folds: dict[int, _Parts] = defaultdict(lambda: {part: {} for part in PARTS})
    for line in lines:
        folds[line.fold][line.part][line.name] = line
    findings = []
    for fold in sorted(folds):
        findings += _overlaps(fold, folds[fold])
        findings += _gaps(fold, folds[fold], images)
    return findings + _partition(folds, images)


def _overlaps(fold: int, parts: _Parts) -> list[Finding]:
    return [
        catalogue.FOLD_OVERLAP.at(
            test.file,
            line=test.line,
            expected=f"{name} in one part of fold {fold}",
            found=f"also in {parts['trainval'][name].file} line {parts['trainval'][name].line}",
            done="both lines kept: the published fold stays as it is",
            fold=fold,
        )
        for name, test in parts["test"].items()
        if name in parts["trainval"]
    ]


def _gaps(fold: int, parts: _Parts, images: set[str]) -> list[Finding]:
    missing = sorted(images - parts["trainval"].keys() - parts["test"].keys())
    empty = [part for part in PARTS if not parts[part]]
    if not missing and not empty:
        return []
    found = [f"no line of {part}" for part in empty]
    if missing:
        more = f" and {len(missing) - NAMED_IMAGES} more" if len(missing) > NAMED_IMAGES else ""
        found.append(f"{len(missing)} in neither: {', '.join(missing[:NAMED_IMAGES])}{more}")
    return [
        catalogue.FOLD_INCOMPLETE.at(
            CLASSIFICATION,
            f"/fold/{fold}",
            expected=f"each of {len(images)} images in trainval or test of fold {fold}",
            found="; ".join(found),
            done="fold kept as it is",
        )
    ]


def _partition(folds: dict[int, _Parts], images: set[str]) -> list[Finding]:
    if not folds:
        return []
    times = Counter(name for parts in folds.values() for name in parts["test"])
    never = len(images - times.keys())
    often = sum(count > 1 for count in times.values())
    if not never and not often:
        return []
    return [
        catalogue.FOLD_NOT_PARTITION.at(
            CLASSIFICATION,
            expected=f"each image in the test part of one of {len(folds)} folds",
            found=f"{never} in none, {often} in two or more",
            done="folds kept as they are",
        )
    ]
