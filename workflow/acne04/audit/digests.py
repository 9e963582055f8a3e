"""Hash many files at once: SHA-256, which proves, and MD5, by which DVC names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from acne04.core.hashing import CHUNK_BYTES
from acne04.core.processors import available_processors

#: Files that a thread takes at once: handing over one by one costs more than hashing a small file.
_BATCH = 64


class Digests(NamedTuple):
    """Size in bytes, and both digests of a file, in hexadecimal."""

    size: int
    sha256: str
    md5: str


def hash_files(paths: Sequence[Path]) -> list[Digests | None]:
    """Hash files with as many threads as there are processors; each file is read once.

    Returns
    -------
    list of Digests or None
        In the order of `paths`; None where there is no file that can be read.
    """
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(available_processors()) as pool:
        return [found for batch in pool.map(_hash_batch, batches) for found in batch]


def digest_of(read: Callable[[int], bytes]) -> Digests:
    """Hash what a function gives, in pieces of so many bytes, up to an empty one."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    while chunk := read(CHUNK_BYTES):
        sha256.update(chunk)
        md5.update(chunk)
        size += len(chunk)
    return Digests(size, sha256.hexdigest(), md5.hexdigest())


def _hash_batch(paths: Sequence[Path]) -> list[Digests | None]:
    return [_hash_file(path) for path in paths]


def _hash_file(path: Path) -> Digests | None:
    try:
        # Without the layers of open(), which take longer than a small file.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return digest_of(lambda size: os.read(descriptor, size))
        finally:
            os.close(descriptor)
    except OSError:
        return None
