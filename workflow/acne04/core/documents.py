"""Write the JSON documents of this project, and read them back: one form, the same bytes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from acne04.core.addresses import in_all_strings
from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.files import read_bytes, write_text
from acne04.core.printing import in_utf8, shown_json, told
from acne04.core.schemas import load_schema


def to_text(document: Any) -> str:
    r"""Give a document as indented JSON with a final line end, keys in the order given.

    >>> to_text({"b": 1, "a": "é"})
    '{\n  "b": 1,\n  "a": "é"\n}\n'
    """
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    # What stands for a byte that is not UTF-8 is written as JSON has it, and so can be read back.
    return in_utf8(text) + "\n"


def show(document: Any) -> None:
    """Print a document on standard output."""
    sys.stdout.write(shown_json(to_text(in_all_strings(document, told))))


def report(path: Path, document: Any) -> None:
    """Write a document for people and programs that is no artifact: as it may be told."""
    write(path, in_all_strings(document, told))


def write(path: Path, document: Any) -> None:
    """Write a document atomically."""
    write_text(path, to_text(document))


def read(path: Path, schema: str) -> Any:
    """Read a document and check it against ``schemas/<schema>``.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it is not JSON or does not follow the schema; the message lists every place.
    """
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None
    document = parse(content, str(path))
    check(document, schema, str(path))
    return document


def parse(content: bytes, where: str) -> Any:
    """Read the content of a file named `where`; a `SchemaError` where it is not JSON."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SchemaError(where, f"not JSON in UTF-8 ({error})") from None


def check(document: Any, schema: str, where: str) -> None:
    """Raise a `SchemaError` that lists every place where a document breaks its schema."""
    wrong = [
        f"{error.json_path.replace('$', '', 1) or '/'}: {error.message}"
        for error in _errors(document, schema)
    ]
    if wrong:
        raise SchemaError(where, f"against {schema}:\n  " + "\n  ".join(wrong))


def problems(document: Any, schema: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the keys that lead to each place that breaks the schema, and how; in their order."""
    for error in _errors(document, schema):
        yield tuple(map(str, error.path)), error.message


def _errors(document: Any, schema: str) -> list[Any]:
    validator = jsonschema.Draft202012Validator(load_schema(schema))
    return sorted(validator.iter_errors(document), key=lambda e: list(map(str, e.path)))


def follows(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value follows a schema that is given as such."""
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))
