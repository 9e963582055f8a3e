"""Join and check what was read of the sources."""

from __future__ import annotations

from collections.abc import Mapping

from acne04.core.findings import Finding
from acne04.scan.boxes import Boxes, read_boxes
from acne04.scan.folds import check_folds
from acne04.scan.grading import check_counts, check_labels, check_referenced
from acne04.scan.images import check_files, check_unreadable
from acne04.scan.labelling import Labelling, read_labels
from acne04.scan.promises import Promises, check_promises, extensions, folder_grades
from acne04.scan.reading import Contents
from acne04.scan.rows import Joined
from acne04.scan.synthetic import check_names, grade_by_folder
from acne04.scan.tree import ACNEDIT, CLASSIFICATION, DETECTION, Tree, stem_of

Trees = Mapping[str, Tree]


def evaluate(trees: Trees, contents: Contents, promises: Promises) -> tuple[Joined, list[Finding]]:
    """Join what was read, and check it.

    Parameters
    ----------
    trees : mapping
        The sources, by name.
    contents : Contents
        What was read of them.
    promises : dict
        What each source promises; a source of which nobody says anything is missing.

    Returns
    -------
    Joined
        What is known of the images.
    list of Finding
        In no order.
    """
    real, synthetic = (_names(trees, contents, name) for name in (CLASSIFICATION, ACNEDIT))
    labelling = _labelling(trees, contents)
    boxes = _boxes(trees, contents, real)
    of_folders = folder_grades(promises)
    by_folder, outside = grade_by_folder(synthetic, of_folders) if of_folders else ({}, [])
    joined = Joined(real, synthetic, labelling.labels, by_folder, labelling.lines, boxes)
    overlaps = check_names(synthetic, real)
    findings = [
        *(finding for tree in trees.values() for finding in tree.findings),
        *check_unreadable(contents.unreadable),
        *check_files(contents.images, extensions(promises)),
        *labelling.findings,
        *boxes.findings,
        *outside,
        *overlaps,
        *_label_findings(trees, joined),
        *check_promises(promises, set(trees), joined, len(overlaps)),
    ]
    return joined, findings


def _names(trees: Trees, contents: Contents, source: str) -> dict[str, str]:
    """Path to file name of the images of a source that could be read."""
    paths = [f"{source}/{path}" for path in trees[source].images] if source in trees else []
    return {path: path.rpartition("/")[2] for path in paths if path in contents.images}


def _labelling(trees: Trees, contents: Contents) -> Labelling:
    if CLASSIFICATION not in trees:
        return Labelling([], {}, [])
    return read_labels(trees[CLASSIFICATION], contents.texts)


def _boxes(trees: Trees, contents: Contents, real: dict[str, str]) -> Boxes:
    if DETECTION not in trees:
        return Boxes()
    voc = {
        path: contents.texts[path]
        for path in (f"{DETECTION}/{path}" for path in trees[DETECTION].voc)
        if path in contents.texts
    }
    sizes: dict[str, tuple[int, int]] = {}
    for path, name in real.items():
        reading = contents.images[path].reading
        if reading.width and reading.height:
            sizes.setdefault(name, (reading.width, reading.height))
    # Of two names with one stem the first by extension and path has the boxes: .jpg before .png.
    names = {stem_of(name): name for name in sorted(set(real.values()), reverse=True)}
    return read_boxes(voc, names if CLASSIFICATION in trees else None, sizes)


def _label_findings(trees: Trees, joined: Joined) -> list[Finding]:
    findings: list[Finding] = []
    if CLASSIFICATION not in trees:
        return findings
    present = {path.rpartition("/")[2] for path in trees[CLASSIFICATION].images}
    if trees[CLASSIFICATION].labels:
        findings += check_labels(joined.real, joined.labels)
        findings += check_referenced(joined.lines, present)
        findings += check_folds(joined.lines, present)
    if DETECTION in trees:
        findings += check_counts(joined.real, joined.labels, joined.boxes)
    return findings
