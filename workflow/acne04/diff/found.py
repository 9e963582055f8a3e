"""Findings that are new, and findings that have gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from acne04.diff.change import Change, Kind, Section
from acne04.diff.reading import Reader


def sections(reader: Reader) -> Iterator[Section]:
    """Compare the findings of all stages, by check."""
    paths = [path for path in reader.paths if PurePosixPath(path).name == "findings.json"]
    reader.fetch(paths)
    changes: list[Change] = []
    for path in paths:
        if reader.differs(path):
            changes += _compared(PurePosixPath(path).parent.name, *reader.findings(path))
    yield Section("Findings", tuple(changes))


def _compared(
    stage: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[Change]:
    old, new = Counter(map(_named, before)), Counter(map(_named, after))
    totals = [Counter(finding["check"] for finding in side) for side in (before, after)]
    more: tuple[tuple[Kind, Counter[tuple[str, str]]], ...]
    more = (("added", new - old), ("removed", old - new))
    for check in sorted(totals[0].keys() | totals[1].keys()):
        was, now = (str(total[check]) for total in totals)
        for kind, findings in more:
            names = tuple(sorted(name for (of, name) in findings.elements() if of == check))
            if names:
                yield Change(kind, f"{check} ({stage})", was, now, len(names), names)


def _named(finding: dict[str, Any]) -> tuple[str, str]:
    place = f"{finding.get('file', '')}{finding.get('pointer') or ''}"
    return finding["check"], f"{place}: {finding.get('found', '')}"
