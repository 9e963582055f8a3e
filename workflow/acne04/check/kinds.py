"""Which check a file gets, by its place; each raises an error that lists every problem."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema

from acne04.core import parameters, tables, yaml_files
from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.sources import load_sources
from acne04.relations import decisions

Examine = Callable[[Path], object]


def kind_of(path: Path) -> Examine | None:
    """Find the check of a file; None for one that none is known of."""
    parent = path.parent.name
    if path.name in _BY_NAME:
        return _BY_NAME[path.name]
    if path.suffix == ".csv":
        return _TABLES.get(parent)
    if parent == "schemas" and path.suffix == ".json":
        return _table_schema if path.name.endswith(".table.json") else _schema
    return None


def _parameters(path: Path) -> None:
    parameters.check(_yaml(path), path)


def _sources(path: Path) -> None:
    # The file is checked as a whole, whichever dataset is asked for.
    load_sources(path, next(iter(_yaml(path)), ""))


def _pins(path: Path) -> None:
    tables.read(path, "pins", path.parent.parent.name)


def _expectations(path: Path) -> None:
    dataset = path.stem.removesuffix("_copies")
    tables.read(path, "expectations" if dataset == path.stem else "known_copies", dataset)


def _releases(path: Path) -> None:
    tables.read(path, "releases")


def _schema(path: Path) -> None:
    schema = _json(path)
    validator = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
    problems = [
        f"{error.json_path.replace('$', '', 1) or '/'}: {error.message}"
        for error in sorted(validator.iter_errors(schema), key=lambda e: list(map(str, e.path)))
    ]
    if path.name != parameters.SCHEMA:
        problems += [
            f"{place}: a default; only a parameter may have one" for place in _defaults(schema)
        ]
    if problems:
        raise SchemaError(str(path), "not a schema as is used here:\n  " + "\n  ".join(problems))


def _defaults(value: Any, place: str = "") -> Iterator[str]:
    """Find the keyword ``default``; a property of that name is none."""
    if isinstance(value, dict):
        if "default" in value and not place.endswith("/properties"):
            yield f"{place}/default"
        for key, item in value.items():
            yield from _defaults(item, f"{place}/{key}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _defaults(item, f"{place}/{number}")


def _table_schema(path: Path) -> None:
    schema = _json(path)
    fields = schema.get("fields") or []
    names = [field.get("name") for field in fields]
    problems = [
        f"/fields: {name!r} more than once" for name in sorted({*names}) if names.count(name) > 1
    ]
    problems += [
        f"/fields/{n}: no description"
        for n, field in enumerate(fields)
        if not field.get("description")
    ]
    problems += [
        f"/primaryKey: no field {name!r}"
        for name in schema.get("primaryKey", [])
        if name not in names
    ]
    if names[:1] != ["dataset"]:
        problems.append("/fields/0: expected dataset, so that every table says what it is of")
    if problems:
        raise SchemaError(str(path), "not a table's schema:\n  " + "\n  ".join(problems))


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise SchemaError(str(path), f"not JSON ({error})") from None


def _yaml(path: Path) -> dict[str, Any]:
    document = yaml_files.read(path)
    if not isinstance(document, dict):
        raise SchemaError(str(path), "not a mapping", found=repr(document)[:80])
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None
    except UnicodeDecodeError as error:
        raise SchemaError(str(path), f"not UTF-8 ({error})") from None


_BY_NAME: dict[str, Examine] = {"params.yaml": _parameters, "sources.yaml": _sources}
_TABLES: dict[str, Examine] = {
    "decisions": decisions.every,
    "expectations": _expectations,
    "pins": _pins,
    "releases": _releases,
}
