"""The form of a document: what breaks the JSON Schema, and what a reader of it should know."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from acne04.core.findings import FindingKind
from acne04.core.progress import Progress
from acne04.core.schemas import load_schema
from acne04.validate import catalogue
from acne04.validate.problems import PlacedProblem, Steps, printable

SCHEMA = "annotations.schema.json"
_LIMITS = {
    "minimum": "at least {limit}: ",
    "maximum": "at most {limit}: ",
    "minItems": "no fewer than {limit} items: ",
    "maxItems": "no more than {limit} items: ",
    "minLength": "at least {limit} character: ",
    # What `not` excludes, the description says.
    "not": "",
}
_NUMBERS = {"images": ("id", "height", "width"), "annotations": ("id", "image_id", "radius")}
_OTHERS = {"images": ("file_name",), "annotations": ("coordinates", "class_name")}
DOCUMENTED_CLASS = "acne"


def structure_problems(document: Any) -> list[PlacedProblem]:
    """List every breach of the schema, one problem each, in the order of the document."""
    with Progress("check", _count_records(document), "records") as progress:
        return _breaches(document, _Remembering(progress))


def _count_records(document: Any) -> int:
    arrays = document.values() if isinstance(document, dict) else ()
    return sum(len(array) for array in arrays if isinstance(array, list))


def _breaches(document: Any, once: _Remembering) -> list[PlacedProblem]:
    problems: dict[tuple[Steps, str, str], PlacedProblem] = {}
    mistyped: set[Steps] = set()
    keywords = {"properties": once.properties, "items": once.items}
    remembering = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, keywords
    )
    for error in remembering(load_schema(SCHEMA)).iter_errors(document):
        steps: Steps = tuple(error.absolute_path)
        # What is of the wrong type breaks other rules too: that is one problem, not several.
        if steps in mistyped:
            continue
        if error.validator == "type":
            mistyped.add(steps)
        kind = catalogue.SCHEMA_RULES[str(error.validator)]
        for expected in _rules(error):
            # A missing key is found in the record: quoting all of the record would hide it.
            found = _keys(error.instance) if error.validator in ("required", "anyOf") else None
            problem = PlacedProblem(kind, steps, found, expected)
            problems.setdefault((steps, kind.name, expected), problem)
    return list(problems.values())


class _Remembering:
    """Keywords that judge each distinct number or text only once.

    Whether such a value follows a subschema depends on the value alone, and a large file holds
    few distinct ones: the verdicts are those of the plain validator, in half the time.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._passed: set[tuple[int, type, object]] = set()

    def properties(
        self, validator: Any, properties: dict[str, Any], instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        """Judge the values of an object (keyword ``properties``)."""
        if validator.is_type(instance, "object"):
            for name, subschema in properties.items():
                if name in instance:
                    yield from self._judge(validator, instance[name], subschema, name)

    def items(
        self, validator: Any, subschema: dict[str, Any], instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        """Judge the elements of an array (keyword ``items``, without ``prefixItems``)."""
        if validator.is_type(instance, "array"):
            for index, value in enumerate(instance):
                yield from self._judge(validator, value, subschema, index)

    def _judge(
        self, validator: Any, value: Any, subschema: dict[str, Any], step: str | int
    ) -> Iterator[ValidationError]:
        kind = type(value)
        if kind is dict or kind is list:
            if kind is dict:
                self._progress.add()
            yield from validator.descend(value, subschema, path=step)
            return
        key = (id(subschema), kind, value)
        if key not in self._passed:
            errors = list(validator.descend(value, subschema, path=step))
            if not errors:
                self._passed.add(key)
            yield from errors


def _rules(error: ValidationError) -> list[str]:
    """Put the broken rule into words, followed by what the schema says about the place."""
    limit: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        record: Any = error.instance
        return [f"a key {key}" for key in limit if key not in record]
    if error.validator == "anyOf":
        return ["a key " + " or ".join(key for choice in limit for key in choice["required"])]
    meaning = schema.get("title") or schema["description"]
    if error.validator == "type" and error.instance in (math.inf, -math.inf):
        # A number beyond float64, such as 1e400, may well be an integer.
        return [f"{_kind(limit)} of at most 16 digits: {meaning}"]
    if error.validator == "type":
        return [f"{_kind(limit)}: {meaning}"]
    return [f"{_LIMITS[str(error.validator)].format(limit=limit)}{meaning}"]


def _kind(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(f"an {name}" if name[0] in "aio" else f"a {name}" for name in names)


def _keys(instance: Any) -> str:
    return "the keys " + printable(", ".join(instance)) if instance else "no key"


def spelling_problems(kind: str, records: list[Any], broken: set[int]) -> Iterator[PlacedProblem]:
    """Find unknown fields, integers spelled 12.0, and class names that nobody documents.

    The schema lets them pass; they are told once a field, not once a record.

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


def _unknown_fields(kind: str, records: dict[int, Any]) -> Iterator[PlacedProblem]:
    shapes = Counter(map(tuple, records.values()))
    known = {*_NUMBERS[kind], *_OTHERS[kind]}
    for field in sorted({field for shape in shapes for field in shape} - known):
        yield _once(
            catalogue.UNKNOWN_FIELD,
            (kind, next(i for i, record in records.items() if field in record)),
            printable(field),
            sum(count for shape, count in shapes.items() if field in shape),
        )


def _fractions(kind: str, records: dict[int, Any]) -> Iterator[PlacedProblem]:
    columns = {field: [r[field] for r in records.values()] for field in _NUMBERS[kind]}
    for field, values in columns.items():
        spelled = Counter(map(type, values))[float]
        if spelled:
            first = next(i for i, record in records.items() if type(record[field]) is float)
            yield _once(
                catalogue.NUMBER_SPELLING, (kind, first, field), f"{field} as a float", spelled
            )
    if kind == "annotations":
        centres = [record["coordinates"] for record in records.values()]
        if float in set(map(type, chain.from_iterable(centres))):
            spelled = sum(float in map(type, centre) for centre in centres)
            first = next(i for i, r in records.items() if float in map(type, r["coordinates"]))
            place = (kind, first, "coordinates")
            yield _once(catalogue.NUMBER_SPELLING, place, "coordinates as floats", spelled)


def _class_names(records: dict[int, Any]) -> Iterator[PlacedProblem]:
    names = [record.get("class_name", DOCUMENTED_CLASS) for record in records.values()]
    for name, count in sorted(Counter(names).items()):
        if name != DOCUMENTED_CLASS:
            first = next(i for i, r in records.items() if r.get("class_name") == name)
            place = ("annotations", first, "class_name")
            yield _once(catalogue.CLASS_NAME, place, printable(name), count)


def _once(kind: FindingKind, place: tuple[str | int, ...], what: str, count: int) -> PlacedProblem:
    times = "in this record alone" if count == 1 else f"in {count} records, of which the first"
    return PlacedProblem(kind, place, f"{what}, {times}")
