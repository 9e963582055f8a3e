"""Read YAML of ours: what is wrong with it is told with file and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from acne04.core.errors import SchemaError, UnavailableError
from acne04.core.files import read_bytes

#: Collections within one another, at most; ours have seven.
LARGEST_NESTING = 100
#: What git leaves in a file where two branches changed the same lines.
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)


def read(path: Path, loader: type[yaml.CSafeLoader] = yaml.CSafeLoader) -> Any:
    """Read a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    loader : type of yaml.CSafeLoader
        How its values are made; one that makes plain values only.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it is not YAML in UTF-8, or a merge left its marks there.
    """
    try:
        return parse(read_bytes(path), str(path), loader)
    except FileNotFoundError:
        raise UnavailableError(str(path), "no such file") from None


def parse(content: bytes, where: str, loader: type[yaml.CSafeLoader] = yaml.CSafeLoader) -> Any:
    """Read the content of a file named `where`; raises as `read` does."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SchemaError(where, f"not UTF-8 ({error})") from None
    try:
        _refuse_nesting(text, where)
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refusal(text, where, error) from None


def lines_of(content: bytes) -> dict[tuple[str, ...], int]:
    r"""Give the line, from 1, of each key of a YAML document: by the keys that lead to it.

    >>> lines_of(b"a: 1\nb:\n  c: 2\n")
    {('a',): 1, ('b',): 2, ('b', 'c'): 3}
    """
    found: dict[tuple[str, ...], int] = {}

    def note(node: yaml.Node | None, above: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                place = (*above, str(key.value))
                found[place] = key.start_mark.line + 1
                note(value, place)

    note(yaml.compose(content, Loader=yaml.CSafeLoader), ())
    return found


def _refuse_nesting(text: str, where: str) -> None:
    """Refuse what is nested so deep that libyaml, which calls itself, would bring us down."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > LARGEST_NESTING:
                what = f"collections nested more than {LARGEST_NESTING} deep"
                raise SchemaError(where, f"not YAML as expected here: {what}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refusal(text: str, where: str, error: Exception) -> SchemaError:
    if mark := _CONFLICT.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        return SchemaError(
            f"{where} (line {line})",
            "a merge left its marks: both versions stand there",
            found=text.splitlines()[line - 1],
            remedy="leave one of both, and delete the lines <<<<<<<, ======= and >>>>>>>",
        )
    if isinstance(error, RecursionError):
        return SchemaError(where, "not YAML as expected here: nested too deeply")
    place = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    remedy = f"mend it there or in the line before; `git diff {where}` shows what was changed"
    if place is None:
        return SchemaError(where, f"not YAML: {error}", remedy=remedy)
    problem = getattr(error, "problem", error)
    return SchemaError(
        f"{where} (line {place.line + 1}, column {place.column + 1})",
        f"not YAML as expected here: {problem}",
        remedy=remedy,
    )
