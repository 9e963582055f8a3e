"""Acceptance of what strangers deliver: harmless names, bounded archives, bytes of their kind.

A quota page of Google Drive arrives with status 200 and would be kept under the name of the file
that was asked for; a cut download has the right beginning. Both show here, also where no hash is
known. An archive's table of contents is judged before a byte of it is written.
"""

from __future__ import annotations

import re
import tarfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

#: A part of a path: as much as ext4, APFS and NTFS keep.
NAME_BYTES = 255
#: The real archives hold about 1,500 members of at most 10 MB.
MAX_MEMBERS = 50_000
MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 32 * 2**30
#: So much of a file's beginning is looked at: a web page's title stands there.
HEAD_BYTES = 4096
#: A tar archive is a sequence of blocks of this size.
TAR_BLOCK_BYTES = 512

MemberKind = Literal["file", "folder", "link", "device or pipe", "sparse or unknown entry"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_KINDS = {
    "tar": "a tar archive",
    "zip": "a zip archive",
    "jpeg": "a JPEG image",
    "json": "a JSON document",
    "jsonl": "a file of JSON lines",
}


def name_problem(name: str) -> str:
    """Say why a name is not a harmless path below a folder.

    Parameters
    ----------
    name : str
        As an archive or an upstream's listing gives it, with forward slashes.

    Returns
    -------
    str
        The reason as a verb phrase; empty where there is none.

    >>> name_problem("Classification/JPEGImages/levle0_0.jpg")
    ''
    >>> name_problem("../secret"), name_problem("/etc/passwd")
    ('climbs out of its folder', 'is an absolute path')
    """
    path = PurePosixPath(name)
    if not path.parts:
        return "is no name"
    if _SURROGATE.search(name):
        return "is not UTF-8"
    if _CONTROL.search(name):
        return "holds a control character"
    if path.is_absolute() or re.match(r"[A-Za-z]:", name):
        return "is an absolute path"
    if "\\" in name:
        return "holds a backslash"
    if ".." in path.parts:
        return "climbs out of its folder"
    if any(len(part.encode("utf-8")) > NAME_BYTES for part in path.parts):
        return f"has a part of more than {NAME_BYTES} bytes"
    return ""


@dataclass(frozen=True)
class ArchiveMember:
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


def contents_problems(members: Sequence[ArchiveMember]) -> list[str]:
    """Say of a table of contents all that forbids extracting it; names by code point.

    >>> contents_problems([ArchiveMember(name, "file", 9) for name in ("a.jpg", "A.jpg")])
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


def why_not(path: Path, magic: str | None) -> str:
    """Say why a file cannot be of a kind.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.
    magic : {"tar", "zip", "jpeg", "json", "jsonl"} or None
        The kind; with None, only a web page is refused.

    Returns
    -------
    str
        The reason; empty where there is none.
    """
    size = path.stat().st_size
    head, tail = _ends(path, size)
    wanted = _KINDS[magic] if magic else "a file of data"
    page = web_page_title(head)
    if page is not None:
        return f"a web page ({page or 'without title'}), not {wanted}"
    if magic is None:
        return ""
    if size == 0:
        return f"an empty file, not {wanted}"
    if magic == "tar":
        return _why_no_tar(head, tail, size)
    if magic == "zip":
        good = zipfile.is_zipfile(path)
    elif magic == "jpeg":
        good = head.startswith(b"\xff\xd8\xff")
    else:
        opening, closing = (b"{[", b"}]") if magic == "json" else (b"{", b"}")
        good = _between(head, tail, opening, closing)
    return "" if good else f"not {wanted}, or only a part of one"


def web_page_title(head: bytes) -> str | None:
    """Give the title of a web page from its first bytes; None if they begin no web page.

    >>> web_page_title(b" <!DOCTYPE html><title>Quota  exceeded</title>")
    'Quota exceeded'
    >>> web_page_title(b"{}") is None
    True
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not re.match(rb"<!doctype\s+html|<html", text, re.IGNORECASE):
        return None
    title = re.search(rb"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return " ".join(title.group(1).decode("utf-8", "replace").split()) if title else ""


def _ends(path: Path, size: int) -> tuple[bytes, bytes]:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(max(0, size - 2 * TAR_BLOCK_BYTES))
        return head, stream.read()


def _why_no_tar(head: bytes, tail: bytes, size: int) -> str:
    try:
        tarfile.TarInfo.frombuf(head[:TAR_BLOCK_BYTES], "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        return f"not a plain tar archive ({error})"
    # Two blocks of zeros end a tar. Python takes one that was cut between two members for whole.
    if size % TAR_BLOCK_BYTES or tail.strip(b"\0"):
        return "a tar archive without its end: a download that was cut?"
    return ""


def _between(head: bytes, tail: bytes, opening: bytes, closing: bytes) -> bool:
    first, last = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1], tail.rstrip()[-1:]
    return bool(first) and bool(last) and first in opening and last in closing
