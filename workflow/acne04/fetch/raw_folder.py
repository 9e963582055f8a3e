"""The folder of ``data/raw`` that a delivery becomes.

It replaces nothing but what an earlier fetch laid down: what else lies there may be somebody's
data. An earlier fetch is known by the listing beside it. Where there is none (a run was killed
before it was written, or a workflow removed it to have it made anew) the files must lie where those
of the delivery do.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from acne04.core import tables
from acne04.core.errors import SchemaError, SourceError, UsageError
from acne04.core.hashing import Digest, files_below
from acne04.core.sources import Source
from acne04.fetch.archive import Written, extract, write_hashed
from acne04.fetch.pins import Delivered
from acne04.fetch.transports import BytesHad

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


def land(
    source: Source, delivered: list[Delivered], folder: Path, progress: BytesHad
) -> list[dict[str, Any]]:
    """Fill an empty folder with what was delivered.

    An archive gives its members, a folder the files below it, single files themselves by name.

    Returns
    -------
    list of dict
        Records of the table ``listing``: dataset, path, size (bytes), sha256.
    """
    digests: dict[str, Digest] = {}
    total = sum(file.digest.size for file in delivered)
    done = 0

    def written(size: int) -> None:
        nonlocal done
        done += size
        progress(done, total)

    if source.delivery.kind == "archive":
        for file in delivered:
            digests |= extract(file.place, folder, written)
    else:
        for file in delivered:
            path = landing_path(source, file.path)
            digests[path] = _copy(file, folder / path, written)
    return [
        {"dataset": source.dataset, "path": path, **digest._asdict()}
        for path, digest in digests.items()
    ]


def landing_path(source: Source, path: str) -> str:
    """Say where a delivered file, known by its pinned path, lands; not for archives."""
    for entry in source.delivery.files:
        if path == entry.path:
            return entry.name
    return path.removeprefix(f"{source.delivery.files[0].path}/")


def _kind(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    return pure.parent.as_posix(), pure.suffix


def _copy(file: Delivered, target: Path, written: Written) -> Digest:
    with file.place.open("rb") as stream:
        digest = write_hashed(stream, target, written)
    if digest != file.digest:
        raise SourceError(
            str(file.place),
            "changed while it was being copied",
            expected=f"sha256 {file.digest.sha256}",
            found=f"sha256 {digest.sha256}",
            done="nothing written",
            remedy="run again when nobody writes there",
        )
    return digest


def _refused(folder: Path, what: str, found: str) -> UsageError:
    return UsageError(
        f"--output {folder}",
        what,
        expected="a new or an empty folder, or one that an earlier fetch of this source wrote",
        found=found,
        done="nothing touched",
        remedy="name another folder, or move away what lies there",
    )
