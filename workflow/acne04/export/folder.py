"""Write the folder of an export: beside its place, and put there when it is whole.

All is written to ``<FOLDER>.part``. A process that is killed leaves that, and the same command goes
on with it: files get their name when they are whole, so that what has its name is used again.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from acne04.core import documents
from acne04.core.errors import Acne04Error, UnavailableError, UsageError
from acne04.core.files import staged_file
from acne04.core.hashing import digest_file, files_below
from acne04.core.progress import Progress
from acne04.export.image_store import ImageStore
from acne04.export.planned import DataFile, ExportedImage, ImageFile, PlannedFile, Shard

#: Says what an export is; a folder that has it is one.
MARKER = "export.json"
SCHEMA = "export.schema.json"


def size_of(file: PlannedFile) -> int:
    """Give about how many bytes a file will have; of a turned image those of the original."""
    if isinstance(file, DataFile):
        return len(file.content)
    images = (file.image,) if isinstance(file, ImageFile) else file.images
    return sum(_size_of_image(image) for image in images)


def _size_of_image(image: ExportedImage) -> int:
    form = image.re_encoding
    # A photograph of such a quality takes two bits a pixel.
    return form.width * form.height // 4 if form else int(image.row["size"])


def content_of(folder: Path) -> str | None:
    """Give what an export's marker says of its content; None where the folder is no export."""
    try:
        content: str = documents.read(folder / MARKER, SCHEMA)["content"]
    except (Acne04Error, OSError, ValueError, KeyError, TypeError):
        return None
    return content


def is_whole(folder: Path, files: Sequence[PlannedFile]) -> bool:
    """Tell whether a finished export still has all its files."""
    return all((folder / file.path).is_file() for file in files)


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """Give the folder that is written to, for this process alone.

    Raises
    ------
    UsageError
        If something else lies there.
    UnavailableError
        If another process writes there.
    """
    part = target.with_name(f"{target.name}.part")
    if part.is_symlink() or (part.exists() and not _is_ours(part)):
        raise UsageError(
            str(part),
            "needed for what is not finished, but something else lies there",
            done="nothing written",
            remedy="move it away, or export to another folder",
        )
    part.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(part, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableError(
                str(part),
                "another `acne04 export` writes there",
                done="nothing written",
                remedy="wait for it, or export to another folder",
            ) from None
        yield part
    finally:
        os.close(descriptor)


def _is_ours(part: Path) -> bool:
    if not part.is_dir():
        return False
    # A process that is killed at its very start leaves nothing, or half a marker.
    begun = all(entry.name.startswith(f".{MARKER}.") for entry in part.iterdir())
    return begun or content_of(part) is not None


def write(
    part: Path,
    files: Sequence[PlannedFile],
    folders: Sequence[str],
    store: ImageStore,
    links: bool,
) -> None:
    """Write all files into the unfinished folder, the marker first.

    What is there already and right is used again; what belongs to no file is removed.

    Raises
    ------
    SourceError
        If images are not those of the manifest; all are named.
    """
    marker = next(file for file in files if file.path == MARKER)
    if content_of(part) not in (None, content_of_marker(marker)):
        # Left by another call: nothing of it may get into this export.
        for entry in part.iterdir():
            _remove(entry)
    _write_data(part, marker)
    _remove_strangers(part, {file.path for file in files})
    for folder in (*folders, *sorted({str(PurePosixPath(file.path).parent) for file in files})):
        (part / folder).mkdir(parents=True, exist_ok=True)
    total = sum(map(size_of, files))
    with Progress("exporting", total, "bytes") as progress:
        for file in files:
            _write_one(part, file, store, links)
            progress.add(size_of(file))
    if store.damaged:
        raise store.refusal()


def content_of_marker(marker: PlannedFile) -> str | None:
    """Give the digest that a marker, which is not yet written, says."""
    assert isinstance(marker, DataFile)
    content: str = json.loads(marker.content)["content"]
    return content


def _write_one(part: Path, file: PlannedFile, store: ImageStore, links: bool) -> None:
    if isinstance(file, DataFile):
        if file.path != MARKER:
            _write_data(part, file)
    elif isinstance(file, ImageFile):
        _write_image(part, file, store, links)
    else:
        _write_shard(part, file, store)


def _write_data(part: Path, file: PlannedFile) -> None:
    assert isinstance(file, DataFile)
    with staged_file(part / file.path) as staging:
        staging.write_bytes(file.content)


def _write_image(part: Path, file: ImageFile, store: ImageStore, links: bool) -> None:
    target, image = part / file.path, file.image
    if links and not image.is_written_anew:
        if store.is_sound(image):
            _link(target, store.images / image.sample.path)
        return
    if image.re_encoding and target.is_file() and not target.is_symlink():
        # It has its name, so it is whole; of this very export, as the marker says.
        return
    is_copied = not image.is_turned and target.is_file() and not target.is_symlink()
    if is_copied and digest_file(target).sha256 == image.sample.sha256:
        return
    content = store.exported(image)
    if content is not None:
        with staged_file(target) as staging:
            staging.write_bytes(content)


def _link(target: Path, source: Path) -> None:
    """Link relatively: folder and images may be moved together."""
    origin = Path(os.path.realpath(source.parent), source.name)
    leads_to = os.path.relpath(origin, os.path.realpath(target.parent))
    if target.is_symlink() and str(target.readlink()) == leads_to:
        return
    _remove(target)
    target.symlink_to(leads_to)


def _write_shard(part: Path, file: Shard, store: ImageStore) -> None:
    target = part / file.path
    if target.is_file():
        return
    # All of them are looked at, so that all that are damaged are told.
    verdicts = [store.is_sound(image) for image in file.images]
    if all(verdicts):
        with staged_file(target) as staging:
            file.write(staging, store.required)


def _remove_strangers(part: Path, ours: set[str]) -> None:
    """Remove what a killed process left half-written."""
    for path in files_below(part):
        if path not in ours:
            _remove(part / path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def put_in_place(part: Path, target: Path) -> None:
    """Give the finished folder its name; an export that lies there goes."""
    retired = target.with_name(f"{target.name}.old.part")
    if target.is_dir() and any(target.iterdir()):
        if retired.exists():
            shutil.rmtree(retired)
        target.replace(retired)
    elif target.is_dir():
        target.rmdir()
    part.replace(target)
    with suppress(FileNotFoundError):
        if content_of(retired) is not None:
            shutil.rmtree(retired)
