"""Give each image one label from the lines of all folds, where these agree."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from acne04.core.findings import Finding
from acne04.scan.labels import LabelLine


class Label(NamedTuple):
    """Grade 0 to 3 and lesion count of an image; None where its lines disagree."""

    grade: int | None
    lesions: int | None


def agree(lines: list[LabelLine]) -> tuple[dict[str, Label], list[Finding]]:
    """Gather the lines of each name.

    Returns
    -------
    dict of str to Label
        By file name, as the lines spell it.
    list of Finding
        ``label-conflict`` for each name whose lines differ in grade or in count.
    """
    by_name: dict[str, list[LabelLine]] = defaultdict(list)
    for line in lines:
        by_name[line.name].append(line)
    labels, findings = {}, []
    for name, group in by_name.items():
        first = group[0]
        others = [line for line in group if line[3:5] != first[3:5]]
        if others:
            findings.append(_conflict(first, others))
        labels[name] = Label(
            first.grade if all(line.grade == first.grade for line in others) else None,
            first.lesions if all(line.lesions == first.lesions for line in others) else None,
        )
    return labels, findings


def without_repeats(lines: list[LabelLine]) -> tuple[list[LabelLine], list[Finding]]:
    """Keep the first line of each name in each part of a fold, with a finding for the rest."""
    kept: dict[tuple[int, str, str], LabelLine] = {}
    findings = []
    for line in lines:
        first = kept.setdefault((line.fold, line.part, line.name), line)
        if first is not line:
            findings.append(
                Finding(
                    check="label-repeated",
                    severity="warning",
                    file=line.file,
                    pointer="",
                    line=line.line,
                    expected=f"{line.name} once in {line.part} of fold {line.fold}",
                    found=f"a second line for it; the first is {first.file} line {first.line}",
                    done="line left out of the folds",
                    remedy="compare the file with the upstream's",
                )
            )
    return list(kept.values()), findings


def _conflict(first: LabelLine, others: list[LabelLine]) -> Finding:
    other = others[0]
    more = f"; so {len(others) - 1} more lines" if len(others) > 1 else ""
    empty = [
        what
        for what, differs in (
            ("grade", any(line.grade != first.grade for line in others)),
            ("lesion count", any(line.lesions != first.lesions for line in others)),
        )
        if differs
    ]
    return Finding(
        check="label-conflict",
        severity="error",
        file=other.file,
        pointer="",
        line=other.line,
        expected=f"{_label(first)} for {first.name}, as in {first.file} line {first.line}",
        found=f"{_label(other)}{more}",
        done=f"{' and '.join(empty)} of the image left empty",
        remedy="decide which line is right and ask the producer; until then it has no label",
    )


def _label(line: LabelLine) -> str:
    return f"grade {line.grade}, {line.lesions} lesions"
