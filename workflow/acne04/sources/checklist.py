"""The checklist: every file of every source, and what to do about it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from acne04.core import tables
from acne04.core.errors import Acne04Error, SchemaError, UnavailableError
from acne04.core.hashing import Digest
from acne04.core.sources import (
    SET_ASIDE,
    STANDIN,
    DeliveryFile,
    Source,
    load_sources,
    pins_of,
    version_here,
)
from acne04.fetch.causes import RefusalError
from acne04.fetch.delivery import check_delivered, find_copy
from acne04.fetch.failures import browsable
from acne04.fetch.options import SOURCES, parameters_here, upstream_of
from acne04.fetch.partial_download import PartialDownload
from acne04.fetch.pins import Expectation, pinned, read_pins, stated
from acne04.fetch.transports import place_of
from acne04.sources.near_misses import NearMiss, find_near_misses

#: Columns of a terminal that the checklist takes; addresses and paths stay whole.
WIDTH = 80
RAW = Path("data/raw")
_OF_SOURCES = ("acne04 pin:", "acne04 fetch:", "acne04 restore:")


class State(StrEnum):
    """How it stands with a file."""

    HERE = "here"
    PARTLY = "partly"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True)
class Item:
    """A file of a source, as it stands.

    Attributes
    ----------
    source : Source
        Whose it is.
    file : DeliveryFile
        Which one.
    target : pathlib.Path
        Where it goes.
    state : State
        How it stands with it.
    pins : int
        How many pins there are of it.
    told : str
        What there is to say of it, in a sentence or more.
    near_misses : tuple of NearMiss
        What may be it, under another name.
    expectation : Expectation
        What it must be.
    options : str
        What a command that is to be about this dataset must be given, with a space before it.
    """

    source: Source
    file: DeliveryFile
    target: Path
    state: State
    pins: int
    told: str
    expectation: Expectation = field(repr=False)
    near_misses: tuple[NearMiss, ...] = ()
    options: str = ""

    @property
    def pages(self) -> list[str]:
        """Addresses that a person can open in a browser."""
        return [browsable(url) for url in self.file.urls if place_of(url) is None]

    @property
    def todo(self) -> str:
        """What to do next; empty where there is nothing to do."""
        key, more = self.source.key, self.options
        pin, fetch = f"acne04 pin {key}{more}", f"acne04 fetch {key}{more}"
        take = f"acne04 sources{more} --take"
        if self.state is State.HERE:
            return "" if self.pins else f"`{pin}`, or a run, pins it"
        if any(not miss.hindrance for miss in self.near_misses):
            return f"`{take}` takes what is nearly it"
        if self.source.dataset == STANDIN:
            return "`make run` draws the stand-in"
        verb = fetch if self.pins else pin
        if self.state is State.WRONG:
            return f"remove it and `{verb}`; where the new bytes are right: `{pin} --move`"
        if self.state is State.PARTLY:
            return f"`{verb}` goes on with it"
        return f"`{verb}`, or get it by hand"


@dataclass(frozen=True)
class Places:
    """Where the files of a dataset may lie.

    Attributes
    ----------
    upstream : pathlib.Path
        Its copies and downloads.
    pins : pathlib.Path
        Folder of its tables of pins.
    raw : pathlib.Path
        Folder of what has been fetched.
    besides : pathlib.Path or None
        A further folder to look for near misses in.
    options : str
        As of `Item`.
    """

    upstream: Path
    pins: Path
    raw: Path
    besides: Path | None = None
    options: str = ""


def checklist_here(dataset: str, origin: Path, places: Places) -> list[Item]:
    """Judge every file of every source of a dataset; see `checklist`."""
    sources = load_sources(origin, dataset)
    versions = {key: version_here(source, parameters_here) for key, source in sources.items()}
    return list(checklist(sources, origin, versions, places))


def checklist(
    sources: Mapping[str, Source], origin: Path, versions: Mapping[str, str], places: Places
) -> Iterator[Item]:
    """Judge every file of every source, in the order of ``sources.yaml``; nothing is changed.

    Parameters
    ----------
    sources : mapping of str to Source
        By key.
    origin : pathlib.Path
        The file that says so.
    versions : mapping of str to str
        Version under which each source is pinned.
    places : Places
        Where to look.
    """
    for key, source in sources.items():
        path = places.pins / f"{key}.csv"
        pins = read_pins(path, source, versions[key])
        of_rehearsal = read_pins(path, source, versions[key] + SET_ASIDE)
        expectation = pinned(pins, path, versions[key]) if pins else stated(source, origin)
        fetched = _fetched(source, pins or of_rehearsal, places.raw)
        for file in source.delivery.files:
            own = sum(_is_of(source, file, name) for name in pins)
            yield _item(source, file, expectation, own, places, fetched)


def _item(
    source: Source,
    file: DeliveryFile,
    expectation: Expectation,
    pins: int,
    places: Places,
    fetched: str,
) -> Item:
    target = places.upstream / file.path

    def item(state: State, told: str, near: Sequence[NearMiss] = ()) -> Item:
        near_misses, options = tuple(near), places.options
        return Item(source, file, target, state, pins, told, expectation, near_misses, options)

    try:
        copy = find_copy(source, file, places.upstream) or _local(file)
    except UnavailableError:
        # Several zips, which are near misses.
        copy = None
    if copy is not None:
        # An archive may lie there under a browser's name for it.
        beside = copy.parent == target.parent
        path = PurePosixPath(file.path).with_name(copy.name).as_posix() if beside else file.path
        try:
            delivered = check_delivered(source, file, copy, path, expectation)
        except RefusalError as refusal:
            return item(State.WRONG, f"{copy}: {refusal}")
        size = sum(one.digest.size for one in delivered)
        files = f"{len(delivered):,} files, " if len(delivered) > 1 else ""
        return item(State.HERE, f"{copy}: {files}{size:,} bytes")
    if fetched:
        return item(State.HERE, fetched)
    folders = [target.parent, places.upstream, *([places.besides] if places.besides else [])]
    near = find_near_misses(file, source.delivery.kind, target, folders)
    partly = _partly(file, places.upstream)
    return item(State.PARTLY if partly else State.MISSING, partly, near)


def _is_of(source: Source, file: DeliveryFile, name: str) -> bool:
    return (
        source.delivery.kind == "archive" or name == file.path or name.startswith(f"{file.path}/")
    )


def _local(file: DeliveryFile) -> Path | None:
    """Give the place on this machine that an address of a file names, where something is there."""
    places = (place_of(url) for url in file.urls)
    return next((place for place in places if place is not None and place.exists()), None)


def _partly(file: DeliveryFile, upstream: Path) -> str:
    for url in file.urls:
        partial = PartialDownload.of(upstream, file.path, url)
        files = sum(place.is_file() for place in (partial.folder / "files").rglob("*"))
        if files:
            return f"{files:,} files of it in {partial.folder}"
        if partial.size():
            total = partial.about().get("total")
            of = f" of {total:,}" if total else ""
            return f"{partial.size():,}{of} bytes of it in {partial.folder}"
    return ""


def _fetched(source: Source, pins: Mapping[str, Digest], raw: Path) -> str:
    """Say that a source has been fetched already, from wherever; empty where it has not.

    By names and sizes: what the bytes are, `acne04 audit` says.
    """
    folder, listing = raw / source.key, raw / f"{source.key}.csv"
    if not pins or not listing.is_file() or not folder.is_dir():
        return ""
    try:
        table = tables.read(listing, "listing")
    except SchemaError:
        return ""
    if len(table) == 0 or set(table["dataset"]) != {source.dataset}:
        return ""
    for path, size in zip(table["path"], table["size"], strict=True):
        place = folder / path
        if not place.is_file() or place.stat().st_size != int(size):
            return ""
    return f"{folder}: fetched, {len(table):,} files as listed"


def as_document(dataset: str, items: Sequence[Item]) -> dict[str, Any]:
    """Give the checklist as JSON."""
    return {
        "dataset": dataset,
        "files": [
            {
                "source": item.source.key,
                "path": item.file.path,
                "state": item.state.value,
                "pins": item.pins,
                "goes_to": item.target.as_posix(),
                "told": item.told,
                "next": item.todo,
                "terms": item.source.licence.name,
                "redistributable": item.source.licence.redistributable,
                "described_at": item.source.described_at,
                "pages": item.pages,
                "near_misses": [
                    {
                        "files": [place.as_posix() for place in miss.places],
                        "what": miss.what,
                        "way": miss.way.value,
                        "hindrance": miss.hindrance,
                    }
                    for miss in item.near_misses
                ],
            }
            for item in items
        ],
    }


def in_lines(items: Sequence[Item]) -> Iterator[str]:
    """Give the checklist for people: a source, its terms and page, then each of its files."""
    last = None
    for item in items:
        source = item.source
        if source.key != last:
            last = source.key
            passed_on = {"yes": "may be passed on", "no": "not to be passed on"}
            terms = passed_on.get(source.licence.redistributable, "unknown: not to be passed on")
            yield from _folded(f"{source.key}: {source.title}", 2)
            yield from _folded(f"  terms:  {source.licence.name} ({terms})", 10)
            yield f"  page:   {source.described_at}"
        yield from _of_item(item)
    counts = {state: sum(item.state is state for item in items) for state in State}
    told = ", ".join(f"{number} {state.value}" for state, number in counts.items() if number)
    yield ""
    yield f"sources: {len(items)} files, {told}"


def lines_after_failure(dataset: str, said: Sequence[str]) -> list[str]:
    """Give the whole checklist where a run has stopped for want of a source; else nothing.

    Parameters
    ----------
    dataset : str
        Which one the run is of.
    said : sequence of str
        What the jobs said that failed.
    """
    if dataset == STANDIN or not any(text.startswith(_OF_SOURCES) for text in said):
        return []
    upstream, pins = upstream_of(dataset), Path(pins_of(dataset, "any")).parent
    try:
        items = checklist_here(dataset, SOURCES, Places(upstream, pins, RAW))
    except (Acne04Error, OSError):
        # The reasons of the run come next, and this is not one of them.
        return []
    return [*in_lines(items), ""]


def _of_item(item: Item) -> Iterator[str]:
    standing = f"pins: {item.pins:,}" if item.pins else "not pinned"
    yield f"  {item.state.value.upper():<8}{item.file.path}, {standing}"
    for line in item.told.splitlines():
        yield f"{'':10}{line}"
    if item.state is not State.HERE:
        for page in item.pages:
            yield f"{'':10}from {page}"
        yield f"{'':10}to   {item.target}"
    for miss in item.near_misses:
        hindrance = f"; {miss.hindrance}" if miss.hindrance else ""
        yield from _folded(f"{'':10}near {miss.names}: {miss.what}{hindrance}", 15)
    if item.todo:
        yield from _folded(f"{'':10}next {item.todo}", 15)


def _folded(line: str, indent: int) -> list[str]:
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
