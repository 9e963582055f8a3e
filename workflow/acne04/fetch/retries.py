"""Trying again, where it can help: with pauses that grow, and as long as something arrives.

The pauses are stamina's. What it cannot know is that a file of a gigabyte over a bad line is cut
twenty times and still arrives: a try that brought something is no failure.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

from acne04.core.printing import remark
from acne04.fetch.causes import RefusalError

#: Tries in a row that bring nothing before it is given up.
FRUITLESS_TRIES = 5
#: A try that brought this many bytes was worth it.
WORTH_BYTES = 64 * 1024
#: Seconds before the second try, and at most. A server that wants more is not waited for.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
#: However much each of them brings.
MOST_TRIES = 10_000

T = TypeVar("T")

# stamina would log each pause, in words for programs.
set_on_retry_hooks([])


class _Patience:
    """Says after each failure how many seconds to wait, or that it is enough."""

    def __init__(self, had: Callable[[], int]) -> None:
        self._had = had
        self._most = had()
        self._fruitless = 0
        self.tries = 0

    def __call__(self, error: Exception) -> bool | float:
        self.tries += 1
        if not isinstance(error, RefusalError) or not error.may_pass:
            return False
        if self._had() >= self._most + WORTH_BYTES:
            self._most = self._had()
            self._fruitless = 0
        self._fruitless += 1
        if self._fruitless >= FRUITLESS_TRIES or (error.wait or 0) > LONGEST_PAUSE:
            return False
        growing = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self._fruitless - 1))
        pause = error.wait if error.wait is not None else growing * random.uniform(0.8, 1.2)
        remark(f"once more in {pause:.0f} s: {error}")
        return pause


def persist(once: Callable[[], T], had: Callable[[], int] = lambda: 0) -> T:
    """Do something that may fail until it is done or trying again cannot help.

    Parameters
    ----------
    once : callable
        Tries once.
    had : callable
        How many bytes there are so far.

    Raises
    ------
    RefusalError
        The last one, which says how many tries there were.
    """
    patience = _Patience(had)
    try:
        for attempt in stamina.retry_context(on=patience, attempts=MOST_TRIES, timeout=None):
            with attempt:
                return once()
    except RefusalError as refusal:
        if patience.tries > 1 and refusal.may_pass:
            refusal.args = (f"{refusal.reason}, also at the last of {patience.tries} tries",)
        raise
    raise AssertionError("no try was made")
