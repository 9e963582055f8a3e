"""Write files so that a reader sees the old bytes or the new ones, never half of them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


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
