"""Word problems as findings, and keep bad records as they stand in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from acne04.core.findings import Finding, in_order
from acne04.validate.catalogue import check_of
from acne04.validate.places import locate
from acne04.validate.problems import Problem, Steps, pointer_of, quote
from acne04.validate.reading import Parsed

ARRAYS = ("images", "annotations")


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


def is_record(steps: Steps) -> bool:
    """Tell whether a place lies in one record of the file, not in the document around them."""
    return len(steps) > 1 and steps[0] in ARRAYS


def unreadable(problem: Problem, name: str) -> Finding:
    """Word the one problem of a file that cannot be parsed."""
    return _finding(problem, name, NOTHING, problem.found or "", problem.line or 1)


def spans_of(problems: Iterable[Problem], parsed: Parsed) -> dict[Steps, slice]:
    """Find where in the text the places of all problems are, and the records around them."""
    places = {problem.steps for problem in problems}
    return locate(parsed.text, parsed.decoder, places | {steps[:2] for steps in places})


def findings_of(
    problems: Iterable[Problem], parsed: Parsed, spans: dict[Steps, slice], name: str, done: Done
) -> list[Finding]:
    """Word problems as findings of the file `name`, in their fixed order."""
    findings = []
    for problem in problems:
        span = spans[problem.steps]
        found = quote(parsed.text, span) if problem.found is None else problem.found
        line = problem.line or parsed.lines.line(span.start)
        findings.append(_finding(problem, name, done, found, line))
    return in_order(findings)


def quarantine_of(
    problems: Iterable[Problem], parsed: Parsed, spans: dict[Steps, slice]
) -> list[QuarantinedRecord]:
    """Gather the bad records: images first, each array in its order."""
    failed: dict[Steps, set[str]] = {}
    for problem in problems:
        if is_record(problem.steps) and check_of(problem.check).severity == "error":
            failed.setdefault(problem.steps[:2], set()).add(problem.check)
    return [
        QuarantinedRecord(
            pointer_of(steps),
            parsed.lines.line(spans[steps].start),
            sorted(failed[steps]),
            parsed.text[spans[steps]],
        )
        for steps in sorted(failed, key=lambda steps: (ARRAYS.index(str(steps[0])), steps[1]))
    ]


def _finding(problem: Problem, name: str, done: Done, found: str, line: int) -> Finding:
    check = check_of(problem.check)
    if check.severity != "error":
        action = done.advice
    else:
        action = done.record if is_record(problem.steps) else done.elsewhere
    return Finding(
        check=problem.check,
        severity=check.severity,
        file=name,
        pointer=pointer_of(problem.steps),
        line=line,
        expected=problem.expected or check.expected,
        found=found,
        done=action,
        remedy=check.remedy,
    )
