"""A JSON file: from its bytes to a parsed document, or to the reason why there is none."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from acne04.validate import catalogue
from acne04.validate.json_text import JsonText
from acne04.validate.problems import PlacedProblem, printable

#: Levels of arrays and objects that are read; the annotation file has four. One own limit, since
#: Python's differs from version to version.
NESTING_LIMIT = 64

#: Characters shown of the place where a text stops being JSON.
SNIPPET = 40
_BYTE_ORDER_MARK = "\ufeff"
_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip file",
    b"\xff\xd8\xff": "a JPEG image",
    b"\x89PNG": "a PNG image",
    b"%PDF": "a PDF file",
}
# An unterminated string counts up to the end of the text: the pattern is linear in any case.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_STRING_OR_BRACKET = re.compile(_STRING.pattern + r"|[\[\]{}]", re.DOTALL)
_NO_BRACKET = re.compile(r"[^\[\]{}]+")


@dataclass(frozen=True)
class Parsed:
    """A JSON document together with its text.

    Attributes
    ----------
    text : JsonText
        The text without a byte order mark.
    document : object
        What it says; an integer above 18 digits is a float, NaN and Infinity are floats.
    problems : list of PlacedProblem
        Flaws of form that do not keep it from being read.
    """

    text: JsonText
    document: Any
    problems: list[PlacedProblem]


def parse(data: bytes) -> Parsed | PlacedProblem:
    """Read a JSON document, or say what keeps it from being read."""
    text = _decode(data)
    if isinstance(text, PlacedProblem):
        return text
    problems = []
    if text.startswith(_BYTE_ORDER_MARK):
        text = text.removeprefix(_BYTE_ORDER_MARK)
        problems.append(PlacedProblem(catalogue.BYTE_ORDER_MARK, (), "a byte order mark", line=1))
    source = JsonText(text)
    too_deep = _too_deep(source)
    if too_deep:
        return too_deep
    try:
        document, odd = source.decode()
    except json.JSONDecodeError as error:
        return _not_json(source, error)
    if odd and isinstance(document, dict | list):
        problems += source.oddities()
    return Parsed(source, document, problems)


def _decode(data: bytes) -> str | PlacedProblem:
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return PlacedProblem(catalogue.NOT_JSON, (), kind, line=1)
    encoding = json.detect_encoding(data)
    if not encoding.startswith("utf-8"):
        return PlacedProblem(
            catalogue.TEXT_ENCODING, (), f"bytes that look like {encoding.upper()}", line=1
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        found = f"byte 0x{data[error.start]:02x} at line {line}, byte {column} of the line"
        return PlacedProblem(catalogue.TEXT_ENCODING, (), found, line=line)


def _too_deep(source: JsonText) -> PlacedProblem | None:
    brackets = _NO_BRACKET.sub("", _STRING.sub("", source.text)).encode("ascii")
    kinds = np.frombuffer(brackets, dtype=np.uint8)
    opening = (kinds == ord("[")) | (kinds == ord("{"))
    if np.cumsum(np.where(opening, 1, -1)).max(initial=0) <= NESTING_LIMIT:
        return None
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(source.text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > NESTING_LIMIT:
            break
    found = f"one level more at {source.words(match.start())}"
    return PlacedProblem(catalogue.NESTING_DEPTH, (), found, line=source.line(match.start()))


def _not_json(source: JsonText, error: json.JSONDecodeError) -> PlacedProblem:
    text, offset = source.text, error.pos
    # From Python 3.13 on a trailing comma is blamed on the comma, before on what follows it.
    if text[offset : offset + 1] == ",":
        following = source.after_space(offset + 1)
        offset = following if text[following : following + 1] in ("]", "}") else offset
    place = source.words(offset)
    snippet = printable(" ".join(text[offset : offset + SNIPPET].split()))
    if not text.strip():
        found = "an empty file"
    elif text.lstrip().startswith("<"):
        found = f"an HTML or XML page: {snippet}"
    elif error.msg.startswith("Extra data"):
        found = f"more text after the end of the document, at {place}: {snippet}"
    elif offset >= len(text.rstrip()):
        found = f"the end of the file in the middle of the document, at {place}"
    elif error.msg.startswith("Unterminated string"):
        found = f"a string without an end, at {place}: {snippet}"
    else:
        found = f"no JSON at {place}: {snippet}"
    return PlacedProblem(catalogue.NOT_JSON, (), found, line=source.line(offset))
