"""The summary that a person reads at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.core.findings import SEVERITIES, summary_lines
from acne04.validate.judging import Verdict

#: Findings of one check that are shown in full; the others are only counted.
SHOWN = 3


def summary(document: dict[str, Any], name: str, verdict: Verdict | None) -> str:
    """Give the summary of a findings document: errors and warnings with examples, all counted."""
    lines = [f"{name}: {_records(verdict)}", *summary_lines(document)]
    lines += [f"not run {gap['check']}: {gap['reason']}" for gap in document["not_run"]]
    for check in document["counts"]:
        lines += _examples(document, check)
    counts = [f"{document['severities'][severity]} {severity}" for severity in SEVERITIES]
    return "\n".join([*lines, "", ", ".join(counts)])


def _records(verdict: Verdict | None) -> str:
    if verdict is None:
        return "no table can be made"
    images, circles = verdict.images, verdict.circles
    return (
        f"{len(images)} images ({images['bad'].sum()} bad), "
        f"{len(circles)} annotations ({circles['bad'].sum()} bad)"
    )


def _examples(document: dict[str, Any], check: str) -> Iterator[str]:
    findings = [finding for finding in document["findings"] if finding["check"] == check]
    if findings[0]["severity"] == "info":
        return
    for finding in findings[:SHOWN]:
        pointer = f"#{finding['pointer']}" if finding["pointer"] else ""
        place = f"{finding['file']}{pointer} (line {finding['line']})"
        yield ""
        yield f"{finding['severity']} {check}: {place}"
        yield f"  expected: {finding['expected']}"
        yield f"  found:    {finding['found']}"
        yield f"  done:     {finding['done']}"
        yield f"  next:     {finding['remedy']}"
    if len(findings) > SHOWN:
        yield f"  … and {len(findings) - SHOWN} more of this check"
