"""Respellings: what other tools make of the name of an image, undone step by step.

Each is tried only on a name that nobody has, and is named in a finding where it finds an image:
somebody who publishes on a split wants to know that names were taken for others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

#: What Roboflow appends to a file's name: its extension again and a hash of the copy.
_ROBOFLOW = re.compile(r"_(jpe?g|png|bmp|webp)\.rf\.[0-9A-Za-z]{8,40}(?=\.|$)", re.IGNORECASE)
#: What browsers, file managers and editors append to the stem of a copy.
_COPY = re.compile(r"(?: ?\(\d{1,3}\)| ?- ?[Cc]opy| copy(?: \d+)?)(?=\.[^.]*$|$)")
_LEVEL = re.compile(r"\b(?:level|lever|leve1)(?=\d)", re.IGNORECASE)
_TWICE = re.compile(r"(\.(?:jpe?g|png))+(?=\.(?:jpe?g|png)$)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:jpe?g|png|bmp|gif|tiff?|webp|avif)$", re.IGNORECASE)
_ZEROS = re.compile(r"_0+(?=\d)")


def _from_address(name: str) -> str:
    parts = urlsplit(name)
    # "C:/x" and names with a colon are no addresses; a query behind a path is none of a name.
    return parts.path if parts.scheme in ("http", "https", "file", "s3", "gs") else name


def _without_query(name: str) -> str:
    return re.sub(r"[?#][^/]*$", "", name)


#: What it is called, and what undoes it; in the order in which they are undone.
RESPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("an address", _from_address),
    ("a query behind the name", _without_query),
    ("characters as %XX", unquote),
    ("Roboflow's .rf.<hash>", lambda name: _ROBOFLOW.sub(r"", name)),
    ("the mark of a copy", lambda name: _COPY.sub("", name)),
    ("the extension twice", lambda name: _TWICE.sub("", name)),
    ("level for levle", lambda name: _LEVEL.sub("levle", name)),
    ("zeros before the number", lambda name: _ZEROS.sub("_", name)),
    ("another extension", lambda name: _EXTENSION.sub("", name)),
)


def undone(name: str) -> Iterator[tuple[str, str]]:
    """Give a name with ever more respellings undone, and what all of these are called.

    Examples
    --------
    >>> list(undone("https://h.org/a/level0_1%20(1).jpg?raw=1"))[-2][0]
    '/a/levle0_1.jpg'
    >>> list(undone("levle0_1_jpg.rf.0a1b2c3d4e5f.jpg"))[0]
    ('levle0_1.jpg', "Roboflow's .rf.<hash>")
    """
    called: list[str] = []
    for what, undo in RESPELLINGS:
        plain = undo(name)
        if plain != name:
            name = plain
            called.append(what)
            yield name, ", ".join(called)
