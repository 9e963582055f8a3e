"""The report for people: as text for a terminal, as Markdown for a CI service; failures first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from acne04.core.printing import loudness, shown_in_line
from acne04.inspection.markdown import in_markdown

#: Problems of one check that a terminal shows; the document has all.
TEXT_SHOWN = 20
#: Remedies of checks that could not be made for one reason: mostly the first one makes them all.
REMEDIES_SHOWN = 3
#: Problems of one check in Markdown, and characters of a cell: a job summary may have 1 MiB, and a
#: long cell helps nobody.
MARKDOWN_SHOWN, LONGEST = 50, 500
_WORDS = {"passed": "ok", "failed": "FAILED", "not-run": "not run", "impossible": "IMPOSSIBLE"}


def text_lines(document: dict[str, Any]) -> Iterator[str]:
    """Give the report for a terminal line by line, without colour.

    Checks that did not run for one reason are told together. Advice, which is the same each time,
    and the names of what was not asked for are in full under ``-v``; under ``-q`` there is only
    what is wrong.
    """
    together: dict[str, list[dict[str, Any]]] = {}
    for check in failures_first(document):
        # A reason, unlike what was looked at, can be that of several.
        together.setdefault(check["reason"] or check["id"], []).append(check)
    for checks in together.values():
        if loudness() < 0 and not _is_wrong(checks[0]):
            continue
        if len(checks) > 1:
            yield from _unmade(checks)
        elif _is_advice(checks[0]) and loudness() < 1:
            yield _advice(checks[0])
        else:
            yield from _check(checks[0])
    if loudness() >= 0 or document["verdict"] != "passed":
        yield ""
    yield _summary(document)


def markdown(document: dict[str, Any]) -> str:
    """Give the report as Markdown, for the job summary of a CI service."""
    heading = {"passed": "Passed", "failed": "Failed", "impossible": "Could not be audited"}
    parts = [f"## {heading[document['verdict']]}: {in_markdown(_summary(document))}"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for check in failures_first(document):
        groups.setdefault("advice" if _is_advice(check) else check["status"], []).append(check)
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


def failures_first(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Order the checks as a person reads them: failed, impossible, advice, not run, passed."""

    def rank(check: dict[str, Any]) -> int:
        status = check["status"]
        if status == "failed":
            return 0 if check["required"] else 2
        return {"impossible": 1, "not-run": 3, "passed": 4}[status]

    return sorted(document["checks"], key=rank)


def place(problem: dict[str, Any]) -> str:
    """Where a problem is, in one word: ``file#pointer (line 3)``."""
    pointer = f"#{problem['pointer']}" if problem["pointer"] else ""
    line = f" (line {problem['line']})" if problem["line"] else ""
    return f"{problem['file']}{pointer}{line}"


def _summary(document: dict[str, Any]) -> str:
    """Say in one line what came of it all."""
    counts = document["counts"]
    told = {
        "passed": "every required check passed",
        "failed": _failed(counts),
        "impossible": _left_open(counts),
    }[document["verdict"]]
    rest = f"{counts['passed']} passed, {counts['not_run']} not run, {counts['advice']} advice"
    return f"{document['tool']} ({document['level']}, {document['dataset']}): {told}; {rest}"


def _failed(counts: dict[str, int]) -> str:
    word = "check" if counts["failed"] == 1 else "checks"
    more = f", {counts['impossible']} could not be made" if counts["impossible"] else ""
    return f"{counts['failed']} required {word} failed{more}"


def _left_open(counts: dict[str, int]) -> str:
    if not counts["impossible"]:
        return "no required check was made, so nothing can be said"
    (word, verb) = ("check", "it") if counts["impossible"] == 1 else ("checks", "them")
    return f"{counts['impossible']} {word} could not be made, so of {verb} nothing can be said"


def _check(check: dict[str, Any]) -> Iterator[str]:
    word = "advice" if _is_advice(check) else _WORDS[check["status"]]
    yield f"{word:<11}{check['id']}: {shown_in_line(check['reason'] or check['looked_at'])}"
    for problem in check["problems"][:TEXT_SHOWN]:
        yield f"{'':11}{shown_in_line(place(problem))}"
        yield f"{'':13}expected: {shown_in_line(problem['expected'])}"
        yield f"{'':13}found:    {shown_in_line(problem['found'])}"
    if len(check["problems"]) > TEXT_SHOWN:
        yield f"{'':11}and {len(check['problems']) - TEXT_SHOWN:,} more"
    if check["status"] in ("failed", "impossible"):
        yield f"{'':11}next:     {shown_in_line(check['remedy'])}"


def _is_advice(check: dict[str, Any]) -> bool:
    return check["status"] == "failed" and not check["required"]


def _is_wrong(check: dict[str, Any]) -> bool:
    return check["status"] in ("failed", "impossible") and not _is_advice(check)


def _advice(check: dict[str, Any]) -> str:
    number = len(check["problems"])
    told = f"{number} thing{'' if number == 1 else 's'} to know; -v tells"
    return f"{'advice':<11}{check['id']}: {shown_in_line(check['looked_at'])}; {told}"


def _unmade(checks: Sequence[dict[str, Any]]) -> Iterator[str]:
    first = checks[0]
    yield f"{_WORDS[first['status']]:<11}{len(checks)} checks: {shown_in_line(first['reason'])}"
    if first["status"] == "not-run" and loudness() < 1:
        return
    names = ", ".join(check["id"] for check in checks)
    yield from textwrap.wrap(names, 100, initial_indent=" " * 11, subsequent_indent=" " * 11,
                             break_on_hyphens=False)  # fmt: skip
    if first["status"] == "impossible":
        remedies = list(dict.fromkeys(check["remedy"] for check in checks))
        for remedy in remedies[:REMEDIES_SHOWN]:
            yield f"{'':11}next:     {shown_in_line(remedy)}"


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
        for problem in check["problems"][:MARKDOWN_SHOWN]:
            cells = (place(problem), problem["expected"], problem["found"])
            yield f"| {' | '.join(map(_cut, cells))} |"
        if len(check["problems"]) > MARKDOWN_SHOWN:
            yield ""
            yield f"and {len(check['problems']) - MARKDOWN_SHOWN:,} more, in the JSON report"
        yield ""
    yield f"**Next:** {in_markdown(check['remedy'])}"


def _folded(checks: Sequence[dict[str, Any]], title: str) -> str:
    rows = [f"| {in_markdown(c['id'])} | {_cut(c['reason'] or c['looked_at'])} |" for c in checks]
    table = "\n".join(["| check | looked at |", "|---|---|", *rows])
    return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"


def _cut(cell: str) -> str:
    return in_markdown(cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…")
