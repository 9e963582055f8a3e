"""Write a stream to a file and hash it on the way: no second read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from acne04.core.hashing import CHUNK_BYTES, Digest

#: Told of every piece written, in bytes.
Written = Callable[[int], None]


def write_hashed(stream: IO[bytes], target: Path, written: Written) -> Digest:
    """Write a stream to a new file, folders made as needed.

    Parameters
    ----------
    stream : binary file
        Read to its end.
    target : pathlib.Path
        Must not exist.
    written : callable
        Told of every piece.

    Returns
    -------
    Digest
        Of the bytes written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as output:
        while chunk := stream.read(CHUNK_BYTES):
            output.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            written(len(chunk))
    return Digest(size, digest.hexdigest())
