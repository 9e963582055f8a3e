"""Say in a few lines what a scan found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acne04.core.findings import summary_lines
from acne04.scan.rows import Joined

#: Findings of severity error that are spelt out; the rest are counted.
NAMED_FINDINGS = 20


def lines(document: dict[str, Any], joined: Joined, findings: Path | None) -> list[str]:
    """Summarize a scan.

    Parameters
    ----------
    document : dict
        The findings, as of ``findings.schema.json``.
    joined : Joined
        What is known of the images.
    findings : pathlib.Path or None
        Where the findings were written; without a place the errors are spelt out here.
    """
    text = [
        f"scan: {len(joined.real)} real and {len(joined.synthetic)} synthetic images, "
        f"{len(joined.lines)} label lines, {joined.boxes.objects} boxes ({document['dataset']})"
    ]
    text += [f"  {line}" for line in summary_lines(document)]
    if document["not_run"]:
        text.append("not run, so not passed:")
        reasons = sorted({gap["reason"] for gap in document["not_run"]})
        text += [f"  {reason}: {_checks(document, reason)}" for reason in reasons]
    if findings:
        return [*text, f"findings: {findings}"]
    errors = [entry for entry in document["findings"] if entry["severity"] == "error"]
    text += [_spelt_out(entry) for entry in errors[:NAMED_FINDINGS]]
    if len(errors) > NAMED_FINDINGS:
        text.append(f"... and {len(errors) - NAMED_FINDINGS} more errors")
    if document["findings"]:
        text.append("--findings FILE writes all of them, with what to do next")
    return text


def _checks(document: dict[str, Any], reason: str) -> str:
    return ", ".join(gap["check"] for gap in document["not_run"] if gap["reason"] == reason)


def _spelt_out(entry: dict[str, Any]) -> str:
    place = f" (line {entry['line']})" if entry["line"] else entry["pointer"] and " "
    text = (
        f"{entry['file']}{place}{entry['pointer']}: {entry['check']}; "
        f"expected {entry['expected']}, found {entry['found']}"
    )
    # A file name may hold the escape sequences of a terminal.
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
