"""Lay a delivery down as a folder of plain files, hashing while writing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acne04.core.errors import SourceError
from acne04.core.hashing import Digest
from acne04.core.sources import Source
from acne04.fetch.archive import extract
from acne04.fetch.pins import Delivered
from acne04.fetch.transports import Progress
from acne04.fetch.writing import Written, write_hashed


def land(
    source: Source, delivered: list[Delivered], folder: Path, progress: Progress
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
