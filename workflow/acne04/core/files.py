"""Write files so that a reader sees the old bytes or the new ones, never half of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def staged_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`, and rename it onto `target` at the end.

    On an error the temporary file is removed and `target` stays as it was. A process that is
    killed leaves at most a file named ``.<name>.<random>.part``, which nothing reads.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    staging = Path(name)
    try:
        yield staging
        staging.chmod(0o644)
        staging.replace(target)
    finally:
        staging.unlink(missing_ok=True)


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """Give an empty temporary folder beside `target`, and put it in `target`'s place at the end.

    An existing `target` is replaced as a whole: whether it may be is for the caller to know. On an
    error it stays as it was; a process that is killed leaves the old folder, none or the new one,
    never a part of one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    staging, retired = scratch / "new", scratch / "old"
    staging.mkdir()
    try:
        yield staging
        for path in [staging, *staging.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        if target.exists():
            target.replace(retired)
        staging.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 with LF line ends, atomically."""
    with staged_file(target) as staging:
        staging.write_bytes(text.encode("utf-8"))
