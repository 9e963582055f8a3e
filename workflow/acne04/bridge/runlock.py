"""One run at a time in a checkout, and no lock that outlives its process."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from acne04.errors import UnavailableError

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


def busy(path: Path) -> UnavailableError:
    """Say that a live run holds the lock."""
    return UnavailableError(
        str(path),
        "another run is at work in this checkout",
        done="nothing",
        remedy="wait until it has ended; a run that was killed leaves no lock",
    )
