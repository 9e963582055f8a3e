"""Bring the bytes of an address: one small interface, one class a kind of address.

A transport tries once. Retrying, resuming and choosing among mirrors belong around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from acne04.core.progress import Progress

#: Takes the bytes had so far, and the bytes in all where they are known.
BytesHad = Callable[[int, int | None], None]

#: Seconds to wait for a connection, and for the next bytes of an answer.
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0


class RefusalError(Exception):
    """An address or a copy does not give what is wanted; the text says why."""


class UnreachableError(RefusalError):
    """Nobody answered: other addresses of the same host need not be tried now."""

    def __init__(self, host: str, reason: str) -> None:
        self.host = host
        super().__init__(f"{host} cannot be reached ({reason})")


class Transport(Protocol):
    """Something that can bring the bytes of an address."""

    def host(self, url: str) -> str:
        """Name of the host that an address needs."""

    def fetch(self, url: str, target: Path, progress: BytesHad) -> None:
        """Write what an address delivers.

        Parameters
        ----------
        url : str
            The address.
        target : pathlib.Path
            An empty file, or an empty folder where the address is one of a folder; may be left
            half-written after an error.
        progress : callable
            Told of every piece.

        Raises
        ------
        RefusalError
            If it does not deliver, with the reason.
        """


def transport_for(url: str) -> Transport:
    """Choose the transport of an address by its scheme."""
    scheme = url.partition(":")[0]
    if scheme in ("http", "https"):
        from acne04.fetch.http import HttpTransport

        return HttpTransport()
    if scheme in ("gdrive", "gdrive-folder"):
        # gdown takes long to import and is not needed for a copy that is already there.
        from acne04.fetch.drive import GoogleDriveTransport

        return GoogleDriveTransport()
    raise RefusalError(f"no transport for addresses of the kind {scheme}:")


def place_of(url: str) -> Path | None:
    """Give the place on this machine that a ``file:`` address names; None for other addresses.

    >>> place_of("file:upstream/standin/Detection.tar").as_posix()
    'upstream/standin/Detection.tar'
    """
    scheme, _, rest = url.partition(":")
    return Path(unquote(rest.removeprefix("//"))) if scheme == "file" else None


@contextmanager
def progress_bar(name: str) -> Iterator[BytesHad]:
    """Tell how many bytes of a file or a source there are."""
    with Progress(name, unit="bytes") as progress:
        yield progress.reach
