"""The report as Markdown, for the job summary of a CI service: failures first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from acne04.inspection.document import failures_first, place
from acne04.inspection.plain import in_markdown
from acne04.inspection.text import summary

#: A job summary may have 1 MiB; a long cell helps nobody.
SHOWN, LONGEST = 50, 500


def text(document: dict[str, Any]) -> str:
    """Give the whole report."""
    heading = {"passed": "Passed", "failed": "Failed", "impossible": "Could not be audited"}
    parts = [f"## {heading[document['verdict']]}: {in_markdown(summary(document))}"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for check in failures_first(document):
        advice = check["status"] == "failed" and not check["required"]
        groups.setdefault("advice" if advice else check["status"], []).append(check)
    for status, title in (
        ("failed", "Failed"),
        ("impossible", "Could not be made"),
        ("advice", "Advice"),
    ):
        for check in groups.get(status, []):
            parts.append("\n".join(_told(check, title)))
    for status, title in (("not-run", "not run"), ("passed", "passed")):
        if checks := groups.get(status, []):
            parts.append(_folded(checks, f"{len(checks)} {title}"))
    return "\n\n".join(parts) + "\n"


def _told(check: dict[str, Any], title: str) -> Iterator[str]:
    yield f"### {title}: {in_markdown(check['id'])}"
    yield ""
    yield f"{in_markdown(check['protects'])}"
    yield ""
    if check["reason"]:
        yield _cut(check["reason"])
        yield ""
    if check["problems"]:
        yield "| where | expected | found |"
        yield "|---|---|---|"
        for problem in check["problems"][:SHOWN]:
            cells = (place(problem), problem["expected"], problem["found"])
            yield f"| {' | '.join(map(_cut, cells))} |"
        if len(check["problems"]) > SHOWN:
            yield ""
            yield f"and {len(check['problems']) - SHOWN:,} more, in the JSON report"
        yield ""
    yield f"**Next:** {in_markdown(check['remedy'])}"


def _folded(checks: Sequence[dict[str, Any]], title: str) -> str:
    rows = [f"| {in_markdown(c['id'])} | {_cut(c['reason'] or c['looked_at'])} |" for c in checks]
    table = "\n".join(["| check | looked at |", "|---|---|", *rows])
    return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"


def _cut(cell: str) -> str:
    return in_markdown(cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…")
