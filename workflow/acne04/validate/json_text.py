"""A JSON text, which can be walked again to say where a value of it stands.

The standard parser forgets where a value stood. The text is walked only when there is something to
report, and only into the arrays and objects that hold it: everything else is skipped at the speed
of the C scanner.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from acne04.validate import catalogue
from acne04.validate.problems import Place, PlacedProblem, Steps, quote

#: Digits that always fit into 64 bits; a longer integer is read as a float, so that no number,
#: however long, can stop the parser (Python refuses integers above 4,300 digits).
INTEGER_DIGITS = 18
_SPACE = re.compile(r"[ \t\n\r]*")


class JsonElement(NamedTuple):
    """One element of an array or object: its step, its place in the text, whether it is odd."""

    step: str | int
    start: int
    end: int
    odd: bool


class JsonText:
    """A text that is JSON, or may be.

    Odd in it is what the standard decoder lets pass without a word: a key given twice, NaN and
    Infinity.

    Parameters
    ----------
    text : str
        The text without a byte order mark.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._odd = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_int=_integer
        )

    def decode(self) -> tuple[Any, bool]:
        """Decode all of it; give the value and whether something in it is odd.

        Raises
        ------
        json.JSONDecodeError
            If the text is not JSON.
        """
        self._odd = False
        return self._decoder.decode(self.text), self._odd

    def line(self, offset: int) -> int:
        """Give the line of an offset, from 1."""
        return bisect_left(self._line_ends, offset) + 1

    def words(self, offset: int) -> str:
        """Say line and column of an offset, both from 1; a column counts characters."""
        line = self.line(offset)
        begin = self._line_ends[line - 2] + 1 if line > 1 else 0
        return f"line {line}, column {offset - begin + 1}"

    def after_space(self, offset: int) -> int:
        """Give the offset of the next character that is not white space."""
        match = _SPACE.match(self.text, offset)
        return match.end() if match else offset

    def locate(self, wanted: Iterable[Steps]) -> dict[Steps, Place]:
        r"""Find where values stand; the text must be valid.

        Parameters
        ----------
        wanted : iterable of tuple
            Steps to the values; of a key given twice the last one counts, as for the parser.

        Returns
        -------
        dict
            Steps to the place, of every value wanted and of those around it.

        Examples
        --------
        >>> JsonText('{"a":\n [1, {}]}').locate([("a", 1)])["a", 1]
        Place(line=2, source='{}')
        """
        tree: dict[str | int, Any] = {}
        for steps in wanted:
            branch = tree
            for step in steps:
                branch = branch.setdefault(step, {})
        start = self.after_space(0)
        found: dict[Steps, Place] = {(): self._place(start, len(self.text.rstrip()))}
        ways: list[tuple[Steps, int, dict[str | int, Any]]] = [((), start, tree)]
        while ways:
            steps, start, branch = ways.pop()
            if not branch:
                continue
            last = {inner.step: inner for inner in self._elements(start) if inner.step in branch}
            for step, inner in last.items():
                found[*steps, step] = self._place(inner.start, inner.end)
                ways.append(((*steps, step), inner.start, branch[step]))
        return found

    def oddities(self) -> list[PlacedProblem]:
        """Find every key given twice and every NaN or Infinity; the text must be valid."""
        problems: list[PlacedProblem] = []
        ways: list[tuple[Steps, int]] = [((), self.after_space(0))]
        while ways:
            steps, start = ways.pop()
            seen: dict[str | int, JsonElement] = {}
            for inner in self._elements(start):
                here = (*steps, inner.step)
                line, source = self._place(inner.start, inner.end)
                if inner.step in seen:
                    first = seen[inner.step]
                    found = (
                        f"{quote(self.text[first.start : first.end])} ({self.words(first.start)}) "
                        f"and {quote(source)} ({self.words(inner.start)})"
                    )
                    problems.append(PlacedProblem(catalogue.DUPLICATE_KEY, here, found, line=line))
                seen.setdefault(inner.step, inner)
                if inner.odd and self.text[inner.start] in "[{":
                    ways.append((here, inner.start))
                elif inner.odd:
                    problems.append(
                        PlacedProblem(catalogue.NOT_A_NUMBER, here, quote(source), line=line)
                    )
        return problems

    def _place(self, start: int, end: int) -> Place:
        return Place(self.line(start), self.text[start:end])

    def _elements(self, start: int) -> Iterator[JsonElement]:
        """Walk the elements of the array or object that starts at `start`."""
        closing = "]" if self.text[start] == "[" else "}"
        offset, index = self.after_space(start + 1), 0
        while self.text[offset] != closing:
            step: str | int = index
            if closing == "}":
                step, offset, _ = self._value_at(offset)
                offset = self.after_space(self.after_space(offset) + 1)
            _, end, odd = self._value_at(offset)
            yield JsonElement(step, offset, end, odd)
            offset, index = self.after_space(end), index + 1
            if self.text[offset] == ",":
                offset = self.after_space(offset + 1)

    def _value_at(self, offset: int) -> tuple[Any, int, bool]:
        """Decode the value at an offset; give it, where it ends, whether something is odd."""
        self._odd = False
        value, end = self._decoder.raw_decode(self.text, offset)
        return value, end, self._odd

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) != len(pairs):
            self._odd = True
        return mapping

    def _constant(self, name: str) -> float:
        self._odd = True
        return float(name)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= INTEGER_DIGITS else float(digits)
