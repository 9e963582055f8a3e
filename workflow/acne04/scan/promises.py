"""Compare what a source's entry promises with what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.core.catalogue import BROKEN_PROMISE
from acne04.core.findings import Finding
from acne04.core.sources import load_sources
from acne04.scan.fold_checks import PARTS
from acne04.scan.inventory import Inventory
from acne04.scan.source_tree import ACNEDIT, CLASSIFICATION, DETECTION

Promises = dict[str, dict[str, Any]]
#: Pointer below the source's promises, the figure promised, the figure found, where it was found.
Figure = tuple[str, Any, int | str, str]


def load_promises(path: Path, dataset: str) -> Promises:
    """Read what each source promises, by its name."""
    return {name: dict(source.promises) for name, source in load_sources(path, dataset).items()}


def folder_grades(promises: Promises) -> dict[str, int]:
    """Grade that each folder of synthetic images promises."""
    folders = promises.get(ACNEDIT, {}).get("folders", {})
    return {str(name): int(folder["grade"]) for name, folder in folders.items()}


def extensions(promises: Promises) -> dict[str, str]:
    """Extension that each source promises, by source."""
    return {source: p["extension"] for source, p in promises.items() if "extension" in p}


def check_promises(
    promises: Promises, given: set[str], inventory: Inventory, overlaps: int
) -> list[Finding]:
    """Report every promised figure that differs from the one found.

    Parameters
    ----------
    promises : dict
        What each source promises.
    given : set of str
        Sources that were scanned.
    inventory : Inventory
        What is known of the images.
    overlaps : int
        Synthetic images with the name of a real one.
    """
    figures = {
        CLASSIFICATION: _classification(promises.get(CLASSIFICATION, {}), inventory),
        DETECTION: _detection(promises.get(DETECTION, {}), inventory),
        ACNEDIT: _acnedit(promises.get(ACNEDIT, {}), list(inventory.synthetic), overlaps),
    }
    return [
        _broken(source, pointer, str(promised), f"{found}{where}")
        for source in figures
        if source in given
        for pointer, promised, found, where in figures[source]
        if promised is not None and promised != found
    ]


def _classification(promised: dict[str, Any], inventory: Inventory) -> Iterator[Figure]:
    grades = Counter(inventory.label(path).grade for path in inventory.real)
    yield "/images", promised.get("images"), len(inventory.real), ""
    for grade, images in promised.get("grades", {}).items():
        yield f"/grades/{grade}", images, grades[int(grade)], ""
    parts = Counter((line.fold, line.part) for line in inventory.lines)
    folds = sorted({fold for fold, _ in parts})
    yield "/folds", promised.get("folds"), len(folds), ""
    for part in PARTS:
        for fold in folds:
            yield f"/{part}", promised.get(part), parts[fold, part], f" in fold {fold}"


def _detection(promised: dict[str, Any], inventory: Inventory) -> Iterator[Figure]:
    yield "/files", promised.get("files"), len(inventory.boxes.stems), ""
    yield "/boxes", promised.get("boxes"), inventory.boxes.objects, ""


def _acnedit(promised: dict[str, Any], paths: list[str], overlaps: int) -> Iterator[Figure]:
    yield "/images", promised.get("images"), len(paths), ""
    for name, folder in promised.get("folders", {}).items():
        inside = sum(name in path.split("/")[:-1] for path in paths)
        yield f"/folders/{name}/images", folder.get("images"), inside, ""
    if promised.get("names_overlap") is False:
        none = "no name shared with ACNE04"
        shared = f"{overlaps} name{'s' if overlaps > 1 else ''} shared"
        yield "/names_overlap", none, shared if overlaps else none, ""


def _broken(source: str, pointer: str, promised: str, found: str) -> Finding:
    return BROKEN_PROMISE.at(
        source,
        f"/promises{pointer}",
        expected=promised,
        found=found,
        done="went on with what is there",
    )
