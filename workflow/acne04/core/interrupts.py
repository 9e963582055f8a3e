"""Ctrl-C and the processes that a verb starts: who interrupts the command means the command."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def deaf_processes() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, from their first instruction on.

    A terminal sends it to all of them; a fresh one that is still importing would show a traceback
    each. They end when the one that asks them ends. The caller gets an interruption afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
