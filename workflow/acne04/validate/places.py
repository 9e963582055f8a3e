"""Places in a JSON text: line and column, and where a value stands.

The standard parser forgets where a value stood. Here the text is walked again, but only when
there is something to report, and only into the arrays and objects that hold it: everything else
is skipped at the speed of the C scanner.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from acne04.validate.decoding import Decoder
from acne04.validate.problems import Problem, Steps, quote

_SPACE = re.compile(r"[ \t\n\r]*")


class Member(NamedTuple):
    """One element of an array or object: its step, its place in the text, whether it is odd."""

    step: str | int
    start: int
    end: int
    odd: bool

    @property
    def span(self) -> slice:
        """The slice of the text that holds the value."""
        return slice(self.start, self.end)


class Lines:
    """Line and column of an offset in a text, both from 1; a column counts characters."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def line(self, offset: int) -> int:
        """Give the line of an offset."""
        return bisect_left(self._ends, offset) + 1

    def words(self, offset: int) -> str:
        """Say line and column of an offset."""
        line = self.line(offset)
        begin = self._ends[line - 2] + 1 if line > 1 else 0
        return f"line {line}, column {offset - begin + 1}"


def after_space(text: str, offset: int) -> int:
    """Give the offset of the next character that is not white space."""
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def members(text: str, start: int, decoder: Decoder) -> Iterator[Member]:
    """Walk the elements of the array or object that starts at `start` of a valid JSON text."""
    closing = "]" if text[start] == "[" else "}"
    offset, index = after_space(text, start + 1), 0
    while text[offset] != closing:
        step: str | int = index
        if closing == "}":
            step, offset, _ = decoder.value_at(text, offset)
            offset = after_space(text, after_space(text, offset) + 1)
        _, end, odd = decoder.value_at(text, offset)
        yield Member(step, offset, end, odd)
        offset, index = after_space(text, end), index + 1
        if text[offset] == ",":
            offset = after_space(text, offset + 1)


def locate(text: str, decoder: Decoder, wanted: Iterable[Steps]) -> dict[Steps, slice]:
    """Find where values stand in a valid JSON text.

    Parameters
    ----------
    text : str
        The document.
    decoder : Decoder
        The decoder that read it.
    wanted : iterable of tuple
        Steps to the values; of a key given twice the last one counts, as for the parser.

    Returns
    -------
    dict
        Steps to the slice of the text that holds the value; the empty steps mean all of it.
    """
    tree: dict[str | int, Any] = {}
    for steps in wanted:
        branch = tree
        for step in steps:
            branch = branch.setdefault(step, {})
    start = after_space(text, 0)
    found: dict[Steps, slice] = {(): slice(start, len(text.rstrip()))}
    ways: list[tuple[Steps, int, dict[str | int, Any]]] = [((), start, tree)]
    while ways:
        steps, start, branch = ways.pop()
        if not branch:
            continue
        last: dict[str | int, Member] = {
            member.step: member for member in members(text, start, decoder) if member.step in branch
        }
        for step, member in last.items():
            found[*steps, step] = member.span
            ways.append(((*steps, step), member.start, branch[step]))
    return found


def oddities(text: str, decoder: Decoder, lines: Lines) -> list[Problem]:
    """Find every key given twice and every NaN or Infinity of a valid JSON text."""
    problems: list[Problem] = []
    ways: list[tuple[Steps, int]] = [((), after_space(text, 0))]
    while ways:
        steps, start = ways.pop()
        seen: dict[str | int, Member] = {}
        for member in members(text, start, decoder):
            place = (*steps, member.step)
            source = quote(text, member.span)
            if member.step in seen:
                first = seen[member.step]
                found = (
                    f"{quote(text, first.span)} ({lines.words(first.start)}) "
                    f"and {source} ({lines.words(member.start)})"
                )
                line = lines.line(member.start)
                problems.append(Problem("duplicate-key", place, found, line=line))
            seen.setdefault(member.step, member)
            if member.odd and text[member.start] in "[{":
                ways.append((place, member.start))
            elif member.odd:
                line = lines.line(member.start)
                problems.append(Problem("not-a-number", place, source, line=line))
    return problems
