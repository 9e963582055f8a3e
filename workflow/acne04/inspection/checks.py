"""Checks: each says what came of it, and none stops the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from acne04.core.errors import Acne04Error, UnavailableError
from acne04.core.printing import loudness, say_aside
from acne04.core.progress import Progress

#: How much a check costs: seconds, the re-reading of everything, or a whole run.
Level = Literal["quick", "full", "rebuild"]
LEVELS: tuple[Level, ...] = ("quick", "full", "rebuild")
Status = Literal["passed", "failed", "not-run", "impossible"]

#: A check of something general is one of everything particular, too.
Examined = TypeVar("Examined", contravariant=True)
_PACKAGE = Path(__file__).parents[1]
_REPORT = "please report it, with the traceback that -v shows (CONTRIBUTING.md says where)"


@dataclass(frozen=True)
class Mismatch:
    """One thing that is wrong: not what the check demands.

    Attributes
    ----------
    file : str
        File concerned, relative to the project's root (or to the release), with forward slashes.
    expected, found : str
        What the check demands and what is there instead.
    line : int or None
        Line in the file, from 1; None for the whole file.
    pointer : str
        JSON Pointer (RFC 6901) or name of a row; empty for the whole file.
    """

    file: str
    expected: str
    found: str
    line: int | None = None
    pointer: str = ""


@dataclass(frozen=True)
class Evidence:
    """What a check looked at, and what it found wrong with it.

    Attributes
    ----------
    looked_at : str
        In a few words, with numbers: ``3,413 files (84 MB) re-hashed``. Never empty: a check that
        looked at nothing has not passed.
    problems : tuple of Mismatch
        Empty where the check passed; all of them, not the first.
    """

    looked_at: str
    problems: tuple[Mismatch, ...] = ()


class NotAsked(Exception):  # noqa: N818 - no error
    """The check is for another level, or for an option that was not given: say which."""


class NothingYet(Exception):  # noqa: N818 - no error
    """There is nothing of the kind yet, and nothing in what is examined says that there should be.

    Only where that was looked for: what a checkout says exists and is not there is `Impossible`.
    """


class NotOfThis(Exception):  # noqa: N818 - no error
    """The check is about something that what is examined has none of by its nature: say why."""


class Impossible(Exception):  # noqa: N818 - says what, not that
    """Something that the check needs is missing, so nothing can be said: exit code 2.

    Parameters
    ----------
    reason : str
        What is missing.
    remedy : str
        What to do about that; empty where the check's own remedy helps.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.remedy = remedy


@dataclass(frozen=True)
class Check(Generic[Examined]):
    """One check.

    Attributes
    ----------
    id : str
        Words joined by hyphens (``artifact-bytes``): what tests, reports and people call it.
    protects : str
        What goes wrong without it, in one sentence for a person.
    required : bool
        Does a failure fail the whole? Otherwise it is advice.
    level : {"quick", "full", "rebuild"}
        From which level on it runs.
    remedy : str
        What to do when it fails.
    examine : callable
        Takes what is examined (a checkout, a release) and gives `Evidence`; raises `NotAsked`,
        `NothingYet` or `Impossible`. An `Acne04Error` that it lets through is a failure with that
        message, any other exception a check that could not be made.
    """

    id: str
    protects: str
    required: bool
    level: Level
    remedy: str
    examine: Callable[[Examined], Evidence]


@dataclass(frozen=True)
class CheckOutcome:
    """A check and what came of it; `reason` says why it did not run."""

    id: str
    protects: str
    required: bool
    level: Level
    remedy: str
    status: Status
    looked_at: str
    reason: str
    problems: tuple[Mismatch, ...]


def of_level(checks: Sequence[Check[Examined]], level: Level) -> list[Check[Examined]]:
    """Give the checks that run at a level: its own, and those of the cheaper ones."""
    asked = LEVELS[: LEVELS.index(level) + 1]
    return [check for check in checks if check.level in asked]


def run(
    checks: Sequence[Check[Examined]], examined: Examined, level: Level = "rebuild"
) -> list[CheckOutcome]:
    """Run the checks of a level; give what came of each one, in their order.

    A check of a deeper level is not left out of the report: it was not asked for.
    """
    asked = of_level(checks, level)
    outcomes = []
    with Progress("check", len(asked), "checks") as progress:
        for check in checks:
            if check not in asked:
                reason = f"not asked for: a check of level {check.level}"
                outcomes.append(_said(check, "not-run", reason=reason))
                continue
            outcomes.append(_outcome(check, examined))
            progress.add()
    return outcomes


def _outcome(check: Check[Examined], examined: Examined) -> CheckOutcome:
    try:
        evidence = check.examine(examined)
    except NotAsked as reason:
        return _said(check, "not-run", reason=f"not asked for: {reason}")
    except NothingYet as reason:
        return _said(check, "not-run", reason=f"nothing there: {reason}")
    except NotOfThis as reason:
        return _said(check, "not-run", reason=f"does not apply: {reason}")
    except Impossible as reason:
        return _said(check, "impossible", reason=str(reason), remedy=reason.remedy)
    except UnavailableError as error:
        # What to do is what was found: the remedy of a check is for when it fails.
        return _said(check, "impossible", reason=error.without_remedy(), remedy=error.remedy)
    except Acne04Error as error:
        evidence = Evidence(error.where, (_as_problem(error),))
        return _said(check, "failed", evidence, remedy=error.remedy)
    except Exception as error:
        # Whatever it met: the other checks must be heard.
        if loudness() > 0:
            say_aside(*"".join(traceback.format_exception(error)).splitlines())
        return _said(check, "impossible", reason=_broken(error), remedy=_REPORT)
    if not evidence.looked_at:
        return _said(check, "impossible", reason="the check does not say what it looked at")
    return _said(check, "failed" if evidence.problems else "passed", evidence)


def _broken(error: Exception) -> str:
    """Say where a check broke, for a report of the fault: the innermost place of this package."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(str(_PACKAGE))]
    where = f", in {Path(own[-1].filename).relative_to(_PACKAGE)}, {own[-1].name}" if own else ""
    return f"the check broke on what it met ({type(error).__name__}: {error}{where})"


def _as_problem(error: Acne04Error) -> Mismatch:
    found = f"{error.what}: {error.found}" if error.found else error.what
    return Mismatch(error.where, error.expected or "a file that can be read", found)


def _said(
    check: Check[Examined],
    status: Status,
    evidence: Evidence | None = None,
    reason: str = "",
    remedy: str = "",
) -> CheckOutcome:
    evidence = evidence or Evidence("")
    return CheckOutcome(
        check.id,
        check.protects,
        check.required,
        check.level,
        remedy or check.remedy,
        status,
        evidence.looked_at,
        reason,
        evidence.problems,
    )
