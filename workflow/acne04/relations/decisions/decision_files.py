"""Files of decisions: all of a file is sound, or it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from acne04.core import tables
from acne04.core.errors import SchemaError
from acne04.relations.decisions.decision import FILES, KINDS, Decision, id_ranges

# As many digits as the largest id has that the annotation file may hold (2**53 - 1).
_IDS = r"\d{1,16}(?:-\d{1,16})?"
#: Kind -> form of an answer, and the same in words.
ANSWERS = {
    "circles": (r"divide (?:[2-9]|[1-9]\d{1,5})|quarantine", "divide N, or quarantine"),
    "resized": (r"scale|quarantine", "scale, or quarantine"),
    "grade": (r"[0-3]", "a grade, 0 to 3"),
    "keep": (r"[^/].*", "the path of the copy to keep"),
    "relation": (r"same|retake|different", "same, retake, or different"),
    "parent": (r"none|[^/].*", "the path of the photograph, or none"),
    "place": (r"leave-out|hold-out", "leave-out, or hold-out"),
}
#: Kind -> form of a target; a kind that is not here has none.
TARGETS = {
    "circles": (
        rf"ids {_IDS}(?:, {_IDS})*",
        "ids like `ids 3, 7-9`",
    ),
    "resized": (r"sizes [0-9a-f]{16}", "sizes like `sizes 0123456789abcdef`"),
    "place": (r"(?:holdout|kfold)?", "holdout, kfold, or nothing for both"),
}


def load(path: Path | None, dataset: str) -> list[Decision]:
    """Read the decisions on one dataset.

    Parameters
    ----------
    path : pathlib.Path or None
        A decisions file; None where there is none.
    dataset : str
        Rows of other datasets are checked, too, but not given.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it does not follow its schema, or contradicts itself; the message lists every place.
    """
    return [] if path is None else [given for given in every(path) if given.dataset == dataset]


def every(path: Path) -> list[Decision]:
    """Read all decisions of a file, in its order; see `load`."""
    rows = tables.read(path, "decisions").to_dict("records")
    decisions = [Decision(**row, line=line) for line, row in enumerate(rows, start=2)]
    wrong = [f"line {line}, {what}" for line, what in sorted(_problems(path.name, decisions))]
    if wrong:
        raise SchemaError(str(path), "rows that cannot be applied\n  " + "\n  ".join(wrong))
    return decisions


def shown(path: Path) -> str:
    """Give the name of a decisions file for findings: never where on a machine it lies.

    >>> shown(Path("decisions/images.csv")), shown(Path("/home/me/decisions/images.csv"))
    ('decisions/images.csv', 'images.csv')
    """
    return path.name if path.is_absolute() else path.as_posix()


def _problems(name: str, decisions: list[Decision]) -> Iterator[tuple[int, str]]:
    """Say what is wrong with the decisions of the file `name`: (line, what)."""
    for decision in decisions:
        for what in row_problems(decision):
            yield decision.line, what
        if decision.kind not in FILES.get(name, KINDS):
            right = next(file for file, kinds in FILES.items() if decision.kind in kinds)
            yield decision.line, f"column kind: expected {decision.kind} in {right}, found it here"
    yield from _overlaps(decisions)
    yield from _both_and_one(decisions)


def row_problems(decision: Decision) -> Iterator[str]:
    """Say what is wrong with one decision, beyond its schema."""
    for column, value, forms in (
        ("decision", decision.decision, ANSWERS),
        ("target", decision.target, TARGETS),
    ):
        form, words = forms.get(decision.kind, ("", "nothing"))
        if not re.fullmatch(form, value):
            yield f"column {column}: expected {words} for kind {decision.kind}, found {value!r}"
    hashes = decision.subject.split(":")
    if len(hashes) != (2 if decision.kind == "relation" else 1):
        yield f"column subject: expected {'two digests' if len(hashes) == 1 else 'one digest'}"
    elif any(a >= b for a, b in pairwise(hashes)):
        yield "column subject: expected two different digests, the smaller first"
    if len(decision.contents) != len(hashes):
        yield "column path: expected two paths joined by |, in the order of the subject"
    if decision.kind == "circles" and any(a > b for a, b in _ranges(decision)):
        yield f"column target: expected ranges that ascend, found {decision.target!r}"
    try:
        date.fromisoformat(decision.when)
    except ValueError:
        yield f"column when: expected a date (YYYY-MM-DD), found {decision.when!r}"


def _ranges(decision: Decision) -> list[tuple[int, int]]:
    well_formed = re.fullmatch(TARGETS["circles"][0], decision.target)
    return id_ranges(decision.target) if well_formed else []


def _overlaps(decisions: list[Decision]) -> Iterator[tuple[int, str]]:
    """Find ids that two rows decide on, or one row twice."""
    spans = sorted(
        (decision.dataset, decision.subject, first, last, decision.line)
        for decision in decisions
        if decision.kind == "circles"
        for first, last in _ranges(decision)
    )
    widest = spans[:1]
    for span in spans[1:]:
        before = widest[-1]
        if before[:2] == span[:2] and span[2] <= before[3]:
            other = f"line {before[4]}" if before[4] != span[4] else "the same row"
            yield span[4], f"column target: id {span[2]} is decided on in {other}, too"
        if span[:2] != before[:2] or span[3] > before[3]:
            widest.append(span)


def _both_and_one(decisions: list[Decision]) -> Iterator[tuple[int, str]]:
    """Find places decided on for one variant, and for both of them, too."""
    both = {
        (row.dataset, row.subject): row.line
        for row in decisions
        if row.kind == "place" and not row.target
    }
    for row in decisions:
        line = both.get((row.dataset, row.subject))
        if row.kind == "place" and row.target and line:
            yield row.line, f"column target: {row.target} is decided on in line {line}, too"
