"""How far a verb is: a bar on a terminal, a file for the run whose job it is, else a line at times.

No figure of this gets into an artifact: times are told to whoever looks on, and forgotten.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from acne04.core.printing import RUN_STATE, loudness, remark

if TYPE_CHECKING:
    from tqdm import tqdm

#: Seconds between two tellings: to the run, on a terminal, to a stream that is none.
JOB_SECONDS = 0.5
TERMINAL_SECONDS = 0.1
STREAM_SECONDS = 30.0
#: The rule whose job this process is; set once, by the command line.
_rule = ""


def be_job_of(rule: str) -> None:
    """Say that this process is a job of a run, which shows it under the name of `rule`."""
    global _rule
    _rule = rule


class Progress:
    """Tells how much of a piece of work is done; to be used in a ``with`` statement, by one thread.

    In a job of a run the state goes to ``progress/<process>.json`` below the folder that the run
    names, as its README says, and is removed at the end.

    Parameters
    ----------
    step : str
        What is being done, in a word or two.
    total : int, optional
        How much there is to do; None where nobody knows.
    unit : str
        What is counted, in the plural; ``bytes`` are shown in MB where they are many.

    Attributes
    ----------
    done : int
        How much has been done.
    """

    def __init__(self, step: str, total: int | None = None, unit: str = "files") -> None:
        self.step = step
        self.total = total
        self.unit = unit
        self.done = 0
        self._began = time.monotonic()
        self._bar: tqdm[None] | None = None
        self._file: Path | None = None
        if _rule and RUN_STATE in os.environ:
            self._file = Path(os.environ[RUN_STATE], "progress", f"{os.getpid()}.json")
            self._interval = JOB_SECONDS
        elif sys.stderr is not None and sys.stderr.isatty():
            self._interval = TERMINAL_SECONDS
        else:
            self._interval = STREAM_SECONDS
        # A step that takes no time is not worth a word.
        self._due = self._began + self._interval

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.n = self.done
            self._bar.close()
        if self._file is not None:
            for path in (self._file, self._file.with_suffix(".part")):
                with suppress(OSError):
                    path.unlink()

    def add(self, number: int = 1) -> None:
        """Count what has been done since."""
        self.done += number
        if time.monotonic() >= self._due:
            self._tell()

    def reach(self, done: int, total: int | None) -> None:
        """State how much has been done in all, and how much there is, where that is known."""
        self.total = total
        self.add(done - self.done)

    def seconds_left(self) -> float | None:
        """Give the time that the rest will take at the pace so far; None where nobody knows."""
        if not self.total or self.done <= 0:
            return None
        rest = max(self.total - self.done, 0)
        return rest * (time.monotonic() - self._began) / self.done

    def _tell(self) -> None:
        if self._file is not None:
            self._write(self._file)
        elif loudness() < 0:
            pass
        elif self._interval == TERMINAL_SECONDS:
            self._draw()
        else:
            self._say()
        self._due = time.monotonic() + self._interval

    def _write(self, file: Path) -> None:
        state = {
            "name": _rule,
            "step": self.step,
            "done": self.done,
            "total": self.total,
            "unit": self.unit,
            "left": self.seconds_left(),
        }
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_text(json.dumps(state), encoding="utf-8")
            part.replace(file)
        except OSError:
            # Who cannot be told how far the work is still wants it done.
            return

    def _draw(self) -> None:
        if self._bar is None:
            # Only here: a job needs none.
            from tqdm import tqdm

            self._bar = tqdm(
                desc=self.step,
                total=self.total,
                unit="B" if self.unit == "bytes" else f" {self.unit}",
                unit_scale=self.unit == "bytes",
                leave=False,
                mininterval=0,
                dynamic_ncols=True,
            )
            self._bar.start_t -= time.monotonic() - self._began
        # The step may have come to say more: which file of how many.
        self._bar.set_description(self.step, refresh=False)
        self._bar.total = self.total
        self._bar.n = self.done
        self._bar.refresh()

    def _say(self) -> None:
        of = "" if self.total is None else f" of {self.total:,}"
        left = self.seconds_left()
        rest = "" if left is None else f", {left:,.0f} s left"
        remark(f"{self.step}: {self.done:,}{of} {self.unit}{rest}")
