"""What the schema lets pass and a reader should know: once a field, not once a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from acne04.validate.problems import Problem, printable

_NUMBERS = {"images": ("id", "height", "width"), "annotations": ("id", "image_id", "radius")}
_OTHERS = {"images": ("file_name",), "annotations": ("coordinates", "class_name")}
DOCUMENTED_CLASS = "acne"


def spelling_problems(kind: str, records: list[Any], broken: set[int]) -> Iterator[Problem]:
    """Find unknown fields, integers spelled 12.0, and class names that nobody documents.

    Parameters
    ----------
    kind : {"images", "annotations"}
        Array of the file.
    records : list
        Its records.
    broken : set of int
        Positions of the records that break the schema: they are passed over.
    """
    sound = {i: record for i, record in enumerate(records) if i not in broken}
    yield from _unknown_fields(kind, sound)
    yield from _fractions(kind, sound)
    if kind == "annotations":
        yield from _class_names(sound)


def _unknown_fields(kind: str, records: dict[int, Any]) -> Iterator[Problem]:
    shapes = Counter(map(tuple, records.values()))
    known = {*_NUMBERS[kind], *_OTHERS[kind]}
    for field in sorted({field for shape in shapes for field in shape} - known):
        yield _once(
            "unknown-field",
            (kind, next(i for i, record in records.items() if field in record)),
            printable(field),
            sum(count for shape, count in shapes.items() if field in shape),
        )


def _fractions(kind: str, records: dict[int, Any]) -> Iterator[Problem]:
    columns = {field: [r[field] for r in records.values()] for field in _NUMBERS[kind]}
    for field, values in columns.items():
        spelled = Counter(map(type, values))[float]
        if spelled:
            first = next(i for i, record in records.items() if type(record[field]) is float)
            yield _once("number-spelling", (kind, first, field), f"{field} as a float", spelled)
    if kind == "annotations":
        centres = [record["coordinates"] for record in records.values()]
        if float in set(map(type, chain.from_iterable(centres))):
            spelled = sum(float in map(type, centre) for centre in centres)
            first = next(i for i, r in records.items() if float in map(type, r["coordinates"]))
            place = (kind, first, "coordinates")
            yield _once("number-spelling", place, "coordinates as floats", spelled)


def _class_names(records: dict[int, Any]) -> Iterator[Problem]:
    names = [record.get("class_name", DOCUMENTED_CLASS) for record in records.values()]
    for name, count in sorted(Counter(names).items()):
        if name != DOCUMENTED_CLASS:
            first = next(i for i, r in records.items() if r.get("class_name") == name)
            place = ("annotations", first, "class_name")
            yield _once("class-name", place, printable(name), count)


def _once(check: str, place: tuple[str | int, ...], what: str, count: int) -> Problem:
    times = "in this record alone" if count == 1 else f"in {count} records, of which the first"
    return Problem(check, place, f"{what}, {times}")
