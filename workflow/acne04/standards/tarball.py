"""Images of a source as one tar whose bytes depend on nothing but theirs.

Croissant knows files and archives, not folders. Where an upstream delivers a folder, or names that
collide, its images are described as the archive that this module makes of ``data/raw/<source>``:
each under its canonical name, which no other image has. Nobody need keep it:

    python -m acne04.standards.tarball acnedit --to acnedit.tar
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from acne04.core import tables
from acne04.core.errors import Acne04Error, SourceError, UnavailableError
from acne04.core.files import staged_file
from acne04.core.hashing import Digest, digest_file
from acne04.core.printing import say_aside


def member_name(path: str, image_id: str) -> str:
    """Give the name in the archive of an image.

    >>> member_name("acnedit/levle3_generated/8681afb0.jpg", "8681afb0~ea65b341.jpg")
    'levle3_generated/8681afb0~ea65b341.jpg'
    """
    return "/".join([*path.split("/")[1:-1], image_id])


def write(raw: Path, names: Mapping[str, str], stream: IO[bytes] | io.RawIOBase) -> None:
    """Write the archive: plain GNU tar, members by name, no times, no owners.

    Parameters
    ----------
    raw : pathlib.Path
        The folder ``data/raw``.
    names : mapping of str to str
        Path below `raw` to image_id, of the images to pack.
    stream : binary file
        Where to write.

    Raises
    ------
    UnavailableError
        If an image is not there.
    """
    members = sorted((member_name(path, image_id), path) for path, image_id in names.items())
    with tarfile.open(
        fileobj=stream, mode="w|", format=tarfile.GNU_FORMAT, encoding="utf-8"
    ) as archive:
        for member, path in members:
            try:
                content = (raw / path).read_bytes()
            except FileNotFoundError:
                raise UnavailableError(
                    str(raw / path), "no such image", remedy="`dvc checkout`, or `dvc pull`"
                ) from None
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def digest(raw: Path, names: Mapping[str, str], sha256: Mapping[str, str]) -> Digest:
    """Give size and SHA-256 of the archive, without keeping it.

    Parameters
    ----------
    raw, names
        As for `write`.
    sha256 : mapping of str to str
        Path to the SHA-256 that the inventory has of it.

    Raises
    ------
    UnavailableError
        If an image is not there.
    SourceError
        If an image is not the one of the inventory; all are named.
    """
    hashing = _Hashing()
    write(raw, names, hashing)
    others = [path for path in sorted(names) if digest_file(raw / path).sha256 != sha256[path]]
    if others:
        raise SourceError(
            str(raw),
            "images are not those of the inventory: " + ", ".join(others),
            remedy="remove them; then `dvc checkout`",
        )
    return Digest(hashing.size, hashing.sha256.hexdigest())


class _Hashing(io.RawIOBase):
    """A file that is hashed as it is written, and then forgotten."""

    def __init__(self) -> None:
        self.size = 0
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.size += len(piece)
        self.sha256.update(piece)
        return len(piece)


def main(words: Sequence[str] | None = None) -> int:
    """Make the archive of one source of this checkout, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m acne04.standards.tarball", description=__doc__)
    parser.add_argument("source", help="key of the source in workflow/sources.yaml")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the tar")
    parser.add_argument("--raw", type=Path, default=Path("data/raw"), metavar="FOLDER")
    parser.add_argument("--names", type=Path, default=Path("data/groups/names.csv"), metavar="FILE")
    arguments = parser.parse_args(words)
    try:
        table = tables.read(arguments.names, "names")
        names = {
            path: image_id
            for path, image_id in zip(table["path"], table["image_id"], strict=True)
            if path.startswith(f"{arguments.source}/")
        }
        with staged_file(arguments.to) as staging, staging.open("wb") as stream:
            write(arguments.raw, names, stream)
    except Acne04Error as error:
        say_aside(*str(error).split("\n"))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
