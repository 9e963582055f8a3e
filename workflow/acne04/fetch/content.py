"""Tell from its bytes whether a file can be what it is said to be.

A quota page of Google Drive arrives with status 200 and would be kept under the name of the file
that was asked for; a cut download has the right beginning. Both show here, also where no hash is
known.
"""

from __future__ import annotations

import re
import tarfile
import zipfile
from pathlib import Path

HEAD_BYTES = 4096
TAR_BLOCK_BYTES = 512

_KINDS = {
    "tar": "a tar archive",
    "zip": "a zip archive",
    "jpeg": "a JPEG image",
    "json": "a JSON document",
    "jsonl": "a file of JSON lines",
}


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
