"""The format ``webdataset``: tar files in which what belongs together has one name."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from acne04.export.planned import ExportedImage, PlannedFile, Reader, Selection, Shard
from acne04.export.records import record
from acne04.export.shards import shards_of


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the shards of each part."""
    for part in selection.parts:
        for number, images in enumerate(shards_of(part.images, selection.shard_bytes)):
            about = [_members(image) for image in images]
            text = json.dumps([[name, text.decode()] for each in about for name, text in each])
            yield Shard(
                f"{part.folder}-{number:06}.tar",
                hashlib.sha256(text.encode()).hexdigest(),
                images,
                _Writer(images),
            )


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the name of an image in its shard."""
    return image.name


class _Writer:
    """Writes one shard: plain GNU tar, no times, no owners."""

    def __init__(self, images: tuple[ExportedImage, ...]) -> None:
        self._images = images

    def __call__(self, target: Path, read: Reader) -> None:
        """Write it to a path."""
        with tarfile.open(
            target, "w", format=tarfile.GNU_FORMAT, encoding="utf-8", errors="strict"
        ) as archive:
            for image in self._images:
                for name, content in ((image.name, read(image)), *_members(image)):
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))


def _members(image: ExportedImage) -> list[tuple[str, bytes]]:
    """Give what stands beside an image: its grade as a class, and all that is known of it."""
    grade = image.sample.grade
    about = json.dumps(record(image), ensure_ascii=False)
    members = [] if grade is None else [(f"{image.stem}.cls", f"{grade}".encode())]
    return [*members, (f"{image.stem}.json", about.encode())]
