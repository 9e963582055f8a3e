"""Findings: what a check has to say about one record, as data that others render."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from acne04.core import documents

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Attributes
    ----------
    check : str
        Name of the check, in words joined by hyphens (``circle-outside-image``).
    severity : {"error", "warning", "info"}
        ``error``: the record is wrong; ``warning``: it may mislead; ``info``: good to know.
    file : str
        File concerned: its path below the dataset's folder, or its name.
    pointer : str
        Place in a JSON file (RFC 6901), or the name of a row; empty for the whole file.
    line : int or None
        Line in the file, from 1; None where lines make no sense.
    expected, found : str
        What the rule demands and what is there instead.
    done : str
        What the stage did about it.
    remedy : str
        What to do next.
    """

    check: str
    severity: Severity
    file: str
    pointer: str
    line: int | None
    expected: str
    found: str
    done: str
    remedy: str


@dataclass(frozen=True)
class NotRun:
    """A check that could not be made, and why: never to be read as passed."""

    check: str
    reason: str


@dataclass(frozen=True)
class FindingKind:
    """One entry of the catalogue: what all findings of one name have in common.

    The entries of a room stand in its module ``catalogue``, those of several rooms in that of
    ``core`` or ``relations``; ``docs/checks.md`` is made of them.

    Attributes
    ----------
    name : str
        As `Finding.check`.
    severity : {"error", "warning", "info"}
        As `Finding.severity`.
    meaning : str
        What it means for somebody who publishes numbers, in a sentence or two.
    remedy : str
        What to do next; ``{word}`` stands for a value that `at` is given.
    expected : str
        What the rule demands, where the same words fit every record.
    case : str
        When this remedy applies, for an entry that shares its name with another.
    """

    name: str
    severity: Severity
    meaning: str
    remedy: str
    expected: str = ""
    case: str = ""

    def when(self, case: str, remedy: str, expected: str = "") -> FindingKind:
        """Give the entry for a case in which something else is to be done."""
        return dataclasses.replace(self, case=case, remedy=remedy, expected=expected)

    def at(
        self,
        file: str,
        pointer: str = "",
        line: int | None = None,
        *,
        expected: str = "",
        found: str,
        done: str,
        **values: object,
    ) -> Finding:
        """Make a finding of this kind; `values` fill the remedy's places.

        >>> kind = FindingKind("fold-torn", "error", "It leaks.", "do not use fold {fold}")
        >>> kind.at("a.txt", line=3, expected="x", found="y", done="kept", fold=2).remedy
        'do not use fold 2'
        """
        return Finding(
            check=self.name,
            severity=self.severity,
            file=file,
            pointer=pointer,
            line=line,
            expected=expected or self.expected,
            found=found,
            done=done,
            remedy=self.remedy.format(**values),
        )

    def not_run(self, reason: str) -> NotRun:
        """Say why nobody has looked for findings of this kind."""
        return NotRun(self.name, reason)


@dataclass(frozen=True)
class CheckGroup:
    """Another entry of the catalogue: checks that are made together, or left out together.

    Attributes
    ----------
    name : str
        As `NotRun.check`.
    meaning : str
        What nobody knows where they were left out.
    remedy : str
        What to do so that they are made.
    """

    name: str
    meaning: str
    remedy: str

    def not_run(self, reason: str) -> NotRun:
        """Say why they were left out."""
        return NotRun(self.name, reason)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file, line, place and check; numbers inside a pointer count as numbers.

    >>> a, b = (Finding("c", "info", "f", p, 1, "", "", "", "") for p in ("/10", "/9"))
    >>> [finding.pointer for finding in in_order([a, b])]
    ['/9', '/10']
    """

    def key(finding: Finding) -> tuple[Any, ...]:
        steps = [
            (0, int(step), "") if step.isdecimal() else (1, 0, step)
            for step in finding.pointer.split("/")
        ]
        rest = (finding.check, finding.severity, finding.expected, finding.found)
        return (finding.file, finding.line or 0, steps, rest)

    return sorted(findings, key=key)


def as_document(
    dataset: str, stage: str, findings: Iterable[Finding], not_run: Iterable[NotRun] = ()
) -> dict[str, Any]:
    """Gather findings into the document of ``schemas/findings.schema.json``."""
    ordered = in_order(findings)
    counts = Counter(finding.check for finding in ordered)
    severities = Counter(finding.severity for finding in ordered)
    return {
        "dataset": dataset,
        "stage": stage,
        "severities": {severity: severities[severity] for severity in SEVERITIES},
        "counts": dict(sorted(counts.items())),
        "not_run": [
            dataclasses.asdict(gap) for gap in sorted(not_run, key=lambda g: (g.check, g.reason))
        ],
        "findings": [dataclasses.asdict(finding) for finding in ordered],
    }


def write_findings(
    path: Path,
    dataset: str,
    stage: str,
    findings: Iterable[Finding],
    not_run: Iterable[NotRun] = (),
) -> dict[str, Any]:
    """Write the findings of a stage, atomically, and give the document back."""
    document = as_document(dataset, stage, findings, not_run)
    documents.write(path, document)
    return document


def summary_lines(document: dict[str, Any]) -> list[str]:
    """Say in one line a check how many findings of which severity there are."""
    worst: dict[str, str] = {}
    for finding in document["findings"]:
        worst.setdefault(finding["check"], finding["severity"])
    order = sorted(worst, key=lambda check: (SEVERITIES.index(worst[check]), check))
    return [f"{worst[check]:<8}{document['counts'][check]:>6}  {check}" for check in order]
