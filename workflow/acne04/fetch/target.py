"""Replace nothing but what an earlier fetch laid down: what else lies there may be somebody's data.

An earlier fetch is known by the listing beside it. Where there is none (a run was killed before it
was written, or a workflow removed it to have it made anew) the files must lie where those of the
delivery do.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from acne04.core import tables
from acne04.core.errors import SchemaError, UsageError
from acne04.core.hashing import files_below

SHOWN_FILES = 5


def unlisted_files(folder: Path, listing: Path) -> list[str]:
    """List the files of the folder to be replaced that no listing knows, by code point.

    Raises
    ------
    UsageError
        If `folder` is a file or a link. Nothing is touched.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        found = "a link" if folder.is_symlink() else "a file"
        raise _refused(folder, "not a folder, so it is not replaced", found)
    present = files_below(folder)
    if not present or not listing.is_file():
        return present
    try:
        listed = set(tables.read(listing, "listing")["path"])
    except SchemaError:
        # Some other table: it says nothing about the folder.
        return present
    return [path for path in present if path not in listed]


def check_replaceable(folder: Path, unlisted: Iterable[str], delivery: Iterable[str]) -> None:
    """Refuse to replace files that no fetch of this source has made.

    Parameters
    ----------
    folder : pathlib.Path
        To be replaced.
    unlisted : iterable of str
        Those of its files that no listing knows.
    delivery : iterable of str
        Paths of the files that are about to be written.

    Raises
    ------
    UsageError
        If a file neither is one of the delivery nor lies in a folder of it, with an extension
        that files there have: another version of a source has other files of the same kind.
    """
    expected = set(delivery)
    kinds = {_kind(path) for path in expected if "/" in path}
    strangers = [path for path in unlisted if path not in expected and _kind(path) not in kinds]
    if strangers:
        shown = ", ".join(map(ascii, strangers[:SHOWN_FILES]))
        more = len(strangers) - SHOWN_FILES
        raise _refused(
            folder,
            "holds files that no fetch of this source makes, so it is not replaced",
            f"{shown} and {more:,} more" if more > 0 else shown,
        )


def _kind(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    return pure.parent.as_posix(), pure.suffix


def _refused(folder: Path, what: str, found: str) -> UsageError:
    return UsageError(
        f"--output {folder}",
        what,
        expected="a new or an empty folder, or one that an earlier fetch of this source wrote",
        found=found,
        done="nothing touched",
        remedy="name another folder, or move away what lies there",
    )
