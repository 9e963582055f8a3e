"""Locks on folders that a process works in: given back when it dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Hold the lock on a folder, if it can be had; not waited for.

    Parameters
    ----------
    folder : pathlib.Path
        An existing one.

    Yields
    ------
    bool
        False where another process holds it. True also on a system or a file system that has no
        such locks: nobody else can be seen there.
    """
    if sys.platform == "win32":
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
        yield True
    finally:
        os.close(descriptor)
