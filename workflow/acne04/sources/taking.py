"""Make of a near miss what is wanted: checked first, then put in its place, nothing overwritten."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from acne04.core.errors import Acne04Error, SourceError, UsageError
from acne04.core.files import staged_file, staged_folder
from acne04.core.hashing import CHUNK_BYTES, files_below
from acne04.core.sources import DeliveryFile, Source
from acne04.fetch.acceptance import MAX_TOTAL_BYTES
from acne04.fetch.archive import extract
from acne04.fetch.causes import RefusalError
from acne04.fetch.delivery import check_delivered
from acne04.fetch.pins import Expectation
from acne04.fetch.promised_contents import check_promised
from acne04.sources.near_misses import NearMiss, Way, member_of


def take(
    miss: NearMiss, source: Source, file: DeliveryFile, target: Path, expectation: Expectation
) -> None:
    """Take a near miss for a file; what it was made from stays, but for a file that is renamed.

    Raises
    ------
    UsageError
        If something lies at `target`, or the near miss cannot be taken.
    SourceError
        If it turns out to be something else: then nothing is changed.
    """
    if miss.hindrance or target.exists():
        reason = miss.hindrance or f"{target} is there already"
        raise UsageError(miss.names, f"cannot be taken: {reason}", done="nothing changed")
    try:
        if miss.way is Way.MOVE:
            _check(miss.places[0], source, file, expectation)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(miss.places[0], target)
        elif source.delivery.kind == "folder":
            with staged_folder(target) as staging:
                _join(miss.places, staging, file.name)
                _check(staging, source, file, expectation)
        else:
            with staged_file(target) as staging:
                _MAKERS[miss.way](miss, staging, file)
                _check(staging, source, file, expectation)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise _no(miss, file, f"{type(error).__name__}: {error}") from error


def _check(place: Path, source: Source, file: DeliveryFile, expectation: Expectation) -> None:
    """Check what is to become a file, as a copy of that name is checked, and its content."""
    try:
        delivered = check_delivered(source, file, place, file.path, expectation)
    except RefusalError as refusal:
        raise SourceError(
            str(place),
            f"not what is wanted as {file.path}",
            found=str(refusal),
            done="nothing changed",
            remedy="get it again from its page",
        ) from refusal
    if source.delivery.kind != "files":
        check_promised(source, delivered)


def _unpack(miss: NearMiss, staging: Path, _: DeliveryFile) -> None:
    size = 0
    with gzip.open(miss.places[0]) as stream, staging.open("wb") as output:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > MAX_TOTAL_BYTES:
                raise OSError("more than an archive may hold")
            output.write(chunk)


def _pack(miss: NearMiss, staging: Path, _: DeliveryFile) -> None:
    folder = miss.places[0]
    _pack_files(folder, staging, f"{folder.name}/")


def _join_to_tar(miss: NearMiss, staging: Path, file: DeliveryFile) -> None:
    with tempfile.TemporaryDirectory(prefix=".joined.", dir=staging.parent) as scratch:
        _join(miss.places, Path(scratch), "")
        _pack_files(Path(scratch), staging, "")


def _extract(miss: NearMiss, staging: Path, file: DeliveryFile) -> None:
    member = member_of(miss.places[0], file.name)
    with (
        zipfile.ZipFile(miss.places[0]) as bundle,
        bundle.open(member) as stream,
        staging.open("wb") as output,
    ):
        shutil.copyfileobj(stream, output, CHUNK_BYTES)


def _join(bundles: tuple[Path, ...], folder: Path, top: str) -> None:
    """Unpack zips into one folder; what lies below a folder named `top` in all comes out of it."""
    for bundle in bundles:
        extract(bundle, folder, lambda _: None)
    inside = [entry for entry in folder.iterdir() if entry.name.casefold() == top.casefold()]
    if top and len(inside) == 1 and len(list(folder.iterdir())) == 1:
        aside = inside[0].rename(folder / f".{top}.outer")
        for entry in sorted(aside.iterdir()):
            entry.rename(folder / entry.name)
        aside.rmdir()


def _pack_files(folder: Path, target: Path, prefix: str) -> None:
    """Pack the files of a folder: the same files give the same bytes, on any machine, any day."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in files_below(folder):
            info = tarfile.TarInfo(prefix + path)
            info.size = (folder / path).stat().st_size
            info.mode = 0o644
            with (folder / path).open("rb") as stream:
                archive.addfile(info, stream)


_MAKERS: dict[Way, Callable[[NearMiss, Path, DeliveryFile], None]] = {
    Way.UNPACK: _unpack,
    Way.PACK: _pack,
    Way.JOIN: _join_to_tar,
    Way.EXTRACT: _extract,
}


def _no(miss: NearMiss, file: DeliveryFile, reason: str) -> Acne04Error:
    return SourceError(
        miss.names,
        f"cannot be made into {file.path}",
        found=reason,
        done="nothing changed",
        remedy="get it again from its page",
    )
