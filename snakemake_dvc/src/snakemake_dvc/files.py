"""Write files so that a reader sees the old bytes or the new ones, never half; read files only."""

from __future__ import annotations

import os
import secrets
import stat
from io import BufferedReader
from pathlib import Path

from snakemake_dvc.errors import BridgeError


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading; whoever reads a pipe or a device may wait for ever.

    Raises
    ------
    BridgeError
        If it is no regular file.
    """
    # Without this flag the opening itself waits for somebody who writes to the pipe.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise BridgeError(
            str(path), "no regular file (a folder, a pipe or a device)", done="nothing read"
        )
    return stream


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 with LF line ends, atomically."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    # The umask may take away more: `tempfile` would not ask it.
    handle = os.open(staging, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
        staging.replace(target)
    finally:
        staging.unlink(missing_ok=True)
