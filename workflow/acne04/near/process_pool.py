"""Processes that share the work on a corpus; no byte depends on how many.

Threads do not serve here: registering a pair is hundreds of short array operations, between which
they wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from acne04.core.errors import Acne04Error, UnavailableError
from acne04.core.interrupts import deaf_processes
from acne04.near.pictures import Corpus


class ProcessPool:
    """Calls methods of a corpus, in this process if it is to be the only one.

    Processes are started when there is something to do; they end when this one does, however.

    Parameters
    ----------
    corpus : Corpus
        What to work on.
    processes : int
        At most so many.
    """

    def __init__(self, corpus: Corpus, processes: int) -> None:
        self.corpus = corpus
        self._processes = processes
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._ending = ExitStack()

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.close()

    def each(self, method: str, arguments: Iterable[Any]) -> Iterator[Any]:
        """Call a method of the corpus with each argument; give the results in their order.

        Raises
        ------
        UnavailableError
            If a process is ended from outside; any error of the method.
        """
        arguments = list(arguments)
        if not arguments:
            return
        if self._processes == 1:
            yield from map(getattr(self.corpus, method), arguments)
            return
        if self._idle.empty():
            self._start()
        with ThreadPoolExecutor(self._processes) as pool:
            yield from pool.map(lambda argument: self._call(method, argument), arguments)

    def everywhere(self, method: str, argument: Any) -> None:
        """Call a method of the corpus here and in every process, now and to come."""
        getattr(self.corpus, method)(argument)
        connections = [self._idle.get() for _ in range(self._idle.qsize())]
        for connection in connections:
            _ask(connection, method, argument)
            self._idle.put(connection)

    def _call(self, method: str, argument: Any) -> Any:
        connection = self._idle.get()
        try:
            return _ask(connection, method, argument)
        finally:
            self._idle.put(connection)

    def _start(self) -> None:
        # Fresh processes rather than forked ones: this one has threads.
        context = get_context("spawn")
        for _ in range(self._processes):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(self.corpus, there), daemon=True)
            with deaf_processes():
                process.start()
            there.close()
            self._ending.callback(process.join)
            self._ending.callback(here.close)
            self._idle.put(here)


def _ask(connection: Connection, method: str, argument: Any) -> Any:
    try:
        connection.send((method, argument))
        error, result = connection.recv()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise UnavailableError(
            "near",
            "a process that was comparing pictures has ended early",
            done="nothing written; the pairs compared are kept where --memory says",
            remedy="see its message above; if memory ran out, use fewer --threads",
        ) from None
    if error is not None:
        raise error
    return result


def _serve(corpus: Corpus, connection: Connection) -> None:
    """Answer until nobody asks any more."""
    while True:
        try:
            method, argument = connection.recv()
        except EOFError:
            return
        answer: tuple[Acne04Error | None, Any]
        try:
            answer = None, getattr(corpus, method)(argument)
        except Acne04Error as error:
            answer = error, None
        try:
            connection.send(answer)
        except BrokenPipeError:
            return
