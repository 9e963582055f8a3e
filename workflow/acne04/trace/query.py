"""What a user means by a path, a name or a hash."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from acne04.core.errors import Acne04Error
from acne04.samples.image_lookup import ImageLookup
from acne04.trace.artifact import trace_artifact, trace_member
from acne04.trace.checkout_records import LEDGER, V2, Records
from acne04.trace.image import record_at, trace_circle, trace_image

#: Hexadecimal digits from which on a beginning of a SHA-256 is taken for one.
LEAST_DIGITS = 8
_HASH = re.compile(rf"[0-9a-fA-F]{{{LEAST_DIGITS},64}}")
#: Names, or hashes, that an error lists.
_NEAREST = 5


def traces(records: Records, asked: str) -> list[dict[str, Any]]:
    """Trace all that has this path, name or hash.

    Raises
    ------
    Acne04Error
        If nothing has it, with the nearest names; or a hash begins with it in several ways.
    UnavailableError
        If what is needed to tell is not here.
    """
    ledger = records.ledger
    file, mark, pointer = asked.partition("#")
    if mark and Path(file).name == V2:
        return [_at_pointer(records, asked, pointer)]
    path = _as_recorded(records, asked)
    if path in ledger.files:
        return [trace_artifact(records, path)]
    folders = {source.folder: source.listing for source in ledger.sources}
    if path in folders:
        return [trace_artifact(records, folders[path])]
    if path == LEDGER:
        raise Acne04Error(asked, "the ledger itself: it records all others", remedy="`dvc status`")
    if images := _lookup(records).find(path.removeprefix("data/raw/")):
        return [trace_image(records, image) for image in images]
    if _listed(records, path.removeprefix("data/raw/")):
        return [trace_member(records, path.removeprefix("data/raw/"))]
    if _HASH.fullmatch(asked):
        return _by_hash(records, asked.lower())
    raise _unknown(records, asked)


def _as_recorded(records: Records, asked: str) -> str:
    """Give a path of this machine as the ledger has it; a name stays as it is."""
    # Not `resolve`, which would follow the link to DVC's cache that a file may be.
    absolute, data = (Path(os.path.abspath(path)) for path in (asked, records.data))  # noqa: PTH100
    if Path(asked).is_absolute() or absolute.exists():
        if absolute.is_relative_to(data):
            return ("data" / absolute.relative_to(data)).as_posix()
        if absolute.is_relative_to(data.parent):
            return absolute.relative_to(data.parent).as_posix()
    return Path(asked).as_posix()


def _lookup(records: Records) -> ImageLookup:
    return ImageLookup(
        [row["path"] for row in records.inventory],
        {row["path"]: row["image_id"] for row in records.groups},
    )


def _listed(records: Records, path: str) -> bool:
    key, _, member = path.partition("/")
    listings = [source.listing for source in records.ledger.sources if source.key == key]
    return any(records.rows(listing, "listing", "path", (member,)) for listing in listings)


def _at_pointer(records: Records, asked: str, pointer: str) -> dict[str, Any]:
    record = record_at(records, pointer)
    if record is None:
        document = records.annotations or {"annotations": [], "images": []}
        raise Acne04Error(
            asked,
            "the annotation file has no such record",
            expected=f"/annotations/0 to /annotations/{len(document['annotations']) - 1}, "
            f"or /images/0 to /images/{len(document['images']) - 1}",
            found=pointer or "no pointer",
        )
    if pointer.startswith("/annotations/"):
        return trace_circle(records, pointer, record)
    name = record.get("file_name") if isinstance(record, dict) else None
    real = [r["path"] for r in records.inventory if r["name"] == name and r["origin"] == "real"]
    if not real:
        raise _unknown(records, str(name))
    return trace_image(records, real[0])


def _by_hash(records: Records, digits: str) -> list[dict[str, Any]]:
    images = [row for row in records.inventory if row["sha256"].startswith(digits)]
    files = records.ledger.files.items()
    artifacts = {path: file.sha256 for path, file in files if file.sha256.startswith(digits)}
    listed = {
        f"{source.key}/{row['path']}": row["sha256"]
        for source in records.ledger.sources
        for row in records.table(source.listing, "listing")
        if row["sha256"].startswith(digits)
    }
    # A delivered archive is no file here: the listing stands for what was in it.
    archives = {
        source.listing: row["sha256"]
        for source in records.ledger.sources
        for row in records.rows(source.pins, "pins", "version", (source.pins_version,))
        if row["sha256"].startswith(digits) and row["sha256"] not in listed.values()
    }
    hashes = sorted(
        {
            *archives.values(),
            *artifacts.values(),
            *listed.values(),
            *(row["sha256"] for row in images),
        }
    )
    if not hashes:
        raise _unknown(records, digits)
    if len(hashes) > 1:
        raise Acne04Error(
            digits,
            "several hashes begin with these digits",
            found=", ".join(hashes[:_NEAREST]) + (", ..." if len(hashes) > _NEAREST else ""),
            remedy="give more digits",
        )
    paths = {row["path"] for row in images}
    return (
        [trace_image(records, path) for path in sorted(paths)]
        + [trace_member(records, path) for path in sorted(set(listed) - paths)]
        + [trace_artifact(records, path) for path in sorted({*artifacts, *archives})]
    )


def _unknown(records: Records, asked: str) -> Acne04Error:
    near = _lookup(records).nearest(asked, records.ledger.files)
    return Acne04Error(
        asked,
        "nothing here has that path, name or hash",
        found=f"the nearest: {', '.join(near)}" if near else "nothing like it, either",
        remedy="give a path, an image_id, the name of an image, at least "
        f"{LEAST_DIGITS} digits of a SHA-256, or {V2}#/annotations/N",
    )
