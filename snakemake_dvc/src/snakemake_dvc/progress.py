"""What jobs tell a run while they are at work: how far they are, and what nobody may miss.

A job is told the run's state folder by the variable `locks.RUN_STATE`, and writes there, atomically

``progress/<its process>.json``
    ``name`` (the rule), ``step``, ``done``, ``total`` (or null), ``unit`` (``bytes`` are shown in
    MB) and ``left`` (seconds, or null). It removes the file at the end; one that a killed job left
    is passed over, and removed by the next run.
``notices.jsonl``
    A text a line, as JSON: warnings that its log alone would hide.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from snakemake_dvc.locks import RUN_STATE

_FOLDER = "progress"
_NOTICES = "notices.jsonl"


@dataclass(frozen=True)
class JobProgress:
    """How far a job says that it is; `left` in seconds."""

    name: str
    step: str
    done: float
    total: float | None
    unit: str
    left: float | None

    @property
    def share(self) -> float:
        """What is done of it, between 0 and 1; 0 where nobody knows."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total else 0.0

    def __str__(self) -> str:
        scale, unit = (1e6, "MB") if self.unit == "bytes" else (1, self.unit)
        number = ",.1f" if scale > 1 else ",.0f"
        of = "" if self.total is None else f" of {self.total / scale:{number}}"
        rest = "" if self.left is None else f", {_roughly(self.left)} left"
        return f"{self.step} {self.done / scale:{number}}{of} {unit}{rest}"


def duration(seconds: float) -> str:
    """Give a time as people say it.

    >>> duration(9.87), duration(75), duration(3725)
    ('9.9 s', '1 min 15 s', '1 h 02 min')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def _roughly(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def told_by_jobs() -> list[JobProgress]:
    """Read how far the jobs are that are alive."""
    state = os.environ.get(RUN_STATE)
    files = sorted(Path(state, _FOLDER).glob("*.json")) if state else []
    return [progress for progress in map(_read, files) if progress is not None]


def _read(file: Path) -> JobProgress | None:
    try:
        os.kill(int(file.stem), 0)
        word = json.loads(file.read_text(encoding="utf-8"))
        name, step, unit = (str(word[key]) for key in ("name", "step", "unit"))
        total, left = (None if word[key] is None else float(word[key]) for key in ("total", "left"))
        return JobProgress(name, step, float(word["done"]), total, unit, left)
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        # Gone by now, left by a job that is dead, or written by somebody else.
        return None


def forget(state: Path) -> None:
    """Remove what the jobs of an earlier run left."""
    shutil.rmtree(state / _FOLDER, ignore_errors=True)
    (state / _NOTICES).unlink(missing_ok=True)


class Notices:
    """The notices of a run's jobs, each given once in a process."""

    def __init__(self) -> None:
        self._seen = 0

    def fresh(self) -> list[str]:
        """Give those that came since the last time."""
        state = os.environ.get(RUN_STATE)
        file = Path(state, _NOTICES) if state else None
        if file is None or not file.is_file():
            return []
        lines = file.read_text(encoding="utf-8").splitlines()
        fresh, self._seen = lines[self._seen :], len(lines)
        texts = dict.fromkeys(str(json.loads(line)) for line in fresh)
        return [line for text in texts for line in text.splitlines()]


#: Whoever prints takes them from here: the display, or the end of the run where another is used.
notices = Notices()
