"""The one document of a run of checks, from which every report is made."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from acne04.core import documents
from acne04.inspection.check import Level, Outcome

SCHEMA = "audit.schema.json"
#: Exit codes of the verdicts.
EXIT_CODES = {"passed": 0, "failed": 1, "impossible": 2}


def as_document(
    tool: str, dataset: str, level: Level, outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """Gather outcomes into the document of ``schemas/audit.schema.json``.

    Parameters
    ----------
    tool : str
        Verb that ran the checks.
    dataset : str
        ``standin``, ``acne04`` or ``unknown``.
    """
    statuses = Counter(outcome.status for outcome in outcomes)
    advice = sum(o.status == "failed" and not o.required for o in outcomes)
    # Tuples are lists in JSON.
    checks = [
        {**dataclasses.asdict(outcome), "problems": list(map(dataclasses.asdict, outcome.problems))}
        for outcome in outcomes
    ]
    document = {
        "tool": tool,
        "dataset": dataset,
        "level": level,
        "verdict": verdict(outcomes),
        "counts": {
            "passed": statuses["passed"],
            "failed": statuses["failed"] - advice,
            "advice": advice,
            "not_run": statuses["not-run"],
            "impossible": statuses["impossible"],
        },
        "checks": checks,
    }
    documents.check(document, SCHEMA, "the document")
    return document


def verdict(outcomes: Iterable[Outcome]) -> str:
    """Say ``failed`` before ``impossible`` before ``passed``; only required checks count."""
    statuses = {outcome.status for outcome in outcomes if outcome.required}
    for status in ("failed", "impossible"):
        if status in statuses:
            return status
    return "passed"


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
