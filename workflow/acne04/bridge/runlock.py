"""One run at a time in a checkout, and no lock that outlives its process.

A run that is killed may leave a job behind that is still writing. So jobs hold a second lock,
shared among them, and the next run waits until the last of them has let it go.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from acne04.errors import UnavailableError

#: Environment variable with the path of the jobs' lock.
JOBS_LOCK = "ACNE04_JOBS_LOCK"
#: Held open for the life of the process: the kernel frees the lock even after kill -9.
_held: list[IO[str]] = []


def take(path: Path) -> bool:
    """Take the checkout's lock for the rest of this process; False where a live run holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = path.open("a")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return False
    _held.append(stream)
    return True


def wait_for_jobs(path: Path) -> None:
    """Wait until no job of an earlier run is alive; then name the lock to the jobs of this one."""
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("snakemake: waiting for a job that outlived a killed run", file=sys.stderr)
            fcntl.flock(stream, fcntl.LOCK_EX)
    os.environ[JOBS_LOCK] = str(path.absolute())


@contextmanager
def as_job() -> Iterator[None]:
    """Hold the jobs' lock, where a run has named one."""
    name = os.environ.get(JOBS_LOCK)
    if name is None:
        yield
        return
    with Path(name).open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


def busy(path: Path) -> UnavailableError:
    """Say that a live run holds the lock."""
    return UnavailableError(
        str(path),
        "another run is at work in this checkout",
        done="nothing",
        remedy="wait until it has ended; a run that was killed leaves no lock",
    )
