"""Images that came, went or changed, and the circles of Acne04-v2."""

from __future__ import annotations

from collections.abc import Iterator

from acne04.diff.change import Change, Section, many
from acne04.diff.reading import Reader, Row

IMAGES = "data/inventory/images.csv"
ANNOTATED, LESIONS = "data/annotations/images.csv", "data/annotations/lesions.csv"
#: Columns whose change is told by itself, in the words for it.
_TOLD = {"sha256": "bytes", "grade": "grade", "lesions_v1": "number of lesions"}


def sections(reader: Reader) -> Iterator[Section]:
    """Compare the inventories, and the annotations."""
    reader.fetch((IMAGES, ANNOTATED, LESIONS))
    if reader.differs(IMAGES):
        before, after = (by(rows, "path") for rows in reader.table(IMAGES, "inventory"))
        yield Section("Images", tuple(_images(before, after)))
    yield Section("Annotations", tuple(_annotations(reader)))


def by(rows: list[Row], *columns: str) -> dict[str, Row]:
    """Give the rows by what some columns hold."""
    return {" ".join(row[column] for column in columns): row for row in rows}


def _images(before: dict[str, Row], after: dict[str, Row]) -> Iterator[Change]:
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    places = {before[path]["sha256"]: path for path in sorted(gone)}
    moved = {path: places[after[path]["sha256"]] for path in new if after[path]["sha256"] in places}
    yield from many("added", "images", new - moved.keys())
    yield from many("removed", "images", gone - set(moved.values()))
    yield from many(
        "moved", "images, the same bytes elsewhere", (f"{b} -> {a}" for a, b in moved.items())
    )
    both = before.keys() & after.keys()
    for column, word in _TOLD.items():
        changed = (path for path in both if before[path][column] != after[path][column])
        yield from many("changed", word, (_told(path, column, before, after) for path in changed))
    others = {column for row in (*before.values(), *after.values()) for column in row}
    for column in sorted(others - _TOLD.keys() - {"dataset", "md5", "size"}):
        names = (p for p in both if before[p].get(column, "") != after[p].get(column, ""))
        yield from many("changed", f"column {column} of the inventory", names)


def _told(path: str, column: str, before: dict[str, Row], after: dict[str, Row]) -> str:
    if column == "sha256":
        return path
    values = (side[path][column] or "none" for side in (before, after))
    return f"{path}: {' -> '.join(values)}"


def _annotations(reader: Reader) -> Iterator[Change]:
    for path, schema, key, noun in (
        (ANNOTATED, "annotated", ("file_name",), "annotated images"),
        (LESIONS, "lesions", ("file_name", "annotation_id"), "circles"),
    ):
        if not reader.differs(path):
            continue
        before, after = (by(rows, *key) for rows in reader.table(path, schema))
        yield from many("added", noun, after.keys() - before.keys())
        yield from many("removed", noun, before.keys() - after.keys())
        both = before.keys() & after.keys()
        yield from many("changed", noun, (k for k in both if before[k] != after[k]))
