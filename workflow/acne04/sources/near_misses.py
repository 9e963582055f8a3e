"""Files that are nearly the ones wanted: what browsers and people make of a name.

A second download is called ``Classification (1).tar``, one that is not done
``Classification.tar.crdownload``; a folder of Google Drive comes as zips of 2 GB each; and many
unpack at once what they get. Each is found by its name, and none is taken for what it says it is.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from acne04.core.sources import DeliveryFile, Kind

_UNFINISHED = (".crdownload", ".part", ".partial", ".download", ".opdownload", ".tmp")
#: What a browser or a file manager adds to a name that is taken.
_NUMBERED = r"(?: ?\(\d{1,3}\)|[-_ ]copy(?: \d{1,3})?|[ _-]\d{1,2})"
#: What Google adds to the name of a folder: the time, and the number of the part.
_PART = r"-\d{8}T\d{6}Z-(?:\d{1,3}-)?(\d{3})"
#: No more archives than this are looked into for a file.
_LOOKED_INTO = 20


class Way(StrEnum):
    """How a near miss becomes what is wanted."""

    MOVE = "move"
    UNPACK = "unpack"
    PACK = "pack"
    JOIN = "join"
    EXTRACT = "extract"
    WAIT = "wait"


@dataclass(frozen=True)
class NearMiss:
    """What lies there in place of a file.

    Attributes
    ----------
    places : tuple of pathlib.Path
        It, or its parts in their order.
    way : Way
        How it is taken.
    what : str
        What it is, as a noun phrase.
    hindrance : str
        Why it cannot be taken; empty where it can.
    """

    places: tuple[Path, ...]
    way: Way
    what: str
    hindrance: str = ""

    @property
    def names(self) -> str:
        """Its name, or the names of its parts."""
        return ", ".join(place.name for place in self.places)


def find_near_misses(
    file: DeliveryFile, kind: Kind, target: Path, folders: Sequence[Path]
) -> list[NearMiss]:
    """Look for what may be a file under another name.

    Parameters
    ----------
    file : DeliveryFile
        The one that is wanted.
    kind : {"archive", "folder", "files"}
        How its source is delivered.
    target : pathlib.Path
        Where it is to lie; nothing is there.
    folders : sequence of pathlib.Path
        Where to look; not below them.

    Returns
    -------
    list of NearMiss
        Those that can be taken first, by place.
    """
    found: list[NearMiss] = []
    for folder in dict.fromkeys(folders):
        if folder.is_dir():
            entries = [p for p in sorted(folder.iterdir()) if p != target and not p.is_symlink()]
            found += [miss for entry in entries if (miss := _by_name(file, kind, entry))]
            found += _bundles(file, entries)
    return sorted(found, key=lambda miss: (bool(miss.hindrance), miss.places))


def _by_name(file: DeliveryFile, kind: Kind, entry: Path) -> NearMiss | None:
    """Judge one entry of a folder by its name."""
    wanted, name = file.name.casefold(), entry.name.casefold()
    stem, suffix = PurePosixPath(wanted).stem, PurePosixPath(wanted).suffix
    alone = (entry,)
    if entry.is_dir() != (kind == "folder"):
        if kind == "archive" and entry.is_dir() and name == stem:
            return NearMiss(alone, Way.PACK, "the archive, unpacked")
        return None
    if name == wanted:
        same = entry.name == file.name
        return NearMiss(alone, Way.MOVE, "it, elsewhere" if same else "its name in other letters")
    if re.fullmatch(re.escape(stem) + _NUMBERED + re.escape(suffix), name):
        return NearMiss(alone, Way.MOVE, "a further download of it")
    for ending in _UNFINISHED:
        if re.fullmatch(re.escape(stem) + _NUMBERED + "?" + re.escape(suffix + ending), name):
            waiting = "a browser has not finished it"
            return NearMiss(alone, Way.WAIT, "the beginning of a download", waiting)
    if name in (f"{wanted}.gz", f"{stem}.tgz") and suffix == ".tar":
        return NearMiss(alone, Way.UNPACK, "it, compressed")
    return None


def _bundles(file: DeliveryFile, entries: Sequence[Path]) -> Iterator[NearMiss]:
    """Find the zips that a browser makes of a folder, and those that hold the file itself."""
    stem = PurePosixPath(file.name).stem
    zips = [entry for entry in entries if entry.suffix.lower() == ".zip" and entry.is_file()]
    pattern = re.compile(re.escape(stem) + rf"(?:{_PART})?\.zip", re.IGNORECASE)
    parts: dict[str, list[tuple[int, Path]]] = {}
    for entry in zips:
        match = pattern.fullmatch(entry.name)
        if match:
            number = int(match[1] or 1)
            series = re.sub(r"\d{3}\.zip$", "", entry.name) if match[1] else entry.name
            parts.setdefault(series, []).append((number, entry))
    for numbered in parts.values():
        numbers, places = zip(*sorted(numbered), strict=True)
        lacking = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
        hindrance = f"part {', '.join(map(str, lacking))} is missing" if lacking else ""
        what = "its folder, as a zip" if len(places) == 1 else f"its folder, in {len(places)} zips"
        yield NearMiss(places, Way.JOIN, what, hindrance)
    joined = {place for numbered in parts.values() for _, place in numbered}
    for entry in [entry for entry in zips if entry not in joined][:_LOOKED_INTO]:
        if member_of(entry, file.name):
            yield NearMiss((entry,), Way.EXTRACT, "a zip that holds it")


def member_of(bundle: Path, name: str) -> str:
    """Give the one member of a zip that has a name; empty where there is none, or several."""
    try:
        with zipfile.ZipFile(bundle) as reader:
            found = [m for m in reader.namelist() if PurePosixPath(m).name == name and m[-1] != "/"]
    except (zipfile.BadZipFile, OSError):
        return ""
    return found[0] if len(found) == 1 else ""
