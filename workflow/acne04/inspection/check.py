"""What a check is, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

#: How much a check costs: seconds, the re-reading of everything, or a whole run.
Level = Literal["quick", "full", "rebuild"]
LEVELS: tuple[Level, ...] = ("quick", "full", "rebuild")
Status = Literal["passed", "failed", "not-run", "impossible"]

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

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
    problems : tuple of Problem
        Empty where the check passed; all of them, not the first.
    """

    looked_at: str
    problems: tuple[Problem, ...] = ()


class NotRun(Exception):  # noqa: N818 - no error
    """The check has nothing to look at, or was not asked for: say why. Not a pass."""


class Impossible(Exception):  # noqa: N818 - says what, not that
    """Something that the check needs is missing, so nothing can be said: exit code 2."""


@dataclass(frozen=True)
class Check(Generic[Subject]):
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
        Takes the subject (a checkout, a release) and gives `Evidence`; raises `NotRun` or
        `Impossible`. An `Acne04Error` that it lets through is a failure with that message.
    """

    id: str
    protects: str
    required: bool
    level: Level
    remedy: str
    examine: Callable[[Subject], Evidence]


@dataclass(frozen=True)
class Outcome:
    """A check and what came of it; `reason` says why it did not run."""

    id: str
    protects: str
    required: bool
    level: Level
    remedy: str
    status: Status
    looked_at: str
    reason: str
    problems: tuple[Problem, ...]
