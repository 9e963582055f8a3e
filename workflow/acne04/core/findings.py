"""Findings: what a check has to say about one record, as data that others render."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from acne04.core import documents

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
#: The same problem so many times is told each by each; more of it is one finding, and a list.
TOLD_EACH = 25


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
    count : int
        How many times the same was found; above 1 it is one finding for all of them, placed at
        the first, and table ``problems`` beside it lists every one.
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
    count: int = 1

    def as_entry(self) -> dict[str, Any]:
        """Give it as an entry of ``schemas/findings.schema.json``: a count of 1 goes without."""
        entry = dataclasses.asdict(self)
        if self.count == 1:
            del entry["count"]
        return entry


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
        count: int = 1,
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
            count=count,
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


def fold(findings: Iterable[Finding], table: str) -> tuple[list[Finding], list[Finding]]:
    """Make one finding of what was found more than `TOLD_EACH` times.

    The same is what bears one name, was treated in one way and is to be mended in one way.

    Parameters
    ----------
    findings : iterable of Finding
        All of them.
    table : str
        What the folded findings call the table that lists the others.

    Returns
    -------
    list of Finding
        In order; a folded one stands where the first of its kind stood, which is its example.
    list of Finding
        Those that were folded, in order: the rows of table ``problems``.
    """
    alike: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in in_order(findings):
        alike[finding.check, finding.severity, finding.done, finding.remedy].append(finding)
    told: list[Finding] = []
    listed: list[Finding] = []
    for same in alike.values():
        if len(same) <= TOLD_EACH:
            told += same
        else:
            told.append(_one_for_all(same, table))
            listed += same
    return in_order(told), in_order(listed)


def _one_for_all(same: list[Finding], table: str) -> Finding:
    first = same[0]
    one_rule = all(finding.expected == first.expected for finding in same)
    return dataclasses.replace(
        first,
        expected=first.expected if one_rule else f"{first.expected} (of the first)",
        found=f"{len(same):,} times the same, of which the first: {first.found}; "
        f"all of them are in {table}",
        count=len(same),
    )


def listed_rows(dataset: str, listed: Iterable[Finding]) -> list[dict[str, Any]]:
    """Give findings as rows of table ``problems``, numbered in their order."""
    fields = ("check", "file", "pointer", "line", "expected", "found")
    return [
        {"dataset": dataset, "number": number} | {name: getattr(finding, name) for name in fields}
        for number, finding in enumerate(listed, start=1)
    ]


def unfold(
    findings: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Give every problem as a finding of its own again.

    Parameters
    ----------
    findings : iterable of mapping
        Entries of a findings document.
    rows : iterable of mapping
        Rows of table ``problems`` beside it, as text.

    Returns
    -------
    list of dict
        The entries that stand for themselves, then the listed ones.
    """
    single: list[dict[str, Any]] = []
    folded: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in map(dict, findings):
        if finding.pop("count", 1) == 1:
            single.append(finding)
        else:
            folded[finding["check"]].append(finding)
    for row in rows:
        # Of two ways in which one check was folded, that of this file.
        ways = sorted(folded[row["check"]], key=lambda way: way["file"] != row["file"])
        if ways:
            place = {name: row[name] for name in ("file", "pointer", "expected", "found")}
            line = int(row["line"]) if row["line"] else None
            single.append(ways[0] | place | {"line": line})
    return single


def as_document(
    dataset: str, stage: str, findings: Iterable[Finding], not_run: Iterable[NotRun] = ()
) -> dict[str, Any]:
    """Gather findings into the document of ``schemas/findings.schema.json``."""
    ordered = in_order(findings)
    counts, severities = Counter[str](), Counter[str]()
    for finding in ordered:
        counts[finding.check] += finding.count
        severities[finding.severity] += finding.count
    return {
        "dataset": dataset,
        "stage": stage,
        "severities": {severity: severities[severity] for severity in SEVERITIES},
        "counts": dict(sorted(counts.items())),
        "not_run": [
            dataclasses.asdict(gap) for gap in sorted(not_run, key=lambda g: (g.check, g.reason))
        ],
        "findings": [finding.as_entry() for finding in ordered],
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
