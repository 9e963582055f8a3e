"""Write files so that a reader sees the old bytes or the new ones, never half; read files only."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.core.folder_locks import held

#: Flags of an opening that neither waits (a pipe without a writer) nor translates line ends.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
#: What may be done with a file and a folder of ours, where the umask allows it: these are faces.
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


def open_regular(path: Path) -> int:
    """Open a file for reading; give its descriptor, which the caller closes.

    Raises
    ------
    FileNotFoundError
        If there is none.
    UnavailableError
        If it cannot be opened, or is no file but a folder, a pipe, a device: whoever reads those
        may wait for ever.
    """
    try:
        descriptor = os.open(path, _READING)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnavailableError(str(path), f"cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnavailableError(str(path), "no regular file (a folder, a pipe or a device)")
    return descriptor


def read_bytes(path: Path) -> bytes:
    """Read a whole file; raises as `open_regular` does."""
    with open(open_regular(path), "rb") as stream:
        return stream.read()


@contextmanager
def staged_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`, and rename it onto `target` at the end.

    On an error the temporary file is removed and `target` stays as it was. A process that is
    killed leaves at most a file named ``.<name>.<random>.part``, which nothing reads.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = _beside(target)
    os.close(os.open(staging, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE_MODE))
    mode = staging.stat().st_mode & _FILE_MODE
    try:
        yield staging
        staging.chmod(mode)
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
    scratch = _beside(target)
    scratch.mkdir(0o700)
    staging, retired = scratch / "new", scratch / "old"
    staging.mkdir(_FOLDER_MODE)
    mode = staging.stat().st_mode & _FOLDER_MODE
    # While it is locked, `remove_stale_folders` sees that somebody works in it.
    with held(scratch):
        try:
            yield staging
            for path in [staging, *staging.rglob("*")]:
                path.chmod(mode if path.is_dir() else mode & _FILE_MODE)
            if target.exists():
                target.replace(retired)
            staging.replace(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def remove_stale_folders(target: Path) -> None:
    """Remove what processes left beside `target` that died in `staged_folder`; none that lives."""
    for scratch in sorted(target.parent.glob(f".{glob.escape(target.name)}.????????.part")):
        if scratch.is_dir() and not scratch.is_symlink():
            with held(scratch) as is_ours:
                if is_ours:
                    shutil.rmtree(scratch, ignore_errors=True)


def _beside(target: Path) -> Path:
    """Name a temporary path that nobody else has; `tempfile` would not ask the umask."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 with LF line ends, atomically."""
    with staged_file(target) as staging:
        staging.write_bytes(text.encode("utf-8"))
