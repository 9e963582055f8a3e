"""Bring the bytes of an address: one small interface, one class a kind of address.

A transport tries once, and goes on where an earlier try ended. Trying again is `retries.persist`,
choosing among mirrors and judging what has come is `delivery`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from acne04.fetch.causes import RefusalError
from acne04.fetch.partial_download import PartialDownload

#: Takes the bytes had so far, and the bytes in all where they are known.
BytesHad = Callable[[int, int | None], None]

#: Seconds to wait for a connection, and for the next bytes of an answer.
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0


class Listed(NamedTuple):
    """A file of a folder: its path below the folder, and the address that delivers it alone."""

    path: str
    url: str


class Transport(Protocol):
    """Something that can bring the bytes of an address."""

    def host(self, url: str) -> str:
        """Name of the host that an address needs."""

    def go_on(
        self, url: str, partial: PartialDownload, progress: BytesHad, *, is_known: bool
    ) -> None:
        """Bring what is missing of a file, in one try.

        Parameters
        ----------
        url : str
            The address of a file.
        partial : PartialDownload
            What there is of it; locked. Whole at the end, `partial.place` holds it.
        progress : callable
            Told of every piece.
        is_known : bool
            Whether its hash is known: then bytes of two answers need no other proof that they
            belong together.

        Raises
        ------
        RefusalError
            If it does not deliver, with the cause. What has come stays.
        """

    def files_of(self, url: str) -> list[Listed]:
        """List the files of the address of a folder, by path; raises RefusalError."""


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
