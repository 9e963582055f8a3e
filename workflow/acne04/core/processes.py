"""How many processes are of use, and a pool of them; no byte depends on how many.

The pool is the standard library's, of fresh processes rather than forked ones: the one that asks
may have threads. Three things that it does not do are done here: its processes end when the one
that asks is killed, an interrupt from the keyboard reaches that one alone, and no more calls are
handed out than a few ahead of what is taken. Two it does not do here either: nothing can be told
to every process (what all must see lies in a file that they share), and a kill of the one that
asks leaves a warning of Python's about semaphores, which it removes.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Any, Generic, TypeVar

from acne04.core.errors import Acne04Error

#: Calls handed out ahead of the one whose result is awaited, for each process.
_AHEAD = 4

Shared = TypeVar("Shared")
Argument = TypeVar("Argument")
Result = TypeVar("Result")

#: In a process of a pool: what the pool was made with.
_shared: Any = None


def available_processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ProcessPool(Generic[Shared]):
    """Calls functions in other processes, or in this one if it is to be the only one.

    Processes are started when there is something to do; they end when this one does, however.

    Parameters
    ----------
    shared : object
        First argument of every call. Each process gets it once, when it starts.
    processes : int
        At most so many.
    lost : Acne04Error
        What is raised where a process is ended from outside, or runs out of memory.
    """

    def __init__(self, shared: Shared, processes: int, lost: Acne04Error) -> None:
        self.shared = shared
        self._processes = processes
        self._lost = lost
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> ProcessPool[Shared]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._executor:
            self._executor.shutdown(cancel_futures=True)

    def each(
        self, function: Callable[[Shared, Argument], Result], arguments: Iterable[Argument]
    ) -> Iterator[Result]:
        """Call a function with what is shared and each argument; give the results in their order.

        Parameters
        ----------
        function : callable
            One that can be imported: of a module, or of a class.

        Raises
        ------
        Acne04Error
            `lost`; any error of the function.
        """
        if self._processes <= 1:
            yield from (function(self.shared, argument) for argument in arguments)
            return
        handed_out: deque[Future[Result]] = deque()
        try:
            for argument in arguments:
                if len(handed_out) >= self._processes * _AHEAD:
                    yield handed_out.popleft().result()
                handed_out.append(self._submit(function, argument))
            while handed_out:
                yield handed_out.popleft().result()
        except (BrokenProcessPool, MemoryError):
            raise self._lost from None
        finally:
            for future in handed_out:
                future.cancel()

    def _submit(
        self, function: Callable[[Shared, Argument], Result], argument: Argument
    ) -> Future[Result]:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._processes, get_context("spawn"), _begin, (self.shared,)
            )
        # It starts processes when it has something for them.
        with _uninterrupted():
            return self._executor.submit(_call, function, argument)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep the signal of the keyboard back; a process that is started meanwhile never gets it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(shared: Any) -> None:
    global _shared
    _shared = shared
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _call(function: Callable[[Any, Argument], Result], argument: Argument) -> Result:
    return function(_shared, argument)
