"""One run at a time in a checkout, and no lock that outlives its process.

A run that is killed may leave a job behind that is still writing. So jobs hold a second lock,
shared among them, and the next run waits until the last of them has let it go. Jobs also leave
word of why they failed, for the run to repeat at its end.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from snakemake_dvc.errors import BridgeError
from snakemake_dvc.packages import check_job
from snakemake_dvc.printing import say_aside

#: Environment variable by which a run names its state folder to its jobs.
RUN_STATE = "SNAKEMAKE_DVC_STATE"
_JOBS_LOCK = "jobs.lock"
_FAILURES = "failures.jsonl"
#: Held open for the life of the process: the kernel frees the lock even after kill -9.
_held: list[IO[str]] = []


def take(path: Path, patience: float = 0) -> bool:
    """Take the checkout's lock for the rest of this process; False where a live run holds it.

    A dry run holds it for a moment, hence a `patience` of some seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = path.open("a")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= deadline:
                stream.close()
                return False
            time.sleep(0.1)
        else:
            _held.append(stream)
            return True


def release() -> None:
    """Let the lock go before the process ends."""
    while _held:
        _held.pop().close()


def wait_for_jobs(state: Path) -> None:
    """Wait until no job of an earlier run is alive; then name the state folder to this run's."""
    with (state / _JOBS_LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say_aside("snakemake: waiting for a job that outlived a killed run")
            fcntl.flock(stream, fcntl.LOCK_EX)
    (state / _FAILURES).unlink(missing_ok=True)
    os.environ[RUN_STATE] = str(state.absolute())


@contextmanager
def as_job() -> Iterator[None]:
    """Hold the jobs' lock, where a run has named one, if the code is the run's own.

    Raises
    ------
    BridgeError
        If this process would run other code than that of the checkout.
    """
    state = os.environ.get(RUN_STATE)
    if state is None:
        yield
        return
    check_job()
    with Path(state, _JOBS_LOCK).open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


def leave_word(job: str, exit_code: int, message: str) -> None:
    """Tell the run, if this is a job of one, how it ended; a second try overrules the first."""
    if state := os.environ.get(RUN_STATE):
        with Path(state, _FAILURES).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps([job, exit_code, message]) + "\n")


def failures(state: Path) -> list[tuple[int, str]]:
    """Exit code and message of every job that failed for a known reason, in order."""
    path = state / _FAILURES
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    last = {job: (code, message) for job, code, message in map(json.loads, lines)}
    return [(code, message) for code, message in last.values() if code in (1, 2)]


def busy(path: Path) -> BridgeError:
    """Say that a live run holds the lock."""
    return BridgeError(
        str(path),
        "another run is at work in this checkout",
        done="nothing",
        remedy="wait until it has ended; a run that was killed leaves no lock",
        exit_code=2,
    )
