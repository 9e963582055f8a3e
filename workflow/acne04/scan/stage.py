"""Judge what was read of the sources, all of it together."""

from __future__ import annotations

from collections.abc import Mapping

from acne04.core.catalogue import BROKEN_PROMISE, IMAGE_MISSING
from acne04.core.findings import Finding, FindingKind, NotRun
from acne04.scan import catalogue
from acne04.scan.boxes import Boxes, read_boxes
from acne04.scan.fold_checks import check_folds
from acne04.scan.image_frames import ImageFrame, check_orientations
from acne04.scan.inventory import Inventory
from acne04.scan.label_checks import (
    check_counts,
    check_labels,
    check_names,
    check_referenced,
    grade_by_folder,
)
from acne04.scan.labels import LabelFiles, read_labels
from acne04.scan.promises import Promises, check_promises, extensions, folder_grades
from acne04.scan.source_files import SourceContents, check_files, check_unreadable
from acne04.scan.source_tree import ACNEDIT, CLASSIFICATION, DETECTION, SourceTree, stem_of

Trees = Mapping[str, SourceTree]

_NEED_LABELS = (
    catalogue.COUNT_BOXES_MISMATCH,
    catalogue.FOLD_INCOMPLETE,
    catalogue.FOLD_NOT_PARTITION,
    catalogue.FOLD_OVERLAP,
    catalogue.GRADE_OUTSIDE_BAND,
    IMAGE_MISSING,
    catalogue.LABEL_CONFLICT,
    catalogue.LABEL_MISSING,
    catalogue.PREFIX_GRADE_MISMATCH,
)
_NEED = {
    CLASSIFICATION: (catalogue.BOXES_UNREFERENCED, catalogue.NAME_OVERLAP, *_NEED_LABELS),
    DETECTION: (
        catalogue.BOXES_MISSING,
        catalogue.BOXES_UNREFERENCED,
        catalogue.BOX_OUTSIDE_IMAGE,
        catalogue.COUNT_BOXES_MISMATCH,
    ),
    ACNEDIT: (catalogue.FOLDER_UNEXPECTED, catalogue.NAME_OVERLAP),
}
_NEED_PROMISES = (BROKEN_PROMISE, catalogue.EXTENSION_UNEXPECTED, catalogue.FOLDER_UNEXPECTED)


def evaluate(
    trees: Trees, contents: SourceContents, promises: Promises
) -> tuple[Inventory, list[Finding]]:
    """Join what was read, and check it.

    Parameters
    ----------
    trees : mapping
        The sources, by name.
    contents : SourceContents
        What was read of them.
    promises : dict
        What each source promises; a source of which nobody says anything is missing.

    Returns
    -------
    Inventory
        What is known of the images.
    list of Finding
        In no order.
    """
    real, synthetic = (_names(trees, contents, name) for name in (CLASSIFICATION, ACNEDIT))
    labels = _labels(trees, contents)
    boxes = _boxes(trees, contents, real)
    of_folders = folder_grades(promises)
    by_folder, outside = grade_by_folder(synthetic, of_folders) if of_folders else ({}, [])
    inventory = Inventory(real, synthetic, labels.labels, by_folder, labels.lines, boxes)
    overlaps = check_names(synthetic, real)
    findings = [
        *(finding for tree in trees.values() for finding in tree.findings),
        *check_unreadable(contents.unreadable),
        *check_files(contents.images, extensions(promises)),
        *check_orientations(contents.images),
        *labels.findings,
        *boxes.findings,
        *outside,
        *overlaps,
        *_label_findings(trees, inventory),
        *check_promises(promises, set(trees), inventory, len(overlaps)),
    ]
    return inventory, findings


def checks_not_run(trees: Trees, promised: bool) -> list[NotRun]:
    """List the checks that lack what they need.

    Parameters
    ----------
    trees : mapping
        The sources that were given, by name.
    promised : bool
        Is it known what the sources promise?
    """
    gaps: dict[FindingKind, str] = {}
    for source, kinds in _NEED.items():
        if source not in trees:
            gaps |= dict.fromkeys(kinds, f"no {source} folder was given (--{source})")
    if CLASSIFICATION in trees and not trees[CLASSIFICATION].labels:
        reason = "no label file (NNEW_trainval_<k>.txt, NNEW_test_<k>.txt) was found"
        gaps |= dict.fromkeys(_NEED_LABELS, reason)
    if not promised:
        gaps |= dict.fromkeys(_NEED_PROMISES, "no facts about the sources were given (--sources)")
    return [kind.not_run(gaps[kind]) for kind in sorted(gaps, key=lambda kind: kind.name)]


def _names(trees: Trees, contents: SourceContents, source: str) -> dict[str, str]:
    """Path to file name of the images of a source that could be read."""
    paths = [f"{source}/{path}" for path in trees[source].images] if source in trees else []
    return {path: path.rpartition("/")[2] for path in paths if path in contents.images}


def _labels(trees: Trees, contents: SourceContents) -> LabelFiles:
    if CLASSIFICATION not in trees:
        return LabelFiles()
    return read_labels(trees[CLASSIFICATION], contents.texts)


def _boxes(trees: Trees, contents: SourceContents, real: dict[str, str]) -> Boxes:
    if DETECTION not in trees:
        return Boxes()
    voc = {
        path: contents.texts[path]
        for path in (f"{DETECTION}/{path}" for path in trees[DETECTION].voc)
        if path in contents.texts
    }
    frames: dict[str, ImageFrame] = {}
    for path, name in real.items():
        frame = ImageFrame.of(contents.images[path])
        if frame:
            frames.setdefault(name, frame)
    # Of two names with one stem the first by extension and path has the boxes: .jpg before .png.
    names = {stem_of(name): name for name in sorted(set(real.values()), reverse=True)}
    return read_boxes(voc, names if CLASSIFICATION in trees else None, frames)


def _label_findings(trees: Trees, inventory: Inventory) -> list[Finding]:
    findings: list[Finding] = []
    if CLASSIFICATION not in trees:
        return findings
    present = {path.rpartition("/")[2] for path in trees[CLASSIFICATION].images}
    if trees[CLASSIFICATION].labels:
        findings += check_labels(inventory.real, inventory.labels)
        findings += check_referenced(inventory.lines, present)
        findings += check_folds(inventory.lines, present)
    if DETECTION in trees:
        findings += check_counts(inventory.real, inventory.labels, inventory.boxes)
    return findings
