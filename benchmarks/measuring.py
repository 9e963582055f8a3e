"""Time work and commands, and put the figures in a table.

CPU seconds are user and system time of a process and of every process that it waited for. They
hardly depend on what else the machine does; wall seconds do.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acne04.core.checkout import python_path

ROOT = Path(__file__).parents[1]
CORES = 2
QUIET_LOAD = 0.5


class NotMeasurableError(Exception):
    """Why something could not be measured; the reason goes into the table."""


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes
    ----------
    what : str
        What was measured.
    value : float or None
        The figure; None where it could not be measured.
    unit : str
        ``s wall``, ``s CPU`` or ``×``.
    limit : float or None
        At most this; None where nothing is promised.
    against : str
        The floor or the peer that it is compared with; the reason where there is no figure.
    """

    what: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    against: str = ""

    @property
    def met(self) -> str:
        """``yes`` or ``**no**``; empty where nothing is promised."""
        if self.value is None:
            return "not measured"
        if self.limit is None:
            return ""
        return "yes" if self.value <= self.limit else "**no**"

    def row(self) -> str:
        """Line of a Markdown table."""
        value = "–" if self.value is None else f"{rounded(self.value)} {self.unit}"
        limit = "" if self.limit is None else f"{self.limit:g} {self.unit}"
        return f"| {self.what} | {value} | {limit} | {self.against} | {self.met} |"


@dataclass(frozen=True)
class Spent:
    """What a command took, and what it printed."""

    wall: float
    cpu: float
    output: str


def rounded(value: float) -> str:
    """Three digits at most.

    >>> rounded(0.123), rounded(1.234), rounded(12.34)
    ('0.12', '1.23', '12.3')
    """
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def times(work: float, other: float, of_what: str) -> str:
    """Ratio of `work` to `other` in words.

    >>> times(3.0, 2.0, "the floor")
    '1.50 × the floor (2.00 s)'
    """
    return f"{rounded(work / other)} × {of_what} ({rounded(other)} s)"


def cpu_seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """CPU seconds of the quickest round."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def spend(
    words: Sequence[str | Path],
    *,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    given: str = "",
    allowed: Iterable[int] = (0,),
) -> Spent:
    """Run a command to its end.

    Parameters
    ----------
    words : sequence of str or Path
        The command.
    folder : Path
        Working directory.
    environment : mapping, optional
        All of its environment; the default is `own_environment`.
    given : str
        What it reads from standard input.
    allowed : iterable of int
        Exit codes that are no failure.

    Raises
    ------
    NotMeasurableError
        If the command fails: what it took then says nothing.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=own_environment() if environment is None else environment,
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        sys.stderr.write(done.stdout + done.stderr)
        name = " ".join([Path(words[0]).name, *map(str, words[1:2])])
        raise NotMeasurableError(f"`{name}` ended with exit code {done.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(wall, cpu, done.stdout + done.stderr)


def least_cpu(
    words: Sequence[str | Path], rounds: int, given: str = "", allowed: Iterable[int] = (0,)
) -> float:
    """CPU seconds of a command's quickest run, start and imports included."""
    return min(spend(words, given=given, allowed=allowed).cpu for _ in range(rounds))


def own_environment(checkout: Path = ROOT) -> dict[str, str]:
    """Give an environment with the commands installed here and the code of `checkout`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "ACNE04_"))}
    return {
        **kept,
        "PYTHONPATH": python_path(checkout),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def as_table(figures: Iterable[Figure]) -> str:
    """Markdown table of the figures, in their order."""
    head = ["| what | figure | limit | against floor or peer | met |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(figure.row() for figure in figures)]) + "\n"


def machine() -> str:
    """Describe the machine in general terms."""
    data = bytes(100_000_000)
    speed = 0.1 / cpu_seconds(lambda: hashlib.sha256(data).digest(), 3)
    load = os.getloadavg()[0]
    busy = "" if load < QUIET_LOAD else ", so others were using it and wall seconds are too many"
    described = (
        f"Machine: {CORES} of {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, "
        f"Python {platform.python_version()}, Pillow {importlib.metadata.version('pillow')}, "
        f"sha256 at {speed:.2f} GB a CPU second, load {load:.1f} at the start{busy}."
    )
    return textwrap.fill(described, 100)


def use_two_cores() -> None:
    """Keep this process and its children on two cores, where the system lets it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
