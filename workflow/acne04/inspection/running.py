"""Run checks on a subject: each says what came of it, and none stops the others."""

from __future__ import annotations

from collections.abc import Sequence

from tqdm import tqdm

from acne04.core.errors import Acne04Error, UnavailableError
from acne04.inspection.check import (
    LEVELS,
    Check,
    Evidence,
    Impossible,
    Level,
    NotRun,
    Outcome,
    Problem,
    Status,
    Subject,
)


def of_level(checks: Sequence[Check[Subject]], level: Level) -> list[Check[Subject]]:
    """Give the checks that run at a level: its own, and those of the cheaper ones."""
    asked = LEVELS[: LEVELS.index(level) + 1]
    return [check for check in checks if check.level in asked]


def run(checks: Sequence[Check[Subject]], subject: Subject) -> list[Outcome]:
    """Run all checks; give what came of each, in their order."""
    with tqdm(checks, desc="checking", unit="check", disable=None, leave=False) as bar:
        outcomes = []
        for check in bar:
            bar.set_postfix_str(check.id)
            outcomes.append(_outcome(check, subject))
        return outcomes


def _outcome(check: Check[Subject], subject: Subject) -> Outcome:
    try:
        evidence = check.examine(subject)
    except NotRun as reason:
        return _said(check, "not-run", reason=str(reason))
    except (Impossible, UnavailableError) as reason:
        return _said(check, "impossible", reason=str(reason))
    except Acne04Error as error:
        return _said(check, "failed", Evidence(error.where, (_as_problem(error),)))
    if not evidence.looked_at:
        raise AssertionError(f"check {check.id} does not say what it looked at")
    return _said(check, "failed" if evidence.problems else "passed", evidence)


def _as_problem(error: Acne04Error) -> Problem:
    found = f"{error.what}: {error.found}" if error.found else error.what
    return Problem(error.where, error.expected or "a file that can be read", found)


def _said(
    check: Check[Subject], status: Status, evidence: Evidence | None = None, reason: str = ""
) -> Outcome:
    evidence = evidence or Evidence("")
    return Outcome(
        check.id,
        check.protects,
        check.required,
        check.level,
        check.remedy,
        status,
        evidence.looked_at,
        reason,
        evidence.problems,
    )
