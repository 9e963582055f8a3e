"""Extract an archive from strangers: nothing outside its folder, nothing but files, nothing huge.

The table of contents is judged as a whole before a byte is written: all problems are named at once.
"""

from __future__ import annotations

import hashlib
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from acne04.core.errors import SourceError
from acne04.core.hashing import CHUNK_BYTES, Digest
from acne04.fetch.acceptance import MAX_MEMBERS, ArchiveMember, MemberKind, contents_problems

SHOWN_PROBLEMS = 20

#: Told of every piece written, in bytes.
Written = Callable[[int], None]


def extract(archive: Path, folder: Path, written: Written) -> dict[str, Digest]:
    """Extract a tar or zip into an empty folder.

    Parameters
    ----------
    archive : pathlib.Path
        A plain tar, or a zip.
    folder : pathlib.Path
        Empty; after an error its content is undefined.
    written : callable
        Told of every piece, in bytes.

    Returns
    -------
    dict of str to Digest
        Digest of each file, by its path below `folder`. Folders without files are not made.

    Raises
    ------
    SourceError
        If a member would do harm, or the archive is damaged.
    """
    digests = {}
    with _opened(archive) as reader:
        for member in _harmless_members(archive, reader):
            if member.kind == "file":
                with reader.open(member) as stream:
                    digests[member.path] = write_hashed(stream, folder / member.path, written)
                if digests[member.path].size != member.size:
                    raise _harmful(archive, [f"{member.name}: not as long as stated"])
    return digests


def read_members(archive: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each file of an archive, with its bytes where they are wanted.

    Nothing is written; a table of contents that forbids extracting is refused as by `extract`.
    """
    with _opened(archive) as reader:
        for member in _harmless_members(archive, reader):
            if member.kind == "file":
                body = b""
                if wanted(member.path):
                    with reader.open(member) as stream:
                        body = stream.read()
                yield member.path, body


def write_hashed(stream: IO[bytes], target: Path, written: Written) -> Digest:
    """Write a stream to a new file, folders made as needed, and hash it: no second read.

    Parameters
    ----------
    stream : binary file
        Read to its end.
    target : pathlib.Path
        Must not exist.
    written : callable
        Told of every piece.

    Returns
    -------
    Digest
        Of the bytes written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as output:
        while chunk := stream.read(CHUNK_BYTES):
            output.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            written(len(chunk))
    return Digest(size, digest.hexdigest())


def _harmless_members(archive: Path, reader: _Tar | _Zip) -> list[ArchiveMember]:
    """Give the whole table of contents, or refuse it."""
    members = list(reader.members(MAX_MEMBERS + 1))
    problems = contents_problems(members)
    if problems:
        raise _harmful(archive, problems)
    return members


class _Tar:
    """A plain tar archive."""

    def __init__(self, path: Path) -> None:
        self.tar = tarfile.open(path, "r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115

    def members(self, most: int) -> Iterator[ArchiveMember]:
        """Read the table of contents, at most so many entries of it."""
        for number, info in enumerate(self.tar):
            if number == most:
                return
            yield ArchiveMember(info.name, _tar_kind(info), info.size, info)

    def open(self, member: ArchiveMember) -> IO[bytes]:
        """Open a member that is a file."""
        stream = self.tar.extractfile(member.entry)
        if stream is None:
            raise tarfile.ReadError(f"{member.name} cannot be read")
        return stream

    def close(self) -> None:
        """Close the archive."""
        self.tar.close()


class _Zip:
    """A zip archive."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)

    def members(self, most: int) -> Iterator[ArchiveMember]:
        """Read the table of contents, at most so many entries of it."""
        for info in self.zip.infolist()[:most]:
            # `filename` is cut at a NUL byte; what the archive says is `orig_filename`.
            yield ArchiveMember(info.orig_filename, _zip_kind(info), info.file_size, info)

    def open(self, member: ArchiveMember) -> IO[bytes]:
        """Open a member that is a file; it gives no more bytes than stated."""
        return self.zip.open(member.entry)

    def close(self) -> None:
        """Close the archive."""
        self.zip.close()


def _tar_kind(info: tarfile.TarInfo) -> MemberKind:
    if info.isdir():
        return "folder"
    if info.issym() or info.islnk():
        return "link"
    if info.ischr() or info.isblk() or info.isfifo():
        return "device or pipe"
    return "file" if info.isreg() and not info.issparse() else "sparse or unknown entry"


def _zip_kind(info: zipfile.ZipInfo) -> MemberKind:
    form = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 1:
        return "sparse or unknown entry"
    if form == stat.S_IFLNK:
        return "link"
    if form in (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK):
        return "device or pipe"
    return "folder" if info.is_dir() else "file"


@contextmanager
def _opened(archive: Path) -> Iterator[_Tar | _Zip]:
    try:
        # Not by `zipfile.is_zipfile`: a tar that ends with a zip would count as one.
        with archive.open("rb") as stream:
            reader = _Zip(archive) if stream.read(2) == b"PK" else _Tar(archive)
        try:
            yield reader
        finally:
            reader.close()
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
    ) as error:
        raise SourceError(
            str(archive),
            f"a damaged archive, or of a kind that is not read here ({error})",
            done="nothing written",
            remedy=f"remove {archive} and run again, or put a whole copy there",
        ) from error


def _harmful(archive: Path, problems: Sequence[str]) -> SourceError:
    shown = list(problems[:SHOWN_PROBLEMS])
    if len(problems) > SHOWN_PROBLEMS:
        shown.append(f"and {len(problems) - SHOWN_PROBLEMS:,} more")
    return SourceError(
        str(archive),
        "this archive is not extracted",
        expected="files and folders with relative names, each once, of bounded number and size",
        found=("\n" + " " * 12).join(shown),
        done="nothing written",
        remedy="do not use it; get it again from its producer, and tell them if it stays so",
    )
