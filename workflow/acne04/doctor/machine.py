"""Checks of the machine: disk, memory, processors, and what its file system keeps."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from acne04.core.processes import available_processors
from acne04.doctor.surroundings import Surroundings
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch

#: Bytes of memory under which a run of the whole data has been seen to swap.
LEAST_MEMORY = 2 * 1024**3
#: Where a delivery lies in a run that is over: as fetched, unpacked, and in DVC's cache.
_COPIES = ("upstream", "data/raw", ".dvc/cache")
#: Bytes beside that: tables, logs, what a rename needs.
_REST = 200_000_000
_CGROUP = Path("/sys/fs/cgroup/memory.max")
_FOREIGN = ("nfs", "cifs", "smb", "fuse", "9p", "lustre", "beegfs")


def _disk(around: Surroundings) -> Evidence:
    delivered, unknown = 0, 0
    for key, source in around.sources.items():
        sizes = [file.size for file in source.delivery.files]
        if around.pinned.get(key):
            delivered += around.pinned[key]
        else:
            delivered += sum(size or 0 for size in sizes)
            unknown += sum(size is None for size in sizes)
    there = sum(min(_size_of(Path(place)), delivered) for place in _COPIES)
    needed = len(_COPIES) * delivered - there + _REST
    free = shutil.disk_usage(".").free
    told = f"{_gigabytes(free)} free, {_gigabytes(needed)} needed"
    if unknown:
        told += f", and what {unknown} files take whose size nobody has published"
    wrong = Mismatch(str(Path.cwd()), f"{_gigabytes(needed)} free", _gigabytes(free))
    return Evidence(told, (wrong,) if free < needed else ())


def _size_of(folder: Path) -> int:
    files = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    return sum(file.lstat().st_size for file in files)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"


def _memory(_: Surroundings) -> Evidence:
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        raise Impossible("this system does not say how much memory it has") from None
    # A container may have less than its machine.
    limit = _CGROUP.read_text(encoding="ascii").strip() if _CGROUP.is_file() else ""
    memory = min(memory, int(limit)) if limit.isdigit() else memory
    processors = available_processors()
    told = f"{processors} processor{'' if processors == 1 else 's'}, {_gigabytes(memory)} of memory"
    wrong = Mismatch("memory", f"{_gigabytes(LEAST_MEMORY)} or more", _gigabytes(memory))
    return Evidence(told, (wrong,) if memory < LEAST_MEMORY else ())


def _writable(_: Surroundings) -> Evidence:
    places = [place for place in (Path(), Path("data"), Path(".dvc")) if place.is_dir()]
    problems = []
    for place in places:
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            found = str(error.strerror)
            problems.append(Mismatch(str(place), "a folder that can be written to", found))
    return Evidence(", ".join(map(str, places)).replace(".,", "the checkout,"), tuple(problems))


def _file_system(_: Surroundings) -> Evidence:
    try:
        with tempfile.TemporaryDirectory(dir=".", prefix=".doctor-", suffix=".part") as name:
            problems = tuple(_not_kept(Path(name)))
    except OSError as error:
        raise Impossible(f"nothing can be tried: {error.strerror} ({Path.cwd()})") from None
    kind = _kind_of(Path.cwd())
    return Evidence(f"locks, links and names in upper and lower case, on {kind}", problems)


def _not_kept(folder: Path) -> Iterator[Mismatch]:
    """Try what a run relies on, in an empty folder; yield what does not hold."""
    file = folder / "name"
    file.touch()
    with file.open("a") as first, file.open("a") as second:
        try:
            fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield Mismatch("flock", "a lock that one process holds", "two hold it at once")
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    yield Mismatch("flock", "a lock that one process holds", str(error.strerror))
        except OSError as error:
            yield Mismatch("flock", "locks", str(error.strerror))
    for word, make in (("symlink", os.symlink), ("link", os.link)):
        try:
            make(file.absolute(), folder / word)
        except OSError as error:
            yield Mismatch(word, "links to files", str(error.strerror))
    if (folder / "NAME").exists():
        yield Mismatch("names", "names that differ by case are two files", "they are one file")


def _kind_of(folder: Path) -> str:
    """Name the kind of file system that a folder lies on, where Linux tells it."""
    mounts = Path("/proc/self/mounts")
    best, kind = "", "a file system of unknown kind"
    if mounts.is_file():
        for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
            _, place, name, *_ = line.split(" ")
            inside = place == "/" or f"{folder}/".startswith(f"{place}/")
            if inside and len(place) >= len(best):
                best, kind = place, name
    return f"{kind}, which is on a network" if kind.startswith(_FOREIGN) else kind


CHECKS: tuple[Check[Surroundings], ...] = (
    Check(
        "writable",
        "A run that cannot write ends after its first stage.",
        True,
        "quick",
        "give yourself the right to write there, or clone the project to a place of your own",
        _writable,
    ),
    Check(
        "file-system",
        "Without locks two runs write at once; without links every copy is whole; where case does "
        "not count, two images become one file.",
        True,
        "quick",
        "clone the project onto a disk of this machine; DVC's cache may stay elsewhere "
        "(`dvc cache dir`)",
        _file_system,
    ),
    Check(
        "disk-space",
        "A run ends in the middle when the disk is full.",
        True,
        "quick",
        "make room, or clone to a bigger disk; `dvc gc --workspace` frees what no artifact needs",
        _disk,
    ),
    Check(
        "memory",
        "Without enough memory the system ends a stage without a word.",
        False,
        "quick",
        "run with fewer at once: `snakemake --cores 1`",
        _memory,
    ),
)
