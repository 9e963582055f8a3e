"""Judge an archive's table of contents before a byte of it is written."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from acne04.fetch.names import name_problem

#: The real archives hold about 1,500 members of at most 10 MB.
MAX_MEMBERS = 50_000
MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 32 * 2**30

MemberKind = Literal["file", "folder", "link", "device or pipe", "sparse or unknown entry"]


@dataclass(frozen=True)
class Member:
    """An entry of a table of contents.

    Attributes
    ----------
    name : str
        As the archive spells it.
    kind : str
        What it wants to be.
    size : int
        Bytes, uncompressed, as the archive states them.
    entry : tarfile.TarInfo or zipfile.ZipInfo
        What the reader needs to open it.
    """

    name: str
    kind: MemberKind
    size: int
    entry: Any = None

    @property
    def path(self) -> str:
        """Name without ``./`` and doubled slashes; Unicode form and case as spelt."""
        return PurePosixPath(self.name).as_posix()


def contents_problems(members: Sequence[Member]) -> list[str]:
    """Say of a table of contents all that forbids extracting it; names by code point.

    >>> contents_problems([Member("a.jpg", "file", 9), Member("A.jpg", "file", 9)])
    ["'A.jpg', 'a.jpg': one name on some file systems"]
    """
    problems = [] if any(member.kind == "file" for member in members) else ["holds no file"]
    for member in members:
        reason = name_problem(member.name) if member.path != "." else ""
        if reason:
            problems.append(f"{member.name!r}: {reason}")
        if member.kind not in ("file", "folder"):
            problems.append(f"{member.name!r}: is a {member.kind}")
        if member.size > MAX_FILE_BYTES:
            problems.append(f"{member.name!r}: {member.size:,} bytes, more than {MAX_FILE_BYTES:,}")
    problems += _name_clashes([m.path for m in members if m.kind != "folder"])
    total = sum(member.size for member in members)
    if len(members) > MAX_MEMBERS:
        problems.insert(0, f"more than {MAX_MEMBERS:,} members")
    if total > MAX_TOTAL_BYTES:
        problems.insert(0, f"{total:,} bytes in all, more than {MAX_TOTAL_BYTES:,}")
    return problems


def _name_clashes(paths: Sequence[str]) -> list[str]:
    """Name files that would overwrite one another, or stand where a folder must be."""
    problems = [
        f"{path!r}: {n} members of this name" for path, n in Counter(paths).items() if n > 1
    ]
    alike: dict[str, set[str]] = {}
    for path in paths:
        alike.setdefault(unicodedata.normalize("NFC", path).casefold(), set()).add(path)
    for spellings in alike.values():
        if len(spellings) > 1:
            names = ", ".join(map(ascii, sorted(spellings)))
            problems.append(f"{names}: one name on some file systems")
    parents = {
        unicodedata.normalize("NFC", parent.as_posix()).casefold()
        for path in paths
        for parent in PurePosixPath(path).parents
    }
    problems += [
        f"{path!r}: both a file and a folder"
        for form, spellings in alike.items()
        if form in parents
        for path in spellings
    ]
    return sorted(problems)
