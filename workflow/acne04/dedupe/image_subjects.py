"""The persons whom the subject table gives to the images; it may disagree with their labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from acne04.core.catalogue import BROKEN_PROMISE
from acne04.core.findings import Finding
from acne04.dedupe import catalogue
from acne04.dedupe.image_names import natural_key
from acne04.relations.persons import plain_subject
from acne04.relations.subjects import SubjectLine

Subjects = dict[str, list[str]]


def assign_subjects(
    images: pd.DataFrame, lines: list[SubjectLine]
) -> tuple[Subjects, list[Finding]]:
    """Say whom each real image shows.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, name, origin, grade; one row an image.
    lines : list of SubjectLine
        The sound lines of the subject table.

    Returns
    -------
    dict of str to list of str
        Image_id to its subjects in natural order: one, or several where the table gives several
        (then all of them are joined, so that no person is on two sides of a split).
    list of Finding
        Disagreements, lines for no image, images without a line.
    """
    real = images[images["origin"] == "real"]
    by_name: dict[str, list[Any]] = defaultdict(list)
    for row in real.itertuples(index=False):
        by_name[row.name].append(row)
    lines, findings = _spelt_alike(lines)
    given: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.name not in by_name:
            findings.append(_unknown(line))
        for row in by_name.get(line.name, ()):
            findings += _compare(line, row, given[row.image_id])
            given[row.image_id].add(line.subject)
    subjects = {image_id: sorted(several, key=natural_key) for image_id, several in given.items()}
    findings += [_without(row.path) for row in real.itertuples() if row.image_id not in subjects]
    return subjects, findings + list(_in_two_splits(lines))


def check_promises(promises: dict[str, Any], lines: list[SubjectLine]) -> list[Finding]:
    """Report every figure that the source promises and does not keep."""
    splits = Counter(line.split for line in lines)
    figures = {
        "images": (promises.get("images"), len({line.name for line in lines})),
        "subjects": (promises.get("subjects"), len({line.subject for line in lines})),
    }
    for split, promised in promises.get("splits", {}).items():
        figures[f"splits/{split}"] = (promised, splits[split])
    return [
        BROKEN_PROMISE.at(
            "subjects",
            f"/promises/{place}",
            expected=str(promised),
            found=str(found),
            done="went on with what is there",
        )
        for place, (promised, found) in figures.items()
        if promised is not None and promised != found
    ]


def unsure_subjects(promises: dict[str, Any], lines: list[SubjectLine]) -> Iterator[Finding]:
    """Report the lines whose source is not sure; a table without confidences has none.

    Parameters
    ----------
    promises : dict
        ``least_confidence``: from which on a person counts as known; 0 where nothing is said.
    lines : list of SubjectLine
        The sound lines of the subject table.
    """
    least = promises.get("least_confidence", 0)
    for line in lines:
        if not line.has_evidence or (line.confidence is not None and line.confidence < least):
            yield catalogue.SUBJECT_UNSURE.at(
                line.file,
                line=line.line,
                expected=f"{line.name} shows {line.subject} with a confidence of {least:g} or more",
                found="no evidence" if line.confidence is None else f"{line.confidence:g}",
                done="kept with that person: to part them might put one person on two sides",
            )


def _compare(line: SubjectLine, row: Any, before: set[str]) -> Iterator[Finding]:
    """Compare a line with the image that it names and with earlier lines on that image."""
    if line.subject in before:
        yield catalogue.SUBJECT_LINE_REPEATED.at(
            line.file,
            line=line.line,
            expected="one line for each photograph",
            found=f"another line for {line.name}, of the same subject {line.subject}",
            done="counted once",
        )
    elif before:
        yield catalogue.IMAGE_IN_TWO_SUBJECTS.at(
            line.file,
            line=line.line,
            expected=f"{line.name} in one subject",
            found=f"{line.subject}, and earlier {', '.join(sorted(before, key=natural_key))}",
            done="all these subjects joined in one group, so that none is torn apart",
        )
    if pd.notna(row.grade) and row.grade != line.label:
        yield catalogue.SUBJECT_LABEL_DIFFERS.at(
            line.file,
            line=line.line,
            expected=f"grade {row.grade} of {line.name}, as in the label files",
            found=f"grade {line.label}",
            done="kept the grade of the label files",
        )


def _unknown(line: SubjectLine) -> Finding:
    return catalogue.SUBJECT_IMAGE_UNKNOWN.at(
        line.file,
        line=line.line,
        expected="the name of a real image",
        found=line.name,
        done="line left out",
    )


def _without(path: str) -> Finding:
    return catalogue.IMAGE_WITHOUT_SUBJECT.at(
        path,
        expected="a line in the subject table",
        found="none",
        done="taken for a person of its own, unless a copy of it has a subject",
    )


def _spelt_alike(lines: list[SubjectLine]) -> tuple[list[SubjectLine], list[Finding]]:
    """Give each person one spelling, the first in natural order, and report the others."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        spellings[plain_subject(line.subject)].add(line.subject)
    chosen = {key: min(several, key=natural_key) for key, several in spellings.items()}
    alike, findings = [], []
    reported: set[str] = set()
    for line in lines:
        subject = chosen[plain_subject(line.subject)]
        alike.append(replace(line, subject=subject))
        if line.subject not in {subject, *reported}:
            reported.add(line.subject)
            findings.append(_respelt(line, subject))
    return alike, findings


def _respelt(line: SubjectLine, subject: str) -> Finding:
    return catalogue.SUBJECT_SPELT_DIFFERENTLY.at(
        line.file,
        line=line.line,
        expected=f"one spelling of {subject}",
        found=line.subject,
        done=f"taken for {subject}",
    )


def _in_two_splits(lines: list[SubjectLine]) -> Iterator[Finding]:
    first: dict[str, SubjectLine] = {}
    reported = set()
    for line in lines:
        earlier = first.setdefault(line.subject, line)
        if earlier.split != line.split and (line.subject, line.split) not in reported:
            reported.add((line.subject, line.split))
            yield catalogue.SUBJECT_IN_TWO_SPLITS.at(
                line.file,
                line=line.line,
                expected=f"{line.subject} in one published split",
                found=f"also in {earlier.file} (line {earlier.line})",
                done="kept as one subject; the published split is not used here",
            )
