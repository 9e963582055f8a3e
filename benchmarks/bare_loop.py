"""The floor of a scan: read each file once, hash it (sha256, md5), decode images scaled down.

Usage: python benchmarks/bare_loop.py SIDE < NAMES_OF_IMAGES_THEN_EMPTY_LINE_THEN_OTHER_FILES
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image


def bare_loop(images: Iterable[Path], others: Iterable[Path], side: int) -> None:
    """Read, hash and decode; `side` is the least number of pixels of a decoded image's side."""
    for path in images:
        with Image.open(io.BytesIO(_read_and_hash(path))) as image:
            image.draft("L", (side, side))
            image.load()
    for path in others:
        _read_and_hash(path)


def _read_and_hash(path: Path) -> bytes:
    data = path.read_bytes()
    hashlib.sha256(data).hexdigest()
    hashlib.md5(data, usedforsecurity=False).hexdigest()
    return data


if __name__ == "__main__":
    first, _, second = sys.stdin.buffer.read().decode().partition("\n\n")
    bare_loop(map(Path, first.splitlines()), map(Path, second.splitlines()), int(sys.argv[1]))
