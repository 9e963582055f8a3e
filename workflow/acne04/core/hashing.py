"""Digests of files, and the files below a folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from acne04.core.errors import SourceError, UnavailableError
from acne04.core.files import open_regular, read_bytes

CHUNK_BYTES = 1 << 20


class Digest(NamedTuple):
    """Size in bytes and SHA-256 in hexadecimal of one file."""

    size: int
    sha256: str


def digest_file(path: Path) -> Digest:
    """Hash a file in pieces of `CHUNK_BYTES`; raises as `acne04.core.files.open_regular` does."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(open_regular(path), "rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Digest(size, digest.hexdigest())


def read_image_as_recorded(path: Path, sha256: str) -> bytes:
    """Read an image of the inventory.

    Raises
    ------
    UnavailableError
        If it is not there.
    SourceError
        If its bytes are not those that the inventory tells of.
    """
    try:
        data = read_bytes(path)
    except FileNotFoundError:
        raise UnavailableError(
            str(path),
            "an image of the inventory is not there",
            done="nothing written",
            remedy="fetch the source again, or `dvc pull`",
        ) from None
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SourceError(
            str(path),
            "other bytes than the inventory says",
            expected=f"sha256 {sha256}",
            found=f"sha256 {found}",
            done="nothing written",
            remedy="run `acne04 scan` again",
        )
    return data


def files_below(folder: Path) -> list[str]:
    """List the files below a folder: POSIX paths relative to it, sorted by code point."""
    # os.walk: a tenth of the time of Path.rglob, which makes a Path of everything it meets.
    root = os.fspath(folder)
    start = len(root) + 1
    return sorted(
        f"{parent}/{name}"[start:] for parent, _, names in os.walk(root) for name in names
    )
