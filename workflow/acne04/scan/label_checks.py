"""Compare the labels with the images that they are of; correct none of them."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from acne04.core.catalogue import IMAGE_MISSING
from acne04.core.findings import Finding
from acne04.core.grades import grade_of_count, grade_of_prefix
from acne04.core.naming import COLLISIONS, collision_key, collision_kind
from acne04.scan import catalogue
from acne04.scan.boxes import Boxes
from acne04.scan.labels import Label, LabelLine
from acne04.scan.source_tree import stem_of


def check_labels(paths: dict[str, str], labels: dict[str, Label]) -> list[Finding]:
    """Check the label of each image against its name and against the band of its count.

    Parameters
    ----------
    paths : dict
        Path to file name of each real image.
    labels : dict
        File name to label.
    """
    findings = []
    for path, name in paths.items():
        label = labels.get(name)
        if label is None:
            findings.append(_missing(path, name, labels))
        elif label.grade is not None:
            findings += _doubtful(path, name, label.grade, label.lesions)
    return findings


def check_referenced(lines: Iterable[LabelLine], names: set[str]) -> list[Finding]:
    """Check that there is an image for each name on the label lines; one finding a name."""
    first: dict[str, LabelLine] = {}
    times = Counter[str]()
    for line in lines:
        if line.name not in names:
            first.setdefault(line.name, line)
            times[line.name] += 1
    return [
        IMAGE_MISSING.at(
            line.file,
            line=line.line,
            expected=f"an image file {name}",
            found=f"none{_likeness(name, names)}; named on {times[name]} lines in all",
            done="its lines left out of the folds",
        )
        for name, line in first.items()
    ]


def check_counts(paths: dict[str, str], labels: dict[str, Label], boxes: Boxes) -> list[Finding]:
    """Check that each image has a VOC file, of as many boxes as its label line counts."""
    findings = []
    for path, name in paths.items():
        stem = stem_of(name)
        count = boxes.counts.get(name)
        label = labels.get(name)
        if stem not in boxes.stems:
            findings.append(
                catalogue.BOXES_MISSING.at(
                    path,
                    expected=f"a VOC file {stem}.xml",
                    found="none",
                    done="number of boxes left empty, not 0",
                )
            )
        elif count is not None and label and label.lesions not in (None, count):
            findings.append(
                catalogue.COUNT_BOXES_MISMATCH.at(
                    path,
                    expected=f"{label.lesions} boxes, as its label line counts",
                    found=f"{count} boxes",
                    done="both kept",
                )
            )
    return findings


def grade_by_folder(
    paths: Iterable[str], grades: dict[str, int]
) -> tuple[dict[str, int], list[Finding]]:
    """Give each synthetic image the grade that its folder promises.

    Parameters
    ----------
    paths : iterable of str
        Paths of the synthetic images.
    grades : dict
        Folder name to the grade 0 to 3 of its images.

    Returns
    -------
    dict of str to int
        Path to grade; a path in no such folder is missing.
    list of Finding
        One for each of those.
    """
    found: dict[str, int] = {}
    findings = []
    for path in paths:
        folders = [step for step in path.split("/")[:-1] if step in grades]
        if folders:
            found[path] = grades[folders[-1]]
        else:
            findings.append(_outside(path, sorted(grades)))
    return found, findings


def check_names(synthetic: dict[str, str], real: dict[str, str]) -> list[Finding]:
    """Compare the names of synthetic and real images, given as path to file name."""
    ranks = list(COLLISIONS)
    by_key: dict[str, list[str]] = defaultdict(list)
    for path, name in real.items():
        by_key[collision_key(name)].append(path)
    findings = []
    for path, name in synthetic.items():
        namesakes = by_key.get(collision_key(name), [])
        if namesakes:
            # The most alike: an exact namesake says more than one by case.
            ways = {other: collision_kind(name, real[other]) for other in namesakes}
            other = min(ways, key=lambda path: (ranks.index(ways[path]), path))
            findings.append(_overlap(path, other, ways[other], len(namesakes)))
    return findings


def _doubtful(path: str, name: str, grade: int, lesions: int | None) -> list[Finding]:
    findings = []
    prefix = grade_of_prefix(name)
    if prefix not in (None, grade):
        findings.append(
            catalogue.PREFIX_GRADE_MISMATCH.at(
                path,
                expected=f"a name that agrees with the label file: levle{grade}_…",
                found=f"prefix {prefix}; the label file says grade {grade}",
                done=f"grade {grade} kept",
            )
        )
    if lesions is not None and grade_of_count(lesions) != grade:
        band = grade_of_count(lesions)
        findings.append(
            catalogue.GRADE_OUTSIDE_BAND.at(
                path,
                expected=f"grade {band} for {lesions} lesions (Hayashi et al. 2008)",
                found=f"grade {grade}",
                done="grade and count kept as labelled",
            )
        )
    return findings


def _missing(path: str, name: str, labels: Iterable[str]) -> Finding:
    return catalogue.LABEL_MISSING.at(
        path,
        expected=f"a label line for {name}",
        found=f"none{_likeness(name, labels)}",
        done="grade and lesion count left empty, not taken from the name",
    )


def _outside(path: str, folders: list[str]) -> Finding:
    return catalogue.FOLDER_UNEXPECTED.at(
        path,
        expected=f"a folder of known grade: {', '.join(folders)}",
        found=f"folder {path.rpartition('/')[0]}",
        done="grade left empty",
    )


def _overlap(path: str, other: str, kind: str, namesakes: int) -> Finding:
    more = f"; {namesakes - 1} more collide with it" if namesakes > 1 else ""
    return catalogue.NAME_OVERLAP.at(
        path,
        expected="a name that no real image has",
        found=f"{other} has {COLLISIONS[kind]}{more}",
        done="both kept under their paths",
    )


def _likeness(name: str, others: Iterable[str]) -> str:
    """Name the first other name that differs only in case or in Unicode form."""
    key = unicodedata.normalize("NFC", name).casefold()
    alike = sorted(o for o in others if unicodedata.normalize("NFC", o).casefold() == key)
    return f", but {alike[0]!a} differs only in case or Unicode form" if alike else ""
