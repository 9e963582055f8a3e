"""The report for a terminal: failures first, with place and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.inspection.document import failures_first, place
from acne04.inspection.plain import visible

#: Problems of one check that are shown; the document has all.
SHOWN = 20
_WORDS = {"passed": "ok", "failed": "FAILED", "not-run": "not run", "impossible": "IMPOSSIBLE"}


def lines(document: dict[str, Any]) -> Iterator[str]:
    """Give the report line by line, without colour."""
    for check in failures_first(document):
        yield from _check(check)
    yield ""
    yield summary(document)


def summary(document: dict[str, Any]) -> str:
    """Say in one line what came of it all."""
    counts = document["counts"]
    told = {
        "passed": "every required check passed",
        "failed": f"{counts['failed']} required checks failed",
        "impossible": f"{counts['impossible']} checks could not be made, so nothing can be said",
    }[document["verdict"]]
    rest = f"{counts['passed']} passed, {counts['not_run']} not run, {counts['advice']} advice"
    return f"{document['tool']} ({document['level']}, {document['dataset']}): {told}; {rest}"


def _check(check: dict[str, Any]) -> Iterator[str]:
    word = _WORDS[check["status"]]
    if check["status"] == "failed" and not check["required"]:
        word = "advice"
    yield f"{word:<11}{check['id']}: {visible(check['reason'] or check['looked_at'])}"
    for problem in check["problems"][:SHOWN]:
        yield f"{'':11}{visible(place(problem))}"
        yield f"{'':13}expected: {visible(problem['expected'])}"
        yield f"{'':13}found:    {visible(problem['found'])}"
    if len(check["problems"]) > SHOWN:
        yield f"{'':11}and {len(check['problems']) - SHOWN:,} more"
    if check["status"] in ("failed", "impossible"):
        yield f"{'':11}next:     {visible(check['remedy'])}"
