"""One run at a time in a checkout, and no lock that outlives its process.

A run that is killed may leave a job behind that is still writing. So jobs hold a second lock,
shared among them, and the next run waits until the last of them has let it go. Jobs also leave
word of why they failed, for the run to repeat at its end.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from acne04.errors import UnavailableError

#: Environment variable by which a run names its state folder to its jobs.
RUN_STATE = "ACNE04_RUN_STATE"
_JOBS_LOCK = "jobs.lock"
_FAILURES = "failures.jsonl"
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


def wait_for_jobs(state: Path) -> None:
    """Wait until no job of an earlier run is alive; then name the state folder to this run's."""
    with (state / _JOBS_LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("snakemake: waiting for a job that outlived a killed run", file=sys.stderr)
            fcntl.flock(stream, fcntl.LOCK_EX)
    (state / _FAILURES).unlink(missing_ok=True)
    os.environ[RUN_STATE] = str(state.absolute())


@contextmanager
def as_job() -> Iterator[None]:
    """Hold the jobs' lock, where a run has named one."""
    state = os.environ.get(RUN_STATE)
    if state is None:
        yield
        return
    with Path(state, _JOBS_LOCK).open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


def leave_word(exit_code: int, message: str) -> None:
    """Tell the run, if this is a job of one, why the job failed."""
    if state := os.environ.get(RUN_STATE):
        with Path(state, _FAILURES).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps([exit_code, message]) + "\n")


def failures(state: Path) -> list[tuple[int, str]]:
    """Exit code and message of every job that failed for a known reason, each once, in order."""
    path = state / _FAILURES
    if not path.is_file():
        return []
    words = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys((code, message) for code, message in words))


def busy(path: Path) -> UnavailableError:
    """Say that a live run holds the lock."""
    return UnavailableError(
        str(path),
        "another run is at work in this checkout",
        done="nothing",
        remedy="wait until it has ended; a run that was killed leaves no lock",
    )
