"""A problem at a place of the document, and its words: a finding, or a record in quarantine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from acne04.core.findings import Finding, FindingKind, in_order
from acne04.core.printing import spelt_out
from acne04.validate import catalogue

#: Steps from the top of the document to a value: keys of objects, indices of arrays.
Steps = tuple[str | int, ...]

#: Arrays of the annotation file, whose elements are its records.
ARRAYS = ("images", "annotations")

#: Characters of a stranger's text that are shown in full; of a longer one only the start is.
LONGEST_QUOTE = 80
QUOTE_START = 60


@dataclass(frozen=True)
class PlacedProblem:
    """What a check found at one place, before it is worded as a finding.

    Attributes
    ----------
    kind : FindingKind
        Entry of the catalogue.
    steps : tuple
        Way to the value; empty for the whole file.
    found : str or None
        What is there; None for the source text of the value.
    expected : str or None
        The rule; None for the catalogue's words.
    line : int or None
        Line from 1; None for the line where the value begins.
    """

    kind: FindingKind
    steps: Steps = ()
    found: str | None = None
    expected: str | None = None
    line: int | None = None


class Place(NamedTuple):
    """The line on which a value begins, from 1, and its source text."""

    line: int
    source: str


class Done(NamedTuple):
    """What is done about a bad record, about an error elsewhere, and about the rest."""

    record: str
    elsewhere: str
    advice: str


REPORTED = Done("reported only", "reported only", "reported only")
QUARANTINED = Done("quarantined: left out of the tables", "reported: no record is affected", "kept")
NOTHING = Done("no table made", "no table made", "no table made")


@dataclass(frozen=True)
class QuarantinedRecord:
    """A record that is left out of the tables, as ``schemas/quarantine.schema.json`` has it.

    Attributes
    ----------
    pointer : str
        JSON Pointer (RFC 6901).
    line : int
        Line on which it begins, from 1.
    checks : list of str
        The checks of severity error that it failed, sorted.
    record : str
        Its own JSON text.
    """

    pointer: str
    line: int
    checks: list[str]
    record: str


def pointer_of(steps: Steps) -> str:
    """Write steps as a JSON Pointer (RFC 6901); an overlong key is cut.

    >>> pointer_of(("annotations", 30592, "a/b"))
    '/annotations/30592/a~1b'
    """
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{printable(step)}" for step in escaped)


def printable(text: str) -> str:
    r"""Make a piece of a stranger's text fit to be shown: printable, and not too long.

    >>> printable("a\n\ud800")
    'a\\n\\ud800'
    """
    length = len(text)
    if length > LONGEST_QUOTE:
        text = text[:QUOTE_START]
    shown = spelt_out(text)
    return shown if length <= LONGEST_QUOTE else f"{shown}… ({length} characters)"


def quote(source: str) -> str:
    r"""Quote the source text of a value on one line.

    >>> quote('[1,\n  2]')
    '[1, 2]'
    """
    # White space is folded in so much of the text as can be shown.
    length = len(source)
    if length <= LONGEST_QUOTE:
        return printable(re.sub(r"\s+", " ", source))
    start = re.sub(r"\s+", " ", source[:QUOTE_START])
    return f"{printable(start)}… ({length} characters)"


def is_record(steps: Steps) -> bool:
    """Tell whether a place lies in one record of the file, not in the document around them."""
    return len(steps) > 1 and steps[0] in ARRAYS


def failed_checks(problems: Iterable[PlacedProblem]) -> dict[Steps, set[str]]:
    """Give the checks of severity error that each bad record failed, by the steps to the record."""
    failed: dict[Steps, set[str]] = {}
    for problem in problems:
        if is_record(problem.steps) and problem.kind.severity == "error":
            failed.setdefault(problem.steps[:2], set()).add(problem.kind.name)
    return failed


def findings_of(
    problems: Iterable[PlacedProblem], places: Mapping[Steps, Place], name: str, done: Done
) -> list[Finding]:
    """Word problems as findings of the file `name`, in their fixed order.

    Parameters
    ----------
    problems : iterable of PlacedProblem
        What was found.
    places : mapping of tuple to Place
        Where it is. A problem that says its line and what is there needs none: inside a value whose
        key is given again further on, there may be none.
    name : str
        What findings call the file.
    done : Done
        What is done about it.
    """
    findings = []
    for problem in problems:
        kind = problem.kind
        if kind == catalogue.PHOTOGRAPHS_RESIZED:
            # Told once for the whole delivery.
            continue
        action = done.record if is_record(problem.steps) else done.elsewhere
        found, line = problem.found, problem.line
        findings.append(
            kind.at(
                name,
                pointer_of(problem.steps),
                line or places[problem.steps].line,
                expected=problem.expected or kind.expected,
                found=quote(places[problem.steps].source) if found is None else found,
                done=action if kind.severity == "error" else done.advice,
            )
        )
    return in_order(findings)


def quarantine_of(
    problems: Iterable[PlacedProblem], places: Mapping[Steps, Place]
) -> list[QuarantinedRecord]:
    """Gather the bad records: images first, each array in its order."""
    failed = failed_checks(problems)
    return [
        QuarantinedRecord(
            pointer_of(steps), places[steps].line, sorted(failed[steps]), places[steps].source
        )
        for steps in sorted(failed, key=lambda steps: (ARRAYS.index(str(steps[0])), steps[1]))
    ]
