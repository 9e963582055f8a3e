"""Digests of files, and the files below a folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from acne04.core.files import open_regular

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


def files_below(folder: Path) -> list[str]:
    """List the files below a folder: POSIX paths relative to it, sorted by code point."""
    # os.walk: a tenth of the time of Path.rglob, which makes a Path of everything it meets.
    root = os.fspath(folder)
    start = len(root) + 1
    return sorted(
        f"{parent}/{name}"[start:] for parent, _, names in os.walk(root) for name in names
    )
